/** The NaN that scripts find in memory is one, whatever gave it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'
import { floats } from './floats.ts'

const script = `
const attempt = (run) => { try { return run() } catch { return 0 } }
${Object.entries(floats)
  .map(([name, body]) => `exports[${JSON.stringify(name)}] = async () => { ${body} }`)
  .join('\n')}
exports.kept = () => {
  const f = new Float64Array(4); let asked = 0; const o = { valueOf: () => { asked += 1; return 2 } }; const { set } = f
  const given = f[0] = o; let [a, b] = [0, 0]; ({ a, b: f[1] } = { a: 5, b: o }); f.set(['3', o], 2)
  const order = []; const tell = (x, value) => ({ get [x]() { order.push('get ' + x); return { valueOf: () => (order.push('value ' + x), value) } } })
  f.set({ length: 2, ...{}, __proto__: Object.create(null, { ...Object.getOwnPropertyDescriptors(tell(0, 7)), ...Object.getOwnPropertyDescriptors(tell(1, 8)) }) })
  const fails = [() => set.call(f, [1], 4), () => set.call(f, [1], -1), () => set.call({}, [1]), () => f.set(null), () => { f[0] = 1n }, () => { f[0] = { valueOf: () => Symbol() } }]
  return [given === o, asked, a, [...f], order, fails.map((run) => { try { run(); return 'fine' } catch (error) { return error.name } })]
}
exports.field = () => { class G extends Float64Array { ['x'] = { valueOf: () => 1 } } ; return new G(1) }
exports.subclass = () => { class L extends Array {} const o = { valueOf: () => 1 }; const l = L.from([o]); const k = L.of(o, 2); return [l instanceof L, l[0] === o, k.length, k[0] === o, l.length] }
`

describe('the one NaN', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(script)
  })
  afterAll(() => bench.close())

  for (const name of Object.keys(floats)) {
    it(name, async () => {
      const found = (await bench.call(name)) as unknown[]
      expect(found.filter((bits) => bits !== '7ff8000000000000')).toEqual([])
    })
  }

  it('leaves everything else as the language has it', async () => {
    expect(await bench.call('kept')).toEqual([
      true,
      3,
      5,
      [7, 8, 3, 2],
      ['get 0', 'value 0', 'get 1', 'value 1'],
      ['RangeError', 'RangeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
    ])
    expect(await bench.call('subclass')).toEqual([true, true, 2, true, 1])
    expect((await bench.result('field')).error).toMatchObject({ code: 'ERR_VMS_FLOAT_FIELD' })
  })
})
