/** 200 machines that fire timers until their calls are out of fuel, a few calls each: none of them crashes. */
import { expect, it } from 'vitest'
import { Bench } from './bench.ts'
import { busy, limits, livesThroughStop } from './stopped.ts'

const runs = 200
/** About 200,000 timers. */
const fuelPerCall = 30_000_000

it('no machine crashes by the timers of its calls', async () => {
  for (let i = 0; i < runs; i++) {
    const stands = i % 20 === 0
    const bench = await Bench.booted(busy, {
      limits: { fuelPerCall: stands ? limits.fuelPerCall : fuelPerCall },
      service: { callWallMs: 20_000 },
    })
    if (stands) await livesThroughStop(bench, 2_000)
    else {
      for (let call = 0; call < 2; call++) {
        const { done, stop } = await bench.run(['endless'])
        expect(stop, `run ${i}`).toEqual({ kind: 'abort' })
        expect(done[0]?.results[0]).toMatchObject({ status: 'aborted', abort: 'fuel' })
        await bench.boot()
      }
    }
    await bench.close()
  }
}, 1_800_000)
