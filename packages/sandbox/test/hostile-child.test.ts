/** A machine's process that was taken over: whatever it says or does, the parent ends it, keeps its memory, and other machines go on. */
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { testInTurn } from '../../../tests/harness/in-turn.ts'
import { spawnChild } from '../src/parent/child-process.ts'
import { Bench } from './bench.ts'

const childModule = fileURLToPath(new URL('./fixtures/hostile-child.ts', import.meta.url))

async function list(): Promise<string[]> {
  const child = spawnChild({ childModule, env: { HOW: 'list' } })
  const output = text(child.output)
  await once(child.process, 'close')
  return JSON.parse(await output) as string[]
}

/** Whatever time it takes: a hostile child has this much, in milliseconds, by both clocks. */
const limit = 400
const service = { callCpuMs: limit, callWallMs: limit }

/** What one child may make its parent hold: one frame of 256 MiB, here far less, as none is as large. */
const heldMiB = 64

const behaviours = await list()

/** Ended by the clock, and not for what they say. */
const slow = new Set(['silence', 'computing for ever', 'questions for ever', 'a flood of errors'])

async function hostile(how: string) {
  const bench = await Bench.start('', { childModule, env: { HOW: how }, service })
  const file = (path: string, bytes: number) =>
    ({ path, kind: 'file', data: new Uint8Array(bytes), mtime: 1 }) as const
  bench.files.commit([file('/f', 1), file('/large', 8 * 1024 * 1024)], 0)
  return bench
}

const test = testInTurn(6)

describe('a child that was taken over', () => {
  it('has more than twenty ways here', () => {
    expect(behaviours.length).toBeGreaterThan(60)
  })

  test.each(behaviours.filter((how) => !how.startsWith('boot:')))('%s', async (how) => {
    const bench = await hostile(how)
    await bench.boot()
    const before = process.memoryUsage.rss()
    const { done, stop } = await bench.run(['ok'])
    const grownMiB = (process.memoryUsage.rss() - before) / 1024 / 1024
    expect(stop).toMatchObject({ kind: 'refused', certain: true })
    if (slow.has(how)) expect(stop).toMatchObject({ reason: 'wall-clock' })
    else
      expect(stop).toMatchObject({
        reason: 'crash',
        message: expect.stringMatching(/^the machine process violated its protocol: /),
      })
    expect(done.length).toBeLessThanOrEqual(1)
    expect(grownMiB).toBeLessThan(heldMiB)
    await expect(bench.run(['ok'])).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_VMS_MACHINE_(DEAD|PROTOCOL)$/),
    })
    await bench.close()
  })

  test.each(behaviours.filter((how) => how.startsWith('boot:')))('%s', async (how) => {
    const bench = await hostile(how)
    await expect(bench.boot()).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_PROTOCOL' })
    await bench.close()
  })

  it('leaves what was done before it, and machines beside it work', async () => {
    const beside = await Bench.booted('exports.ok = () => 1')
    const bench = await hostile('a flood of console lines')
    await bench.boot()
    const running = bench.run(['ok'])
    expect(await beside.call('ok')).toBe(1)
    expect((await running).stop).toMatchObject({ kind: 'refused' })
    await sleep(10)
    expect(bench.lines.length).toBeLessThan(1_100)
    await Promise.all([beside.close(), bench.close()])
  })
})
