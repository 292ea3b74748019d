/** Holds that what the check says a machine refuses is what a machine refuses. */
import { rehearse } from '@vms/auditor'
import { expect, test } from 'vitest'
import { REFUSED_APIS } from '../../src/check/refused-apis.ts'

test('a machine has none of the names that the check refuses', async () => {
  const names = Object.keys(REFUSED_APIS)
  const source = `
const attempt = (use) => {
  try { use(); return 'done' } catch (error) { return error.name }
}
exports.types = () => [${names.map((name) => `['${name}', typeof ${name}]`)}]
exports.calls = () => [${names.map((name) => `['${name}', attempt(() => (0, ${name})('1'))]`)}]
`
  const call = { args: [], caller: 'debug:check', time: 0 }
  const { plain } = await rehearse({
    script: { name: 'world.js', source },
    time: 0,
    plan: () => [
      { ...call, method: 'types' },
      { ...call, method: 'calls' },
    ],
    perturbations: [],
  })
  const { decodeValue } = await import('@vms/auditor')
  const [types, calls] = plain.results.map(({ outcome }) =>
    decodeValue(outcome.value as Uint8Array),
  )
  const found = (types as [string, string][]).filter(([, type]) => type !== 'undefined')
  // It stays for instanceof; calling it is what is refused.
  expect(found.map(([name]) => name)).toEqual(['Function'])
  expect((calls as [string, string][]).filter(([, ended]) => ended === 'done')).toEqual([])
})
