/**
 * Perturbations: named ways to run a machine differently, none of which may change an outcome. A user that must know
 * whether a script depends on the computer runs it plainly, then under each perturbation, and compares: the auditor does so before it
 * accuses a host, `vms check` and the tests of this package do too.
 */
import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { defaultProcessLimits } from '../protocol/limits.ts'
import type { MachineOptions } from '../protocol/types.ts'

/** The differences of a machine's process. */
export interface Perturbation {
  /** The difference in words, after "replayed". */
  readonly name: string
  /** Flags of the child process. */
  readonly execArgv: readonly string[]
  /** Environment of the child process. */
  readonly env: Readonly<Record<string, string>>
  /** Times the heap that the machine has otherwise. */
  readonly memoryFactor?: number
  /** Threads that keep the processor busy while the machine runs; see {@link underLoad} in load.ts. */
  readonly load?: number
}

/** Factor on the wall-clock limit of a call in a perturbed machine: some perturbations are slow, and slowness is no difference. */
const patienceFactor = 10

/** Years that the clock of the child's own realm is set forward. The engine's cannot be set without the computer's. */
const clockShiftYears = 7

/** A module that is loaded before the child's own code, and sets its `Date` forward. */
const shiftedClock = `data:text/javascript,${encodeURIComponent(
  `const real = Date.now
const shift = ${clockShiftYears * 365 * 86_400_000}
const now = () => real() + shift
globalThis.Date = class extends Date {
  constructor(...parts) { parts.length === 0 ? super(now()) : super(...parts) }
  static now() { return now() }
}`,
)}`

const plain = { execArgv: [], env: {} } as const

/**
 * All of them. Each flag says in V8's own words what it does (`node --v8-options`); those that the engine at hand lacks are left
 * out by {@link perturbationsHere}.
 */
export const perturbations: readonly Perturbation[] = [
  { ...plain, name: 'the same again' },
  {
    ...plain,
    name: 'with another time zone and locale',
    env: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' },
  },
  {
    ...plain,
    name: 'with a collection of garbage after every few allocations',
    execArgv: ['--gc-interval=400', '--gc-global'],
  },
  {
    ...plain,
    name: 'with stressed collections that move everything',
    execArgv: [
      '--stress-compaction',
      '--stress-scavenge=50',
      '--stress-marking=50',
      '--stress-flush-code',
    ],
  },
  { ...plain, name: 'interpreted only', execArgv: ['--jitless'] },
  {
    ...plain,
    name: 'without the optimising compilers',
    execArgv: ['--no-opt', '--no-maglev'],
  },
  {
    ...plain,
    name: 'compiled at once',
    execArgv: ['--always-sparkplug', '--no-lazy-feedback-allocation', '--regexp-tier-up-ticks=0'],
  },
  {
    ...plain,
    name: 'optimised early',
    execArgv: ['--stress-maglev', '--always-osr', '--invocation-count-for-turbofan=1'],
  },
  {
    ...plain,
    name: 'optimised and deoptimised again and again',
    execArgv: ['--deopt-every-n-times=100', '--stress-ic', '--stress-concurrent-inlining'],
  },
  {
    ...plain,
    name: 'on a single thread, other source positions',
    execArgv: ['--single-threaded', '--stress-lazy-source-positions', '--no-regexp-optimization'],
  },
  {
    ...plain,
    name: 'with the slow path of every builtin',
    execArgv: ['--force-slow-path', '--no-inline-new', '--no-use-ic'],
  },
  {
    ...plain,
    name: 'as on an older processor',
    execArgv: ['--no-enable-avx', '--no-enable-avx2', '--no-enable-bmi2', '--no-enable-fma3'],
  },
  {
    ...plain,
    name: 'with other seeds for hashes and chance',
    execArgv: ['--hash-seed=5', '--random-seed=5'],
  },
  // Larger stacks only. Depth is counted, and a plain machine reaches the limit of the count well before its stack ends.
  { ...plain, name: 'with a larger native stack', execArgv: ['--stack-size=5904'] },
  {
    ...plain,
    name: 'with a small young generation',
    execArgv: ['--max-semi-space-size=1', '--semi-space-growth-factor=1'],
  },
  { ...plain, name: 'with three times the heap', memoryFactor: 3 },
  {
    ...plain,
    name: `${clockShiftYears} years later`,
    execArgv: [`--import=${shiftedClock}`],
  },
  { ...plain, name: 'under load', load: 3 },
]

/**
 * A few for a second opinion where time matters: one process each, and each is different in many ways at once. The first is the
 * same again, for what changes by itself.
 */
export const secondOpinions: readonly Perturbation[] = [
  together('the same again', []),
  together('without the optimising compilers, in another time zone and locale', [
    'with another time zone and locale',
    'without the optimising compilers',
    'with other seeds for hashes and chance',
  ]),
  together('compiled at once, with a small young generation and a larger stack', [
    'compiled at once',
    'with a small young generation',
    'with a larger native stack',
    'with three times the heap',
  ]),
]

function together(name: string, names: readonly string[]): Perturbation {
  const parts = names.map((part) => {
    const found = perturbations.find((candidate) => candidate.name === part)
    if (found === undefined) throw new TypeError(`there is no perturbation ${part}`)
    return found
  })
  const memoryFactor = Math.max(1, ...parts.map((part) => part.memoryFactor ?? 1))
  return {
    name,
    execArgv: parts.flatMap(({ execArgv }) => execArgv),
    env: Object.assign({}, ...parts.map(({ env }) => env)),
    ...(memoryFactor !== 1 && { memoryFactor }),
  }
}

/** Options of a machine that is perturbed. What {@link Perturbation.load} asks for is the caller's to arrange. */
export function perturbed<Options extends Pick<MachineOptions, 'service' | 'execArgv' | 'env'>>(
  options: Options,
  how: Perturbation,
): Options {
  const { callCpuMs, callWallMs, memoryMiB } = { ...defaultProcessLimits, ...options.service }
  return {
    ...options,
    service: {
      ...options.service,
      callCpuMs: callCpuMs * patienceFactor,
      callWallMs: callWallMs * patienceFactor,
      memoryMiB: memoryMiB * (how.memoryFactor ?? 1),
    },
    execArgv: [...(options.execArgv ?? []), ...how.execArgv],
    env: { ...options.env, ...how.env },
  }
}

let flagsOfEngine: Promise<string> | null = null

/** Those of `wanted` that this engine can do, without the flags that it lacks. */
export async function perturbationsHere(
  wanted: readonly Perturbation[] = perturbations,
): Promise<Perturbation[]> {
  flagsOfEngine ??= promisify(execFile)(process.execPath, ['--v8-options']).then(
    ({ stdout }) => stdout,
  )
  const known = await flagsOfEngine
  return wanted
    .map((how) => ({ ...how, execArgv: how.execArgv.filter((flag) => isKnown(flag, known)) }))
    .filter(({ execArgv }, i) => execArgv.length > 0 || wanted[i]?.execArgv.length === 0)
}

function isKnown(flag: string, options: string): boolean {
  if (flag.startsWith('--import=')) return true
  const [name = ''] = flag.replace(/^--(?:no-)?/, '').split('=')
  return new RegExp(`^  --${name} `, 'm').test(options)
}
