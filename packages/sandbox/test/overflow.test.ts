/** The engine's own stack overflow strikes at another place on each computer: a script that sees it in any way gets no outcome. */
import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

/** Calls that take more of the engine's stack than this machine has, at a depth that is allowed. */
const deep = 'const deep = (n) => [n].map((n) => 1 + deep(n + 1))[0]'
const smallStack = '--stack-size=200'

const ways = {
  nothing: 'deep(0)',
  'a catch': 'try { deep(0) } catch (error) { return error.name }',
  'a catch without a name': 'try { deep(0) } catch { return 1 }',
  'a catch with a pattern': 'try { deep(0) } catch ({ name }) { return name }',
  'a finally that returns': 'try { deep(0) } finally { return 1 }',
  'a finally that leaves a loop': 'for (;;) try { deep(0) } finally { break } return 1',
  'a finally in a generator':
    'function* g() { try { deep(0) } finally { return 1 } } return [...g()]',
  'an async function': 'await (async () => deep(0))().catch(() => 1)',
  'a handler of a promise': 'return Promise.resolve().then(() => deep(0)).catch(() => 1)',
  allSettled: 'return Promise.allSettled([(async () => deep(0))()])',
  'an error in its place': "try { deep(0) } finally { throw new Error('x') }",
}

describe('the stack of the engine', () => {
  for (const [name, body] of Object.entries(ways)) {
    it(`refuses what met its end behind ${name}`, async () => {
      const bench = await Bench.booted(
        `${deep}\nexports.run = async () => { ${body} }; exports.ok = () => 'ok'`,
        { execArgv: [smallStack] },
      )
      const { done, stop } = await bench.run(['run'])
      expect(done).toEqual([])
      expect(stop).toMatchObject({ kind: 'refused', reason: 'stack' })
      await bench.close()
    })
  }
})
