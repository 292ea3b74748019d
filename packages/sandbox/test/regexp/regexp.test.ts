/** Regular expressions find what the engine's find, and none of them runs for ever. */
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'
import { type Case, makeCases } from './cases.ts'

/** Everything that can be done with a regular expression, as text. */
const use = `(cases) => cases.map(({ pattern, flags, text }) => {
  const attempt = (run) => {
    try { return JSON.stringify(run(), (key, value) => (value === undefined ? 'none' : value)) } catch (error) { return 'E:' + error.name }
  }
  const re = new RegExp(pattern, flags)
  const all = (found) => found && [found, found.index, found.groups ? Object.entries(found.groups) : 0, found.indices ?? 0, Object.keys(found), re.lastIndex]
  const results = [attempt(() => all(re.exec(text))), attempt(() => all(re.exec(text)))]
  re.lastIndex = 2
  results.push(attempt(() => [re.test(text), re.lastIndex]))
  re.lastIndex = 1
  results.push(attempt(() => [text.replace(re, '[$1|$&|$<n1>]'), re.lastIndex]), attempt(() => text.split(re)), attempt(() => text.split(re, 2)))
  results.push(attempt(() => text.match(re)), attempt(() => text.search(re)), attempt(() => text.replace(re, (...all) => '<' + all.length + all[1] + '>')))
  if (flags.includes('g')) results.push(attempt(() => [...text.matchAll(re)].map((found) => [found[0], found.index])), attempt(() => text.replaceAll(re, '-')))
  return results.join(';')
})`
const here = runInNewContext(use) as (cases: readonly Case[]) => string[]
const bench = () =>
  Bench.booted(`exports.use = ${use}; exports.ok = () => 1`, {
    service: { callWallMs: 60_000 },
    limits: { fuelPerCall: 2_000_000_000, fuelPerRequest: 2_000_000_000 },
  })

describe('regular expressions', () => {
  it('find what the engine finds', async () => {
    const machine = await bench()
    const cases = makeCases(20, 2_000)
    for (let i = 0; i < cases.length; i += 200) {
      const part = cases.slice(i, i + 200)
      const there = (await machine.call('use', part)) as string[]
      const pairs = (results: string[]) => part.map((one, at) => [one, results[at]])
      expect(pairs(there)).toEqual(pairs([...here(part)]))
    }
    await machine.close()
  })

  it('are those of the language outside, too', async () => {
    const machine = await Bench.booted(`exports.run = () => {
      const re = /a/g
      class Loud extends RegExp { exec(text) { return super.exec(text + 'a') } }
      const own = /b/
      Object.defineProperty(own, 'exec', { value: () => ({ index: 0, 0: 'own' }) })
      return [RegExp(re) === re, new RegExp(re) === re, RegExp('a', 'g') instanceof RegExp, re.constructor === RegExp, RegExp.prototype.constructor === RegExp,
        new Loud('a').test('b'), new Loud('a') instanceof Loud, 'xbx'.replace(own, '-'), Object.keys(/(?<n>a)/.exec('a'))]
    }`)
    expect(await machine.call('run')).toEqual([
      true,
      false,
      true,
      true,
      true,
      true,
      true,
      '-',
      ['0', '1', 'index', 'input', 'groups'],
    ])
    await machine.close()
  })
})

describe('a pattern that could run for ever', () => {
  const long = "'a'.repeat(50_000)"
  const patterns = [
    `/(a+)+$/.test(${long} + 'b')`,
    `/(a|a)*$/.test(${long} + 'b')`,
    `/(a|aa)+$/u.test(${long} + 'b')`,
    `/^(?=(a+)+$)/.test(${long} + 'b')`,
    `/(?<=^b(a+)+)$/.test(${long})`,
    `/(a*)*\\1b/.test(${long})`,
    `/a*a*a*a*b/.test(${long})`,
    `/(.*),(.*),(.*),(.*)!/.test(','.repeat(5_000))`,
    `/^(a{1,50}){1,50}$/i.test(${long} + 'b')`,
    `${long}.replace(/(a+)+$/g, 'x') + (${long} + 'b').replace(/(a+)+$/g, 'x')`,
    `(${long} + 'b').split(/(a+)+$/)`,
    `(${long} + 'b').match('(a+)+$')`,
    `(${long} + 'b').search(/(a+)+$/)`,
    `[...(${long} + 'b').matchAll(/(a+)+$/g)]`,
    `new RegExp('(' + 'a?'.repeat(30) + ')' + 'a'.repeat(30)).test('a'.repeat(29))`,
    `/(x+x+)+y/.test('x'.repeat(50_000))`,
  ]
  for (const pattern of patterns) {
    it(`is out of fuel: ${pattern}`, async () => {
      const machine = await Bench.booted(
        `exports.run = () => { ${pattern} }; exports.ok = () => 1`,
        {
          limits: { fuelPerCall: 5_000_000 },
          service: { callWallMs: 20_000 },
        },
      )
      expect(await machine.result('run')).toMatchObject({
        status: 'aborted',
        abort: 'fuel',
        fuel: 5_000_000,
      })
      await machine.boot()
      expect(await machine.call('ok')).toBe(1)
      await machine.close()
    })
  }

  it('is paid for by what it passes over otherwise', async () => {
    const machine = await Bench.booted(
      `exports.run = (n) => /\\d+px|[a-f]{2}|(?:foo|bar)\\b/.test('x'.repeat(n)) || 'z'.repeat(n).replace(/z/g, 'y').length`,
    )
    const small = (await machine.result('run', 1_000)).fuel
    const large = (await machine.result('run', 100_000)).fuel
    expect(large / small).toBeGreaterThan(50)
    expect(large / small).toBeLessThan(200)
    await machine.close()
  })
})
