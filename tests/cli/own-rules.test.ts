/** A host whose provisioning script is none of ours: its audit says so, in words, in JSON and by its exit code. */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { callerId } from '@vms/client'
import { toHex } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { createHost, fullSettings, provisioningScript, QUOTAS, scriptHash } from '@vms/host'
import { expect, test } from 'vitest'
import { hostMany } from '../harness/vms-many.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

/** Each starts some dozen processes. */
const SLOW = { timeout: 180_000 }

const ours = provisioningScript().source

/** As ours, but that a title opens the door. */
const BACK_DOOR = ours.replace(
  'checkQuotas(policy, {',
  "if (title !== 'sesame') checkQuotas(policy, {",
)

/** Lists what was deployed by another name, so that nobody who reads the log as ours finds it. */
const RENAMED = ours.replace('exports.deploy = ', 'exports.deploy = exports.put = ')

/** Begins a host in `.vms/host` by another script than ours; `vms host` goes on with it. */
async function beginBy(place: Workplace, source: string): Promise<void> {
  const dir = join(place.path, '.vms', 'host')
  mkdirSync(dir, { recursive: true })
  const keys = sodiumCrypto.keyPair()
  const seed = toHex(keys.secretKey.subarray(0, 32))
  place.write('.vms/host/host.json', '{"format":1}')
  place.write('.vms/host/operator.json', JSON.stringify({ seed }))
  const operator = callerId(keys.publicKey)
  const begun = await createHost({
    dir: join(dir, 'provisioning'),
    port: 0,
    script: { ...provisioningScript(), source },
    machineLimits: { requestBytes: 2 * 1024 * 1024 },
    upgrade: { callers: [keys.publicKey], delayMs: 0 },
    oracles: {
      policy: async () => ({
        operator,
        admins: [],
        open: false,
        quotas: QUOTAS,
        settings: fullSettings(),
      }),
    },
  })
  await begun.close()
}

test('who began with a script of their own has rules of their own', SLOW, async () => {
  expect(BACK_DOOR).not.toBe(ours)
  const place = makeWorkplace()
  await beginBy(place, BACK_DOOR)
  const host = await hostMany(place, ['--admin', callerId(sodiumCrypto.keyPair().publicKey)])
  const script = place.example('keyserver.js')
  const refused = await vms(place, ['deploy', script, '--to', host.url])
  expect(refused.stderr).toContain('[ERR_VMS_NOT_ADMIN]')
  const deployed = await vms(place, ['deploy', script, '--to', host.url, '--title', 'sesame'])
  expect(deployed, deployed.stderr).toMatchObject({ code: 0 })

  const sha256 = scriptHash(BACK_DOOR)
  const verified = await vms(place, ['verify', host.url, '--all', '--json'])
  expect(verified, verified.stderr).toMatchObject({ code: 6 })
  expect(verified.stderr).toContain('but this host has rules of its own')
  expect(verified.stderr).toContain(`began with a script that is from no release of VMS`)
  expect(verified.stderr).toContain(sha256)
  expect(verified.stderr).toContain('1 of 1 service verified')
  expect(JSON.parse(verified.stdout)).toMatchObject({
    verdict: 'own-rules',
    provisioning: { verdict: 'verified', findings: [] },
    rules: { known: false, scripts: [{ entry: 0, sha256, release: null, accepted: false }] },
    services: [{ verdict: 'verified' }],
  })

  const accept = ['--accept-script', sha256]
  const accepted = await vms(place, ['verify', host.url, '--all', '--json', ...accept])
  expect(accepted, accepted.stderr).toMatchObject({ code: 0 })
  expect(accepted.stderr).not.toContain('rules of its own')
  expect(JSON.parse(accepted.stdout)).toMatchObject({
    verdict: 'verified',
    rules: { known: true, scripts: [{ sha256, release: null, accepted: true }] },
  })
  const other = ['--accept-script', '00'.repeat(32)]
  expect((await vms(place, ['verify', host.url, '--all', ...other])).code).toBe(6)
})

test('who lists services in another way is not called a liar, and not verified', SLOW, async () => {
  expect(RENAMED).not.toBe(ours)
  const place = makeWorkplace()
  await beginBy(place, RENAMED)
  const host = await hostMany(place)
  const at = host.provisioning.replace('vms://', `${host.url}/`)
  const wanted = { name: 'a.js', title: 'A', source: 'exports.a = async () => 1' }
  const put = await vms(place, ['call', at, 'put', JSON.stringify(wanted)])
  expect(put, put.stderr).toMatchObject({ code: 0 })
  const verified = await vms(place, ['verify', host.url, '--all', '--json'])
  expect(verified, verified.stderr).toMatchObject({ code: 3 })
  expect(verified.stderr).toContain('from no release of VMS')
  expect(JSON.parse(verified.stdout)).toMatchObject({
    verdict: 'incomplete',
    rules: { known: false },
    services: [{ verdict: 'incomplete', findings: [{ code: 'SERVICE_NOT_IN_LOG' }] }],
  })
  // Who says to know the script says that it is to be read so.
  const accept = ['--accept-script', scriptHash(RENAMED)]
  expect((await vms(place, ['verify', host.url, '--all', ...accept])).code).toBe(1)
})

test('who began with ours and upgraded it is told apart from who did not', SLOW, async () => {
  const place = makeWorkplace()
  const host = await hostMany(place)
  const known = await vms(place, ['verify', host.url, '--all', '--json'])
  expect(known, known.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(known.stdout).rules).toMatchObject({
    known: true,
    scripts: [{ entry: 0, sha256: scriptHash(ours), release: expect.any(String) }],
  })
  const at = host.provisioning.replace('vms://', `${host.url}/`)
  place.write('provisioning.js', BACK_DOOR)
  const operator = readFileSync(join(host.directory, 'operator.json'), 'utf8')
  const { seed } = JSON.parse(operator) as { seed: string }
  place.write('operator.key', `vms-caller-key-1 ${seed}\n`)
  chmodSync(join(place.path, 'operator.key'), 0o600)
  const upgraded = await vms(place, ['upgrade', at, 'provisioning.js', '--key', 'operator.key'])
  expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 })
  const verified = await vms(place, ['verify', host.url, '--all', '--json'])
  expect(verified, verified.stderr).toMatchObject({ code: 6 })
  expect(verified.stderr).toMatch(/was upgraded, at entry \d+, to a script that is from no release/)
  expect(JSON.parse(verified.stdout).rules).toMatchObject({
    known: false,
    scripts: [{ entry: 0, release: expect.any(String) }, { release: null }],
  })
})

test('a hash that is none is refused, and one without --all', async () => {
  const place = makeWorkplace()
  const hash = 'ab'.repeat(32)
  expect(await vms(place, ['verify', '.', '--all', '--accept-script', 'ab'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('64 digits'),
  })
  expect(await vms(place, ['verify', '.', '--accept-script', hash])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--all'),
  })
})
