/** A host of many that does not do what was signed: caught by the audit of all, each lie with its place and its cause. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { MACHINE_LIMITS } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { type Audited, type Changed, LyingHost, provesItself, WANTED } from './lying-host.ts'

const test = testInTurn(4)

/** Each begins some services, and runs an audit in a process. */
const SLOW = { timeout: 120_000 }

/** The findings of one service, each as its code, place and values. Every one must prove itself. */
function found({ services }: Audited, id: string): unknown[] {
  const { findings = [] } = services.get(id) ?? {}
  expect(findings.every(provesItself)).toBe(true)
  return findings.map(({ code, severity, path, expected, got }) => ({
    code,
    severity,
    path,
    expected,
    got,
  }))
}

const setting = (path: string, expected: unknown, got: unknown) => ({
  code: 'SERVICE_SETTING_DIFFERS',
  severity: 'proven',
  path,
  expected: expected === null ? null : JSON.stringify(expected),
  got: JSON.stringify(got),
})

test('a host that serves what its deployers signed is verified', SLOW, async () => {
  const host = new LyingHost()
  await host.provision(async (call) => {
    const id = await host.deploy(call)
    await host.run(id)
    await call('stop', id)
    await call('start', id)
    await host.run(id)
    await call('remove', id)
  })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 0, verdict: 'verified' })
  expect([...audited.services.values()]).toMatchObject([{ verdict: 'verified', findings: [] }])
})

const upgrader = sodiumCrypto.keyPair().publicKey
const limits = { ...MACHINE_LIMITS, depth: 500 }

/** What the liar begins instead, what the deployer signed beside the script, and where it shows. */
const settings: readonly [what: string, changed: Changed, signed: object, expected: object[]][] = [
  [
    'another script',
    { source: 'exports.vote = async () => "lost"; exports.later = () => {}' },
    {},
    [
      setting(
        '$.script.source',
        WANTED.source,
        'exports.vote = async () => "lost"; exports.later = () => {}',
      ),
    ],
  ],
  ['another title', { title: 'Veto' }, {}, [setting('$.script.title', 'Vote', 'Veto')]],
  ['another name', { name: 'veto.js' }, {}, [setting('$.script.name', 'vote.js', 'veto.js')]],
  [
    'somebody who may upgrade',
    { upgrade: { callers: [upgrader], delayMs: 0 } },
    {},
    [
      setting('$.upgrade.callers.length', 0, 1),
      expect.objectContaining({ path: '$.upgrade.callers[0]', expected: null }),
    ],
  ],
  [
    'a shorter delay of upgrades',
    { upgrade: { callers: [], delayMs: 0 } },
    { upgrade: { callers: [], delayMs: 86_400_000 } },
    [setting('$.upgrade.delayMs', 86_400_000, 0)],
  ],
  [
    'callers by name alone',
    { debug: true },
    { settings: { authentication: 'signed' } },
    [setting('$.authentication', 'signed', 'debug')],
  ],
  [
    'another window',
    { window: 10 },
    { settings: { window: 1_000 } },
    [setting('$.window', 1_000, 10)],
  ],
  [
    'longer epochs than the policy allows',
    { epochCalls: 20_000 },
    {},
    [setting('$.epochCalls', 10_000, 20_000)],
  ],
  [
    'another limit than was signed',
    { machineLimits: { ...limits, depth: 1_000 } },
    { settings: { limits: { depth: 500 } } },
    [setting('$.limits.depth', 500, 1_000)],
  ],
  [
    'every limit other than the policy says',
    {
      machineLimits: Object.fromEntries(
        Object.entries(MACHINE_LIMITS).map(([name, most]) => [name, most - 1]),
      ),
    },
    {},
    Object.entries(MACHINE_LIMITS).map(([name, most]) =>
      setting(`$.limits.${name}`, most, most - 1),
    ),
  ],
]

test('each setting that is not as it was signed is a finding of its own', SLOW, async () => {
  const host = new LyingHost()
  const ids: string[] = []
  await host.provision(async (call) => {
    for (const [, changed, signed] of settings) ids.push(await host.deploy(call, changed, signed))
  })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 1, verdict: 'host-fault' })
  for (const [i, [what, , , expected]] of settings.entries()) {
    expect(found(audited, ids[i] as string), what).toEqual(expected)
    expect(audited.services.get(ids[i] as string)?.verdict, what).toBe('host-fault')
  }
})

/** What the liar tells the log of a service that is as it was signed. */
const records: readonly [path: string, told: object][] = [
  ['$.genesis', { genesis: '00'.repeat(32) }],
  ['$.files', { files: 'hyper://elsewhere' }],
  ['$.ledger', { ledger: 'vms://elsewhere' }],
  ['$.semantics', { semantics: 99 }],
  ['$.requestBytes', { requestBytes: 1 }],
  ['$.sha256', { sha256: '00'.repeat(32) }],
  ['$.methods[1]', { methods: ['later', 'veto'] }],
]

test(
  'each thing that the host tells its log of a service, and that is not so, is a finding',
  SLOW,
  async () => {
    const host = new LyingHost()
    const ids: string[] = []
    await host.provision(async (call) => {
      for (const [, told] of records) {
        host.make = async (wish) => {
          const made = { ...(await host.begin(wish)), ...told }
          ids.push(made.id)
          return made
        }
        await call('deploy', WANTED)
      }
    })
    const audited = await host.audit()
    expect(audited).toMatchObject({ code: 1 })
    for (const [i, [path]] of records.entries())
      expect(found(audited, ids[i] as string), path).toMatchObject([
        { code: 'SERVICE_RECORD_DIFFERS', severity: 'proven', path },
      ])
  },
)

