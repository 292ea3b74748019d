/** The engine's own stack overflow strikes at another place on each computer: a script that sees it in any way gets no outcome. */
import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

/** A getter of the engine's that asks itself, with nothing between that counts. */
const deep = `
const flags = Object.getOwnPropertyDescriptor(RegExp.prototype, 'flags').get
const o = Object.defineProperty({}, 'global', { get: flags })
const deep = () => o.global`

const ways = {
  nothing: 'deep()',
  'a catch': 'try { deep() } catch (error) { return error.name }',
  'a catch without a name': 'try { deep() } catch { return 1 }',
  'a catch with a pattern': 'try { deep() } catch ({ name }) { return name }',
  'a finally that returns': 'try { deep() } finally { return 1 }',
  'a finally that leaves a loop': 'for (;;) try { deep() } finally { break } return 1',
  'a finally in a generator':
    'function* g() { try { deep() } finally { return 1 } } return [...g()]',
  'an async function': 'await (async () => deep())().catch(() => 1)',
  'a handler of a promise': 'return Promise.resolve().then(deep).catch(() => 1)',
  allSettled: 'return Promise.allSettled([(async () => deep())()])',
  'an error in its place': "try { deep() } finally { throw new Error('x') }",
}

describe('the stack of the engine', () => {
  for (const [name, body] of Object.entries(ways)) {
    it(`refuses what met its end behind ${name}`, async () => {
      const bench = await Bench.booted(
        `${deep}\nexports.run = async () => { ${body} }; exports.ok = () => 'ok'`,
      )
      const { done, stop } = await bench.run(['run'])
      expect(done).toEqual([])
      expect(stop).toMatchObject({ kind: 'refused', reason: 'stack' })
      await bench.close()
    })
  }
})
