/** An upgrade in the middle of a long history: verified before, at and after it, and a check finds the one call that would differ. */
import { audit, Ledger, sodiumCrypto, tryUpgrade } from '@vms/auditor'
import type { Host } from '@vms/host'
import { expect, test } from 'vitest'
import { type AnyRemote, Place } from './place.ts'

const CALLS = 5_000

/** The argument that one script treats otherwise. */
const ODD_ONE = 7_777

const V1 = `
exports.init = async () => { await System.files.writeFile('/last', '') }
exports.note = async (n) => {
  await System.files.writeFile('/last', String(n))
  return n
}
`
const V2 = `${V1}exports.last = () => System.files.readFile('/last')\n`
const OTHERWISE = V2.replace('return n', `return n === ${ODD_ONE} ? -n : n`)

async function note(client: AnyRemote, from: number): Promise<void> {
  for (let n = from; n < from + CALLS; n += 500)
    await Promise.all(Array.from({ length: 500 }, (_, i) => client.$call('note', [n + i])))
}

async function verified(place: Place, host: Host): Promise<number> {
  await host.close()
  const report = await place.audit()
  expect(report).toMatchObject({ verdict: 'verified', findings: [] })
  return report.entries
}

test('10,000 entries with an upgrade in the middle', { timeout: 600_000 }, async () => {
  const place = await Place.make()
  const admin = sodiumCrypto.keyPair()
  const upgrade = { callers: [admin.publicKey], delayMs: 0 }
  // One call in a request: one entry for each.
  const serve = async () => {
    const host = await place.host(V1, { upgrade })
    return { host, boss: await place.connect(host, { key: admin, requestCalls: 1 }) }
  }
  const before = await serve()
  await note(before.boss, 0)
  expect(await verified(place, before.host)).toBe(CALLS + 3)
  const at = await serve()
  await at.boss.$call('vms:upgrade', [{ name: 'v2.js', title: 'V2', source: V2 }])
  expect(await at.boss.$call('last')).toBe(String(CALLS - 1))
  await verified(place, at.host)
  const after = await serve()
  await note(after.boss, CALLS)
  const entries = await verified(place, after.host)
  expect(entries).toBeGreaterThan(2 * CALLS)

  const options = { crypto: sodiumCrypto, readOnly: true }
  await using ledger = await Ledger.open(place.service, options)
  const begun = performance.now()
  const same = await tryUpgrade({ ledger, script: { name: 'v2.js', source: V2 } })
  console.log(`tried ${same.calls} calls in ${Math.round(performance.now() - begun)} ms`)
  expect(same).toMatchObject({ entries, different: 0 })
  const script = { name: 'v3.js', source: OTHERWISE }
  expect(await tryUpgrade({ ledger, script })).toMatchObject({
    entries,
    different: 1,
    differences: [{ method: 'note', part: 'value', expected: `${ODD_ONE}`, got: `-${ODD_ONE}` }],
  })
  const report = await audit({ ledger })
  console.log(`audited ${report.calls} calls in ${report.elapsedMs} ms`)
})
