/** The table of request ids beside a plain map: the same answers, whatever is added, put in front and forgotten. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { IdTable } from '../src/service/id-table.ts'

const idOf = (n: number): string =>
  createHash('sha256').update(String(n)).digest().toString('latin1')

test('holds what a map holds, through growth, forgetting and ids put in front', () => {
  const table = new IdTable()
  const map = new Map<string, number>()
  let [oldest, next] = [100_000, 100_000]
  const check = (n: number): void => {
    expect(table.get(idOf(n)), `id ${n}`).toBe(map.get(idOf(n)) ?? null)
  }
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 50 + 13 * round; i++, next++) {
      table.push(idOf(next), { index: next, time: next })
      map.set(idOf(next), next)
    }
    if (round % 4 === 0) {
      const rows = Array.from({ length: 30 * round }, (_, i) => oldest - 30 * round + i)
      table.prepend(rows.map((n) => ({ id: idOf(n), index: n, time: n })))
      for (const n of rows) map.set(idOf(n), n)
      oldest -= rows.length
    }
    for (let i = 0; i < 300 && table.size > 0; i++, oldest++) {
      expect(table.first()).toEqual({ index: oldest, time: oldest })
      table.shift()
      map.delete(idOf(oldest))
    }
    expect(table.size).toBe(map.size)
    for (let i = -40; i < 40; i++) for (const n of [oldest + i, next + i]) check(n)
  }
})

test('tells ids apart that share the word by which they are found', () => {
  const table = new IdTable()
  const ids = Array.from({ length: 1_000 }, (_, i) => `same${String(i).padStart(12, '0')}`)
  for (const [i, id] of ids.entries()) table.push(id, { index: i, time: 0 })
  for (const [i, id] of ids.entries()) expect(table.get(id)).toBe(i)
  expect(table.get('same999999999999')).toBeNull()
  expect(table.first()).toEqual({ index: 0, time: 0 })
})

test('is empty at first, and after the last id was forgotten', () => {
  const table = new IdTable()
  expect([table.first(), table.size, table.get('a')]).toEqual([null, 0, null])
  table.push('a', { index: 1, time: 2 })
  table.shift()
  expect([table.first(), table.size, table.get('a')]).toEqual([null, 0, null])
})
