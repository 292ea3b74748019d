/** A host that is killed under load: the short form of `tests/long/crash.test.ts`. */
import { expect, test } from 'vitest'
import { childProcesses, survivors } from '../harness/child-processes.ts'
import { execHost } from '../harness/vms-host.ts'
import { startVms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { survive } from './survival.ts'

const KILLS = 7
const SEED = 9

test('nothing that was acknowledged is missing after seven kills, nothing ran twice, and it verifies', {
  timeout: 300_000,
}, async () => {
  const story = await survive(KILLS, SEED)
  console.log('killed under load:', story)
  expect(story.kills.starting + story.kills.loaded).toBe(KILLS)
})

test('a host that is killed while a call never ends leaves no process behind', async () => {
  const place = makeWorkplace()
  place.write('loop.js', "exports.loop = () => { console.log('begun'); for (;;); }")
  const host = await execHost(place, 'loop.js')
  const machines = childProcesses(host.process.child.pid as number)
  startVms(place, ['call', host.url, 'loop'])
  await host.process.until(({ stderr }) => stderr.includes('begun'))
  await host.process.finished('SIGKILL')
  // It hears nothing while it runs, but the wall clock is its own.
  expect(await survivors(machines)).toEqual([])
})
