/**
 * One long story: a host under load is killed at random moments, again and again, and started on the same directory each
 * time. In the end nothing that was acknowledged is missing, nothing ran twice, and the whole history is verified.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { childProcesses, survivors } from '../harness/child-processes.ts'
import { findFreePort } from '../harness/free-port.ts'
import { seededRandom } from '../harness/random.ts'
import { execHost } from '../harness/vms-host.ts'
import { startVms, type VmsProcess } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { expectSteps, expectVerified } from './ledger-checks.ts'
import { Load } from './load.ts'
import { SCRIPT, SCRIPT_NAME } from './script.ts'

export interface Survival {
  readonly kills: { readonly starting: number; readonly loaded: number }
  readonly acknowledged: number
  readonly reconnections: number
  readonly entries: number
  readonly epochs: number
}

/** One kill in so many comes while the host starts, before it says that it is ready. */
const STARTING_ONE_IN = 3

/** Milliseconds from the start of its process to the kill of a host that starts, at most: most of it is loading. */
const STARTING_MS = 1_200

/** Milliseconds from the opening of its ledger to the kill of a host that starts, at most: genesis, boot, first commit. */
const OPENING_MS = 500

/** Milliseconds under load, after the first reply, until the kill, at most. */
const LOADED_MS = 700

const CALLERS = 3

/**
 * One loaded host in so many is left up until it has served every caller. A client that finds nobody waits longer each
 * time, up to half a minute, and could miss all the short lives of the others.
 */
const ALL_SERVED_ONE_IN = 6

/** Runs the story with `kills` kills. The same seed gives the same plan; when exactly each kill strikes is up to the machine. */
export async function survive(kills: number, seed: number): Promise<Survival> {
  const random = seededRandom(seed)
  const place = makeWorkplace()
  place.write(SCRIPT_NAME, SCRIPT)
  const directory = join(place.path, 'service')
  const args = ['-p', String(await findFreePort()), '--no-swarm', '--dir', directory]
  const killed = { starting: 0, loaded: 0 }
  const machines: number[] = []

  let load: Load | null = null
  let checked = 0
  const kill = async (running: VmsProcess): Promise<void> => {
    machines.push(...childProcesses(running.child.pid as number))
    expect(await running.finished('SIGKILL')).toMatchObject({ code: null })
    if (!load) return
    const steps = load.acknowledged.slice(checked)
    checked += steps.length
    await expectSteps(directory, steps)
  }
  while (killed.starting + killed.loaded < kills) {
    if (random.below(STARTING_ONE_IN) === 0) {
      const starting = startVms(place, ['exec', SCRIPT_NAME, ...args])
      if (random.below(2) === 0) await sleep(random.below(STARTING_MS))
      else {
        await opened(directory, starting)
        await sleep(random.below(OPENING_MS))
      }
      await kill(starting)
      killed.starting += 1
    } else {
      const host = await execHost(place, SCRIPT_NAME, args)
      load ??= await Load.start(host.url, CALLERS, random.fork())
      await load.progress(killed.loaded % ALL_SERVED_ONE_IN === 0 ? CALLERS : 1)
      await sleep(random.below(LOADED_MS))
      await kill(host.process)
      killed.loaded += 1
    }
  }

  const host = await execHost(place, SCRIPT_NAME, args)
  load ??= await Load.start(host.url, CALLERS, random.fork())
  await load.progress()
  const { count, ids } = await load.finish()
  const { acknowledged, asked, reconnections } = load
  load.close()
  const end = await host.process.finished('SIGTERM')
  expect(end.code).toBe(143)

  // Each step was acknowledged, once, with a number of its own; and nothing else was counted.
  const byText = (a: string, b: string): number => (a < b ? -1 : 1)
  expect(acknowledged.map(({ id }) => id).sort(byText)).toEqual(asked.toSorted(byText))
  expect(ids).toEqual(asked.toSorted(byText))
  expect(acknowledged.map(({ value }) => value).sort((a, b) => a - b)).toEqual(
    asked.map((_, i) => i + 1),
  )
  expect(count).toBe(asked.length)

  const { length: entries } = await expectSteps(directory, acknowledged)
  const report = await expectVerified(place, directory, acknowledged, random)
  expect(report).toMatchObject({ entries, calls: asked.length + 2 })
  expect(end.stderr).toContain(
    `Final head: ${report.head.length} entries, ${report.head.treeHash} of ${host.ledger}`,
  )
  expect(await survivors(machines)).toEqual([])
  return {
    kills: killed,
    acknowledged: acknowledged.length,
    reconnections,
    entries,
    epochs: report.epochs,
  }
}

/** Resolves when a process says in `directory` that it has it open, or has ended. */
async function opened(directory: string, { child }: VmsProcess): Promise<void> {
  while (child.exitCode === null && holder(directory) !== child.pid) await sleep(1)
}

function holder(directory: string): number | null {
  try {
    return (JSON.parse(readFileSync(join(directory, 'holder.json'), 'utf8')) as { pid: number }).pid
  } catch {
    // It is not there, or half written.
    return null
  }
}
