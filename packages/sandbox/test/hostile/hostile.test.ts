/** Whatever a script does to memory, time and stack ends as an end of that call, and the next call is served. */
import process from 'node:process'
import { describe, expect } from 'vitest'
import { testInTurn } from '../../../../tests/harness/in-turn.ts'
import type { RunReport } from '../../src/index.ts'
import { Bench } from '../bench.ts'
import { hiddenBombs } from './hidden.ts'
import { keptBombs } from './kept.ts'
import {
  computedKeyBombs,
  floods,
  hashCollisionBombs,
  prototypeChainBombs,
  tableBombs,
} from './objects.ts'
import { conversions, type Ending, memoryBombs, timeBombs } from './scripts.ts'

/** A fifth of the defaults, in fuel and in memory: it is the ratio of the two that counts. */
const limits = { fuelPerCall: 20_000_000 }
const service = { memoryMiB: 208, callWallMs: 30_000 }
const MiB = 1024 * 1024
/** What this process may grow by while a child is bombed. */
const flat = 64 * MiB

const booted = (body: string) =>
  Bench.booted(`const keep = []; exports.run = async () => { ${body} }; exports.ok = () => 'ok'`, {
    limits,
    service,
  })

function endingOf({ done, stop }: RunReport): string {
  const result = done[0]?.results[0]
  if (result === undefined) return `refused: ${JSON.stringify(stop)}`
  if (result.status === 'aborted') return String(result.abort)
  if (result.status !== 'thrown') return result.status
  return `throws ${result.error?.code ?? result.error?.name}`
}

/** Of each group, one of so many is due in the short form. */
const EVERY = 8

function endsAs(bombs: Readonly<Record<string, readonly [body: string, ending: Ending]>>): void {
  const entries = Object.entries(bombs)
  const test = testInTurn(Math.min(EVERY, entries.length))
  for (const [name, [body, ending]] of entries) {
    test(`${name}: ${ending}`, async () => {
      const bench = await booted(body)
      const before = process.memoryUsage().rss
      const report = await bench.run(['run'])
      expect(endingOf(report)).toBe(ending)
      expect(process.memoryUsage().rss - before).toBeLessThan(flat)
      if (report.stop !== null) await bench.boot()
      expect(await bench.call('ok')).toBe('ok')
      await bench.close()
    })
  }
}

describe('memory bombs', () => endsAs(memoryBombs))
describe('bombs of time and stack', () => endsAs(timeBombs))
describe('tables', () => endsAs(tableBombs))
describe('crowds', () => endsAs(hashCollisionBombs))
describe('chains', () => endsAs(prototypeChainBombs))
describe('floods', () => endsAs(floods))
describe('places', () => endsAs(computedKeyBombs))
describe('conversions', () => endsAs(conversions))
describe('what the engine does within', () => endsAs(hiddenBombs))
describe('what calls give, kept', () => endsAs(keptBombs))
