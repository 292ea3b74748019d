import { expect, test, vi } from 'vitest'
import { keep } from '../silent-output.ts'

test('results go to stdout, words to stderr', async () => {
  const { output, kept } = keep()
  output.print('{"a":1}')
  await output.printBytes(new Uint8Array([104, 105]))
  output.tell('hello')
  expect(kept).toEqual({ stdout: '{"a":1}\nhi', stderr: 'hello\n' })
})

test('colour needs a terminal, and NO_COLOR ends it', () => {
  const coloured = (env: NodeJS.ProcessEnv, isTTY: boolean) =>
    keep(env, isTTY).output.style('red', 'x') !== 'x'
  expect(coloured({}, true)).toBe(true)
  expect(coloured({}, false)).toBe(false)
  expect(coloured({ NO_COLOR: '1' }, true)).toBe(false)
  expect(coloured({ TERM: 'dumb' }, true)).toBe(false)
  expect(coloured({ FORCE_COLOR: '1' }, false)).toBe(true)
  expect(coloured({ FORCE_COLOR: '0' }, true)).toBe(false)
})

test('without a terminal, progress is a line per step, and one now and then', () => {
  vi.useFakeTimers()
  try {
    const { output, kept } = keep()
    const progress = output.progress()
    progress.step('Replaying')
    progress.count(1, 10)
    vi.advanceTimersByTime(10_000)
    progress.count(2, 10)
    progress.stop()
    expect(kept.stderr).toBe('Replaying…\nReplaying 2/10\n')
  } finally {
    vi.useRealTimers()
  }
})

test('on a terminal, progress is one line that is cleared; not in CI', () => {
  const { output, kept } = keep({}, true)
  const progress = output.progress()
  progress.step('Replaying')
  progress.stop()
  expect(kept.stderr).toMatch(/Replaying.*\r\x1b\[2K$/)
  progress.step('Comparing')
  progress.done('Compared')
  expect(kept.stderr).toMatch(/\r\x1b\[2K\S*✔\S* Compared\n$/)
  const ci = keep({ CI: '1' }, true)
  ci.output.progress().step('Replaying')
  expect(ci.kept.stderr).toBe('Replaying…\n')
})
