/** A host that is told to stop under load: what was acknowledged is there, its last word is true, and its callers go on with the next. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { childProcesses, survivors } from '../harness/child-processes.ts'
import { findFreePort } from '../harness/free-port.ts'
import { seededRandom } from '../harness/random.ts'
import { execHost, type VmsHost } from '../harness/vms-host.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { expectSteps, expectVerified } from './ledger-checks.ts'
import { Load } from './load.ts'
import { SCRIPT, SCRIPT_NAME } from './script.ts'

const CALLERS = 3
const SEED = 7

/** Milliseconds under load, after a reply, until the signal, at most. */
const LOADED_MS = 600

type StopSignal = 'SIGTERM' | 'SIGINT'

test('SIGTERM and SIGINT under load, one host after the other, with the same callers', {
  timeout: 180_000,
}, async () => {
  const random = seededRandom(SEED)
  const place = makeWorkplace()
  place.write(SCRIPT_NAME, SCRIPT)
  const directory = join(place.path, 'service')
  const args = ['-p', String(await findFreePort()), '--no-swarm', '--dir', directory]
  const serve = (): Promise<VmsHost> => execHost(place, SCRIPT_NAME, args)
  const stop = async ({ process, ledger }: VmsHost, signal: StopSignal): Promise<string> => {
    const machines = childProcesses(process.child.pid as number)
    const { code, stdout, stderr } = await process.finished(signal)
    expect(code).toBe(signal === 'SIGTERM' ? 143 : 130)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(await survivors(machines)).toEqual([])
    const { length, treeHash } = await expectSteps(directory, load.acknowledged)
    expect(stderr).toContain(`Final head: ${length} entries, ${treeHash} of ${ledger}`)
    return treeHash
  }

  let host = await serve()
  const load = await Load.start(host.url, CALLERS, random.fork())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
    await load.progress()
    await sleep(random.below(LOADED_MS))
    await stop(host, signal)
    host = await serve()
  }

  // Every call that a stop left open is answered by the next host, and runs once.
  const { count } = await load.finish()
  load.close()
  const { acknowledged, asked } = load
  expect(acknowledged).toHaveLength(asked.length)
  expect(count).toBe(asked.length)
  expect(new Set(acknowledged.map(({ value }) => value)).size).toBe(asked.length)
  const treeHash = await stop(host, 'SIGINT')
  const report = await expectVerified(place, directory, acknowledged, random)
  expect(report.head.treeHash).toBe(treeHash)
  console.log(`stopped three times under load; steps: ${asked.length}, entries: ${report.entries}`)
})
