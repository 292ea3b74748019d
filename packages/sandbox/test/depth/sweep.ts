/** Runs the sweep on a machine: goes on behind each nest that ends a call, and tells of each that the engine's own stack ended. */
import { Bench } from '../bench.ts'
import { sweepScript } from './world.ts'

export interface Sweep {
  readonly link: 'itself' | 'closure' | 'bound'
  readonly place: 'open' | 'promise' | 'iterator' | 'finally' | 'disposed' | 'async'
  /** Takes one function of so many. */
  readonly every: number
  readonly execArgv?: readonly string[]
}

export interface Swept {
  readonly functions: number
  readonly nests: number
  /** Nests that ended by depth, and by the engine's stack. */
  readonly deep: readonly string[]
  readonly overflows: readonly string[]
}

const functionsPerCall = 60

export async function sweep({ link, place, every, execArgv = [] }: Sweep): Promise<Swept> {
  const boot = () =>
    Bench.booted(sweepScript, {
      execArgv,
      limits: { fuelPerCall: 100_000_000, fuelPerRequest: Number.MAX_SAFE_INTEGER },
      service: { callWallMs: 30_000 },
    })
  let bench = await boot()
  const { length } = (await bench.call('paths')) as string[]
  let nests = 0
  const deep: string[] = []
  const overflows: string[] = []
  for (let at = 0, first = 0; at < length; ) {
    const before = bench.lines.length
    const { done, stop } = await bench.run([
      'sweep',
      at,
      functionsPerCall,
      first,
      link,
      place,
      every,
    ])
    const lines = bench.lines.slice(before)
    const begun = lines.filter(({ level }) => level === 'log').map(({ text }) => text)
    nests += begun.length
    if (stop === null) {
      if (done[0]?.results[0]?.status !== 'returned') throw new Error(`the sweep ended at ${at}`)
      at += functionsPerCall
      first = 0
      continue
    }
    const last = JSON.parse(begun.at(-1) ?? 'null') as [number, number, string, string] | null
    if (last === null) console.log(stop, done, lines.slice(-3))
    if (last === null) throw new Error(`nothing was run at ${at}: ${JSON.stringify(stop)}`)
    const [index, number, ...name] = last
    if (stop.kind === 'abort' && done[0]?.results[0]?.abort === 'depth') deep.push(name.join(' '))
    // Slowness is no overflow; any other refusal is one, or hides one.
    if (stop.kind === 'refused' && stop.reason !== 'wall-clock')
      overflows.push(`${stop.reason}: ${name.join(' ')}`)
    at = index
    first = number + 1
    if (stop.kind === 'abort') await bench.boot()
    else {
      await bench.close()
      bench = await boot()
    }
  }
  await bench.close()
  return { functions: length, nests, deep, overflows }
}
