/** Events reach every listener, and no listener can harm another or the one who emits. */
import { afterEach, expect, test, vi } from 'vitest'
import { Emitter } from '../src/platform/emitter.ts'

type Events = { told: [number, string]; done: [] }

afterEach(() => vi.unstubAllGlobals())

test('listeners get the arguments until they are taken off', () => {
  const emitter = new Emitter<Events>()
  const seen: unknown[] = []
  const listener = (...args: [number, string]) => seen.push(args)
  const off = emitter.on('told', listener)
  emitter.on('done', () => seen.push('done'))
  emitter.emit('told', 1, 'a')
  emitter.emit('done')
  off()
  emitter.emit('told', 2, 'b')
  emitter.on('told', listener)
  emitter.off('told', listener)
  emitter.emit('told', 3, 'c')
  expect(seen).toEqual([[1, 'a'], 'done'])
})

test('what a listener throws is thrown on its own, after all have been called', () => {
  const later: (() => void)[] = []
  vi.stubGlobal('queueMicrotask', (callback: () => void) => later.push(callback))
  const emitter = new Emitter<Events>()
  const seen: string[] = []
  emitter.on('done', () => {
    throw new Error('mine')
  })
  emitter.on('done', () => seen.push('second'))
  emitter.emit('done')
  expect(seen).toEqual(['second'])
  expect(later).toHaveLength(1)
  expect(later[0]).toThrow('mine')
})
