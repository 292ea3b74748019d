/** A host of many that lies about what it deployed: caught by the audit of all. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { callerId, connect } from '@vms/client'
import { toHex } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { createHost, type OracleFunction, provisioningScript, QUOTAS } from '@vms/host'
import { Ledger } from '@vms/ledger'
import { expect, test } from 'vitest'
import { vms } from '../harness/vms-process.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

const SIGNED = 'exports.vote = async () => "counted"'
const SERVED = 'exports.vote = async () => "lost"'

/** A service of `source` in the host's directory; gives its id and the hash of its genesis. */
async function serve(place: Workplace, source: string): Promise<{ id: string; genesis: string }> {
  const dir = join(place.path, `made-${Math.random()}`)
  const host = await createHost({ dir, port: 0, script: { name: 'vote.js', source } })
  const id = host.ledgerUrl.slice('vms://'.length)
  await host.close()
  const to = join(place.path, 'services', id)
  cpSync(dir, to, { recursive: true })
  const ledger = await Ledger.open(to, { crypto: sodiumCrypto, readOnly: true })
  const genesis = toHex(ledger.manifest.genesisHash)
  await ledger.close()
  return { id, genesis }
}

/** Runs the provisioning script on oracles of a liar's; what it deploys ends up in the log. */
async function provision(place: Workplace, make: OracleFunction): Promise<void> {
  mkdirSync(join(place.path, 'services'), { recursive: true })
  writeFileSync(join(place.path, 'host.json'), '{"format":1}')
  const keys = sodiumCrypto.keyPair()
  const operator = callerId(keys.publicKey)
  const policy = async () => ({ operator, admins: [], open: true, quotas: { ...QUOTAS } })
  const host = await createHost({
    dir: join(place.path, 'provisioning'),
    port: 0,
    script: provisioningScript(),
    oracles: { policy, make },
  })
  const client = await connect<Record<string, (wanted: unknown) => unknown>>(host.url, {
    key: keys,
  })
  await client['deploy']?.({ name: 'vote.js', title: 'Vote', source: SIGNED })
  client.$close()
  await host.close()
}

const audit = async (place: Workplace) => {
  const { code, stdout } = await vms(place, ['verify', place.path, '--all', '--json'])
  return { code, audit: JSON.parse(stdout) }
}

const made = { ledger: 'vms://', files: 'hyper://', semantics: 1, methods: ['vote'], length: 2 }

test('one that deploys what was signed is verified', async () => {
  const place = makeWorkplace()
  await provision(place, async () => ({ ...made, ...(await serve(place, SIGNED)) }))
  expect(await audit(place)).toMatchObject({ code: 0, audit: { verdict: 'verified' } })
})

test('one that deploys another script than was signed is caught', async () => {
  const place = makeWorkplace()
  await provision(place, async () => ({ ...made, ...(await serve(place, SERVED)) }))
  expect(await audit(place)).toMatchObject({
    code: 1,
    audit: { services: [{ findings: [{ code: 'SERVICE_DIFFERS' }] }] },
  })
})

test('one that says another genesis than there is is caught', async () => {
  const place = makeWorkplace()
  await provision(place, async () => {
    const { id } = await serve(place, SIGNED)
    return { ...made, id, genesis: '00'.repeat(32) }
  })
  expect(await audit(place)).toMatchObject({
    code: 1,
    audit: { services: [{ findings: [{ code: 'SERVICE_DIFFERS' }] }] },
  })
})

test('one that serves what its log does not name is caught', async () => {
  const place = makeWorkplace()
  await provision(place, async () => ({ ...made, ...(await serve(place, SIGNED)) }))
  const { id } = await serve(place, SERVED)
  const { code, audit: found } = await audit(place)
  expect(code).toBe(1)
  expect(found.services).toContainEqual(
    expect.objectContaining({
      id,
      findings: [expect.objectContaining({ code: 'SERVICE_NOT_IN_LOG' })],
    }),
  )
})

test('one that does not have what its log names leaves the audit incomplete', async () => {
  const place = makeWorkplace()
  const absent = { id: 'y'.repeat(52), genesis: '00'.repeat(32) }
  await provision(place, async () => ({ ...made, ...absent }))
  expect(await audit(place)).toMatchObject({
    code: 3,
    audit: { services: [{ verdict: 'incomplete', error: { code: expect.any(String) } }] },
  })
})
