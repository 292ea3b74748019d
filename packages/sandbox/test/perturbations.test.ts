import { describe, expect, it } from 'vitest'
import { testInTurn } from '../../../tests/harness/in-turn.ts'
import {
  perturbations,
  perturbationsHere,
  perturbed,
  secondOpinions,
  underLoad,
} from '../src/index.ts'
import { Bench, type BenchOptions } from './bench.ts'

const script = `
  const grow = (n) => Array.from({ length: n }, (_, i) => ({ i, text: String(i) }))
  exports.work = async (n) => {
    const parts = grow(n).map(({ i, text }) => text.replace(/\\d/g, (d) => 9 - d) + i)
    await System.files.writeFile('/parts', parts.join(','))
    return [parts.length, new Date().toISOString(), Math.random(), (1234.5).toLocaleString()]
  }
  exports.fail = (x) => x.y.z
`

async function outcomes(options: BenchOptions) {
  const bench = await Bench.booted(script, options)
  const results = [
    await bench.result('work', 2_000),
    await bench.result('fail', {}),
    await bench.result('work', 3),
  ]
  await bench.close()
  return results
}

describe('perturbations', () => {
  it('are all known to this engine', async () => {
    expect(await perturbationsHere()).toEqual(perturbations)
    expect(await perturbationsHere(secondOpinions)).toEqual(secondOpinions)
  })

  it('lose the flags that an engine lacks, and those of nothing else are left out', async () => {
    const [how] = perturbations as [(typeof perturbations)[number]]
    const strange = { ...how, execArgv: ['--no-such-flag', '--no-opt'] }
    const stranger = { ...how, execArgv: ['--no-such-flag=3'] }
    expect(await perturbationsHere([strange, stranger, how])).toEqual([
      { ...how, execArgv: ['--no-opt'] },
      how,
    ])
  })

  it('have names of their own', () => {
    expect(new Set(perturbations.map(({ name }) => name)).size).toBe(perturbations.length)
  })

  it('give more patience and heap, and keep what was asked for otherwise', () => {
    const [how] = perturbations as [(typeof perturbations)[number]]
    const options = {
      service: { callCpuMs: 2, callWallMs: 7, memoryMiB: 10, startMs: 3 },
      env: { A: 'b' },
    }
    expect(perturbed(options, { ...how, memoryFactor: 3, execArgv: ['--x'] })).toEqual({
      service: { callCpuMs: 20, callWallMs: 70, memoryMiB: 30, startMs: 3 },
      env: { A: 'b' },
      execArgv: ['--x'],
    })
  })

  testInTurn(4).each(perturbations)('change nothing: $name', async (how) => {
    const plain = await outcomes({})
    const again = await underLoad(how.load ?? 0, () => outcomes(perturbed({}, how)))
    expect(again).toEqual(plain)
  })
})
