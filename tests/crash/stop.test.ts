/** A host that is told to stop under load: what was acknowledged is there, its last word is true, and its callers go on with the next. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { childProcesses, survivors } from '../harness/child-processes.ts'
import { findFreePort } from '../harness/free-port.ts'
import { seededRandom } from '../harness/random.ts'
import { execHost } from '../harness/vms-host.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { expectSteps, expectVerified } from './ledger-checks.ts'
import { Load } from './load.ts'
import { SCRIPT, SCRIPT_NAME } from './script.ts'

const CALLERS = 3
const SEED = 7

test('SIGTERM and SIGINT under load, one host after the other, with the same callers', {
  timeout: 180_000,
}, async () => {
  const random = seededRandom(SEED)
  const place = makeWorkplace()
  place.write(SCRIPT_NAME, SCRIPT)
  const directory = join(place.path, 'service')
  const args = ['-p', String(await findFreePort()), '--no-swarm', '--dir', directory]
  let load: Load | null = null
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const host = await execHost(place, SCRIPT_NAME, args)
    load ??= await Load.start(host.url, CALLERS, random.fork())
    await load.progress()
    await sleep(random.below(600))
    const machines = childProcesses(host.process.child.pid as number)
    const end = await host.process.finished(signal)
    expect(end.code).toBe(code)
    expect(end.stdout.trim().split('\n')).toHaveLength(1)
    expect(await survivors(machines)).toEqual([])
    const entries = await expectSteps(directory, load.acknowledged)
    const { head } = await expectVerified(place, directory, load.acknowledged, random)
    expect(head.length).toBe(entries)
    expect(end.stderr).toContain(
      `Final head: ${head.length} entries, ${head.treeHash} of ${host.ledger}`,
    )
  }

  const host = await execHost(place, SCRIPT_NAME, args)
  const { acknowledged, asked } = load as Load
  const { count } = await (load as Load).finish()
  load?.close()
  // Every call that a stop left open was answered by the next host, and ran once.
  expect(acknowledged).toHaveLength(asked.length)
  expect(count).toBe(asked.length)
  expect(new Set(acknowledged.map(({ value }) => value)).size).toBe(asked.length)
  await host.process.finished('SIGTERM')
  console.log(`stopped twice under load; steps: ${asked.length}`)
  await expectVerified(place, directory, acknowledged, random)
})
