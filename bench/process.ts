/** Programs under measurement run in processes of their own; one line on stdout says that they are ready. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Running {
  readonly ready: Record<string, unknown>
  readonly readyMs: number
  readonly pid: number
  /** Resident memory of the process and of its children, in MiB. */
  residentMiB(): number
  stop(): Promise<void>
}

/** `files`: descriptors that the process may have open. Default: as many as this one. */
export async function run(args: readonly string[], files?: number): Promise<Running> {
  const begun = performance.now()
  const limited = ['-c', `ulimit -n ${files} && exec "$0" "$@"`, process.execPath, ...args]
  const [program, programArgs] =
    files === undefined ? [process.execPath, args] : ['/bin/sh', limited]
  const child = spawn(program, programArgs, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ready = await firstLine(child)
  const readyMs = performance.now() - begun
  return {
    ready,
    readyMs,
    pid: child.pid as number,
    residentMiB: () => residentKiB(child.pid as number) / 1_024,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let out = ''
    let err = ''
    child.stdout?.on('data', (chunk) => {
      out += chunk
      if (out.includes('\n')) resolve(JSON.parse(out.slice(0, out.indexOf('\n'))))
    })
    child.stderr?.on('data', (chunk) => {
      err = (err + chunk).slice(-4_000)
    })
    child.once('exit', (code) =>
      reject(new Error(`it ended with ${code} before it was ready: ${err}`)),
    )
  })
}

function residentKiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return children
      .split(' ')
      .filter(Boolean)
      .reduce((sum, child) => sum + residentKiB(Number(child)), own)
  } catch {
    // It has ended meanwhile.
    return 0
  }
}
