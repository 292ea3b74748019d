/**
 * Perturbations: named ways to run a machine differently. None of them may change an outcome. To learn whether a script depends on the
 * computer, a user runs it plainly, then under each perturbation, and compares the outcomes. The auditor does so before it accuses a host;
 * `vms check` and this package's tests do so too.
 */
import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { defaultProcessLimits } from '../protocol/limits.ts'
import type { MachineOptions } from '../protocol/types.ts'

/** The differences of a machine's process. */
export interface Perturbation {
  /** Describes the difference, in words that follow "replayed". */
  readonly name: string
  /** Flags of the child process. */
  readonly execArgv: readonly string[]
  /** Environment of the child process. */
  readonly env: Readonly<Record<string, string>>
  /** Factor on the machine's heap. */
  readonly memoryFactor?: number
  /** Threads that keep the processor busy while the machine runs; see {@link underLoad} in load.ts. */
  readonly load?: number
}

/** Factor on the wall-clock limit of a call in a perturbed machine. Some perturbations are slow, and slowness is no difference. */
const patienceFactor = 10

/** Years by which the perturbation sets the clock of the child's own realm forward. The engine's clock follows the computer's. */
const clockShiftYears = 7

/** A module that Node loads before the child's code. It sets `Date` forward. */
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
 * All perturbations. V8 documents each flag (`node --v8-options`). {@link perturbationsHere} drops the flags that the current engine lacks.
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
  // Larger stacks only. The runtime counts depth, and a plain machine reaches that limit well before its stack ends.
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
 * A few perturbations for a second opinion where time matters. Each needs one process and differs in many ways at once. The first one
 * changes nothing: it finds what differs between two plain runs.
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

/** Options of a perturbed machine. The caller itself arranges the load of {@link Perturbation.load}. */
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

/** Those of `wanted` that this engine supports, without the flags that it lacks. */
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
