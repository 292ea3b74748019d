/** The processes that a process has started, where the system tells (Linux); elsewhere none are known. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** When each process that was seen here had started. The system gives the id of a process that has ended to another one. */
const startedAt = new Map<number, string>()

/** Process ids of the children of `pid`. */
export function childProcesses(pid: number): number[] {
  const children = childrenOf(pid)
  for (const child of children) startedAt.set(child, statOf(child).startedAt)
  return children
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}

/** Ticks of processor time (100 a second) that a process has used; 0 if it is gone. */
export const processorTicks = (pid: number): number => statOf(pid).ticks

/** Resolves with those of `pids` that are still alive when the patience of half a minute is over: with none at once. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const alive = pids.filter(isAlive)
    if (alive.length === 0 || Date.now() > deadline) return alive
    await sleep(50)
  }
}

/** Whether the process that was seen under this id still runs. */
function isAlive(pid: number): boolean {
  const { state, startedAt: started } = statOf(pid)
  // A process that has ended and was not waited for still has an id.
  return state !== '' && state !== 'Z' && started === startedAt.get(pid)
}

/** State, processor time and start of a process: fields 3, 14 with 15, and 22 of its `stat`. */
function statOf(pid: number): { state: string; ticks: number; startedAt: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', user, system, started = ''] = [0, 11, 12, 19].map((at) => fields[at])
    return { state, ticks: Number(user) + Number(system), startedAt: started }
  } catch {
    return { state: '', ticks: 0, startedAt: '' }
  }
}