test('one ledger for two deployments is a finding, with both deploys', SLOW, async () => {
  const host = new LyingHost()
  let id = ''
  await host.provision(async (call) => {
    host.make = async (wish) => {
      const made = await host.begin(wish)
      host.make = async () => made
      return made
    }
    ;({ id } = await call('deploy', WANTED))
    await call('deploy', { ...WANTED, title: 'Another' })
  })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 1 })
  const findings = audited.services.get(id)?.findings ?? []
  expect(findings.every(provesItself)).toBe(true)
  expect(findings).toMatchObject([
    {
      code: 'SERVICE_LEDGER_SHARED',
      evidence: { ledgers: [{ entries: [{ index: 0 }, { index: 3 }, { index: 4 }] }] },
    },
    { code: 'SERVICE_SETTING_DIFFERS', path: '$.script.title', expected: '"Another"' },
  ])
})

test('an invalid ledger id in the log is a finding', SLOW, async () => {
  const host = new LyingHost()
  await host.provision(async (call) => {
    host.make = async (wish) => ({ ...(await host.begin(wish)), id: 'nothing' })
    await call('deploy', WANTED)
  })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 1 })
  expect(found(audited, 'nothing')).toMatchObject([
    { code: 'SERVICE_RECORD_DIFFERS', severity: 'proven', path: '$.id', got: '"nothing"' },
  ])
})

test('calls and alarms after a removal are findings', SLOW, async () => {
  const host = new LyingHost()
  const ids = { called: '', rang: '' }
  await host.provision(async (call) => {
    ids.called = await host.deploy(call)
    await call('remove', ids.called)
    ids.rang = await host.deploy(call)
    await host.run(ids.rang, 'later', 1)
    await call('remove', ids.rang)
  })
  await host.run(ids.called)
  await host.run(ids.rang)
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 1 })
  expect(found(audited, ids.called)).toMatchObject([
    { code: 'SERVICE_RAN_REMOVED', severity: 'proven', got: 'entry 3 runs the script' },
  ])
  // Genesis, boot; a boot, the call that set the alarm; a boot, the alarm.
  expect(found(audited, ids.rang)).toMatchObject([
    { code: 'SERVICE_RAN_REMOVED', severity: 'proven', got: 'entry 5 runs the script' },
  ])
})

test('calls between a stop and the removal are a finding', SLOW, async () => {
  const host = new LyingHost()
  let id = ''
  await host.provision(async (call) => {
    id = await host.deploy(call)
    await call('stop', id)
    await host.run(id)
    await call('remove', id)
  })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 1 })
  expect(found(audited, id)).toMatchObject([
    {
      code: 'SERVICE_RAN_STOPPED',
      severity: 'proven',
      expected: 'no call or alarm after the first 2 entries',
      got: 'entry 3 runs the script',
    },
  ])
})

test('calls after a purge are found in a copy of the ledger', SLOW, async () => {
  const host = new LyingHost()
  let id = ''
  await host.provision(async (call) => {
    id = await host.deploy(call)
    await call('remove', id, { purge: true })
  })
  await host.run(id)
  mkdirSync(`${host.place.path}/mirror`)
  renameSync(host.dirOf(id), `${host.place.path}/mirror/${id}`)
  expect(await host.audit()).toMatchObject({ code: 0, gone: [id] })
  const audited = await host.audit(['--mirror', `${host.place.path}/mirror`])
  expect(audited).toMatchObject({ code: 1, gone: [] })
  expect(found(audited, id)).toMatchObject([
    { code: 'SERVICE_RAN_REMOVED', severity: 'proven', got: 'entry 3 runs the script' },
  ])
})

test('a history that differs from the recorded head is a finding', SLOW, async () => {
  const host = new LyingHost()
  let id = ''
  await host.provision(async (call) => {
    id = await host.deploy(call)
    host.halt = async () => ({ length: 2, treeHash: '00'.repeat(32) })
    await call('stop', id)
  })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 1 })
  expect(found(audited, id)).toMatchObject([
    {
      code: 'SERVICE_HISTORY_DIFFERS',
      severity: 'proven',
      expected: `${'00'.repeat(32)} at 2 entries`,
    },
  ])
})

test('a host without a service that its log names leaves the audit incomplete', SLOW, async () => {
  const host = new LyingHost()
  let id = ''
  await host.provision(async (call) => {
    id = await host.deploy(call)
  })
  rmSync(host.dirOf(id), { recursive: true })
  const audited = await host.audit()
  expect(audited).toMatchObject({ code: 3 })
  expect([...audited.services.values()]).toMatchObject([{ verdict: 'incomplete', findings: [] }])
})

test(
  'a provisioning log whose callers sign nothing proves nothing of what was signed',
  SLOW,
  async () => {
    const host = new LyingHost()
    await host.provision(async (call) => void (await host.deploy(call)), true)
    expect(await host.audit()).toMatchObject({
      code: 3,
      findings: [{ code: 'PROVISIONING_UNSIGNED', severity: 'undecided' }],
    })
  },
)
