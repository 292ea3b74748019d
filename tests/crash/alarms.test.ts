/**
 * A host that is killed while it fires alarms and upgrades its script: every alarm that was acknowledged is fired exactly once, every
 * acknowledged upgrade is there, and it verifies.
 */
import { connect } from '@vms/client'
import { expect, test, vi } from 'vitest'
import { rounds } from '../harness/in-turn.ts'
import { seededRandom } from '../harness/random.ts'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const KILLS = rounds('kills', 2, 6)
const SEED = 20_261_123
const ALARMS = 12

/** The machines that run the tests are slow and busy. */
const PATIENCE = { timeout: 45_000, interval: 100 }

const scriptOf = (version: number): string => `
exports.init = () => System.files.mkdir('/rung')
exports.later = (id, ms) => System.alarm.at(Date.now() + ms, 'ring', id)
exports.ring = async (id) => {
  const path = '/rung/' + id
  const before = await System.files.readFile(path).catch(() => '')
  await System.files.writeFile(path, before + 'x')
}
exports.rung = async () => {
  const names = await System.files.readdir('/rung')
  return Promise.all(names.map(async (name) => [name, await System.files.readFile('/rung/' + name)]))
}
exports.version = () => ${version}
`

test('alarms and upgrades under kills', { timeout: 300_000 }, async () => {
  const place = makeWorkplace()
  place.write('v0.js', scriptOf(0))
  const id = (await vms(place, ['key'])).stdout.trim()
  const random = seededRandom(SEED)
  const set = new Set<string>()
  let version = 0
  const serve = () => execHost(place, 'v0.js', ['--no-swarm', '--upgrade-by', id])
  let host = await serve()
  for (let kill = 1; kill <= KILLS; kill++) {
    const client = await connect<Record<string, (...args: unknown[]) => unknown>>(host.url, {
      timeout: 20_000,
    })
    const calls = Array.from({ length: ALARMS }, async (_, i) => {
      const name = `${kill}-${i}`
      await client.$call('later', [name, 1_000 + random.below(400)])
      set.add(name)
    })
    if (kill % 2 === 0) {
      place.write('next.js', scriptOf(kill))
      const upgraded = await vms(place, ['upgrade', host.url, 'next.js'])
      if (upgraded.code === 0) version = kill
    }
    await Promise.all(calls)
    // Into the middle of the firing.
    await new Promise((resolve) => setTimeout(resolve, 900 + random.below(600)))
    await host.process.finished('SIGKILL')
    client.$close()
    host = await serve()
  }
  const client = await connect<Record<string, (...args: unknown[]) => unknown>>(host.url, {
    timeout: 20_000,
  })
  const expected = [...set].map((name) => [name, 'x']).toSorted()
  await vi.waitFor(
    async () => expect(((await client.$call('rung')) as string[][]).toSorted()).toEqual(expected),
    PATIENCE,
  )
  expect(set.size).toBe(KILLS * ALARMS)
  expect(await client.$call('version')).toBe(version)
  client.$close()
  const report = await vms(place, ['verify', host.url, '--json'])
  expect(JSON.parse(report.stdout)).toMatchObject({
    verdict: 'verified',
    alarms: { fired: KILLS * ALARMS, skipped: 0, pending: 0 },
  })
})
