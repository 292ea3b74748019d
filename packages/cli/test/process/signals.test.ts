import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { FORCE_AFTER_MS, stopOnSignal } from '../../src/process/signals.ts'
import { silent } from '../silent-output.ts'

function listen() {
  const exit = vi.fn()
  let now = 0
  const source = Object.assign(new EventEmitter(), { exit }) as unknown as Pick<
    NodeJS.Process,
    'on' | 'off' | 'exit'
  > &
    EventEmitter
  const stopping = stopOnSignal(silent(), source, () => now)
  return { source, exit, stopping, later: (ms: number) => (now += ms) }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops with %i', async (signal, code) => {
  const { source, exit, stopping } = listen()
  expect(stopping.exitCode()).toBeNull()
  source.emit(signal)
  expect(await stopping.stopped).toBe(code)
  expect(stopping.signal.aborted).toBe(true)
  expect(exit).not.toHaveBeenCalled()
})

test('the second SIGINT of one Ctrl-C is not force, a later one is', () => {
  const { source, exit, later } = listen()
  source.emit('SIGINT')
  later(FORCE_AFTER_MS - 1)
  source.emit('SIGINT')
  expect(exit).not.toHaveBeenCalled()
  later(1)
  source.emit('SIGINT')
  expect(exit).toHaveBeenCalledWith(130)
})

test('after the end nobody listens', () => {
  const { source, stopping } = listen()
  stopping.end()
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0)
})
