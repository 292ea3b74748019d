import { VmsTimeoutError } from '@vms/client'
import { expect, test } from 'vitest'
import type { Context } from '../../src/process/context.ts'
import { stoppable } from '../../src/process/stoppable.ts'
import { keep } from '../silent-output.ts'

function context(): Context & { told(): string } {
  const { output, kept } = keep()
  const { stdin, env } = process
  return { output, cwd: '/', env, stdin, exitCode: 0, told: () => kept.stderr }
}

/** Work that a signal finds waiting, and that then ends with `error`. */
const interrupted =
  (error: unknown) =>
  async ({ signal }: { signal: AbortSignal }): Promise<void> => {
    process.emit('SIGINT')
    expect(signal.aborted).toBe(true)
    throw error
  }

test('what is thrown after a signal is that signal’s doing', async () => {
  const running = context()
  await stoppable(running, interrupted(new Error('aborted')))
  expect({ code: running.exitCode, told: running.told() }).toEqual({ code: 130, told: '' })
})

test('a call whose fate is unknown then is told', async () => {
  const running = context()
  await stoppable(running, interrupted(new VmsTimeoutError('RSVP', 5_000, true)))
  expect(running.exitCode).toBe(130)
  expect(running.told()).toContain('may have executed the call')
})

test('without a signal, errors pass, and nothing listens afterwards', async () => {
  const before = process.listenerCount('SIGINT')
  const fails = stoppable(context(), async () => {
    throw new RangeError('no')
  })
  await expect(fails).rejects.toThrow(RangeError)
  expect(process.listenerCount('SIGINT')).toBe(before)
})
