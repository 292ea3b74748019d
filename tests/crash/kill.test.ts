/** A host that is killed under load: the short form of `tests/long/crash.test.ts`. */
import { expect, test, vi } from 'vitest'
import { childProcesses, processorTicks, survivors } from '../harness/child-processes.ts'
import { rounds } from '../harness/in-turn.ts'
import { execHost } from '../harness/vms-host.ts'
import { startVms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { survive } from './survival.ts'

const KILLS = rounds('kills', 3, 7)
const SEED = 9

test('nothing that was acknowledged is missing after some kills, nothing ran twice, and it verifies', {
  timeout: 300_000,
}, async () => {
  const story = await survive(KILLS, SEED)
  console.log('killed under load:', story)
  expect(story.kills.starting + story.kills.loaded).toBe(KILLS)
})

/** Ticks of processor time (100 a second) after which a machine is in the middle of the call: its fuel lasts longer. */
const RUNNING_TICKS = 5

test('a host that is killed in the middle of a call leaves no process behind', async () => {
  const place = makeWorkplace()
  place.write('loop.js', 'exports.loop = () => { for (;;); }')
  const host = await execHost(place, 'loop.js')
  const machines = childProcesses(host.process.child.pid as number)
  const used = (): number => machines.reduce((sum, pid) => sum + processorTicks(pid), 0)
  const idle = used()
  startVms(place, ['call', host.url, 'loop'])
  // A script's output comes with the outcome of the call, so it would say that the call has ended.
  await vi.waitFor(() => expect(used()).toBeGreaterThanOrEqual(idle + RUNNING_TICKS), {
    timeout: 45_000,
    interval: 5,
  })
  await host.process.finished('SIGKILL')
  // It hears nothing while it runs, but the wall clock is its own.
  expect(await survivors(machines)).toEqual([])
})
