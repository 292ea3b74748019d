/** What a provisioning log and the ledgers of its services show together, on ledgers that are written in memory. */
import { readFileSync } from 'node:fs'
import {
  type Crypto,
  callerId,
  decodeEntry,
  decodeValue,
  encodeEntry,
  encodeKey,
  encodeValue,
  filesUrl,
  GENESIS_ORIGINS,
  type GenesisEntry,
  type HostClaim,
  type HostStatement,
  leafNode,
  ledgerUrl,
  parseKey,
  settingsOf,
  signHostClaim,
  TreeRoots,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import {
  type Comparison,
  HOST_FINDINGS,
  hostFinding,
  judgeLedger,
  judgeList,
  type LoggedService,
  proveLedger,
  readProvisioningLog,
} from '../src/index.ts'
import { compareGenesis } from '../src/provisioning/genesis.ts'
import { heldEntries } from './evidence-check.ts'
import { alarmEntry, bootEntry, returned, Scribe } from './scribe.ts'

const script = { name: 'test.js', title: 'Test', source: '', declarations: '' }
const upgrade = { callers: [crypto.keyPair().publicKey], delayMs: 5 }
const signedUpgrade = { callers: upgrade.callers.map(callerId), delayMs: 5 }

/** A service, and how its deployer signed it. */
function service(): { scribe: Scribe; signed: object; wish: object } {
  const scribe = new Scribe({ script, upgrade })
  scribe.begin()
  const { declarations: _, ...named } = script
  const signed = { ...named, upgrade: signedUpgrade }
  return { scribe, signed, wish: { settings: settingsOf(scribe.genesis) } }
}

/** Every number and text in a genesis, by its path, and the genesis with another one there. */
function* others(value: unknown, path = '$'): Generator<[path: string, other: unknown]> {
  if (value instanceof Uint8Array) yield [path, value.map((byte) => byte ^ 1)]
  else if (typeof value === 'number') yield [path, value + 1]
  else if (typeof value === 'string') yield [path, `${value}!`]
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value))
      for (const [at, other] of others(
        item,
        Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`,
      ))
        yield [
          at,
          Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other },
        ]
}

describe('a genesis', () => {
  test('has an origin for each of its fields', () => {
    const { scribe } = service()
    const genesis = decodeEntry(encodeEntry(scribe.genesis))
    expect(Object.keys(GENESIS_ORIGINS)).toEqual(Object.keys(genesis))
  })

  test('that is as it was signed has no mismatch', () => {
    const { scribe, signed, wish } = service()
    expect(compareGenesis({ signed, wish } as never, scribe.genesis)).toEqual([])
  })

  test('with any other value that a deployer signs, or the policy says, has a mismatch there', () => {
    const { scribe, signed, wish } = service()
    const compared = [...others(scribe.genesis)].filter(([path]) => {
      const [, field = ''] = path.split(/[.[]/)
      const origin = GENESIS_ORIGINS[field as keyof GenesisEntry]
      return origin === 'deploy' || origin === 'settings'
    })
    expect(compared.length).toBeGreaterThan(20)
    for (const [path, other] of compared)
      expect(compareGenesis({ signed, wish } as never, other as GenesisEntry)).toMatchObject([
        { path },
      ])
  })

  test.each([
    ['undefined settings', { settings: { window: undefined, limits: { depth: undefined } } }],
    ['undefined limits', { settings: { limits: undefined } }],
    ['more about upgrades than the script reads', { upgrade: { ...signedUpgrade, note: 'x' } }],
  ])('has no mismatch where the deployer signed %s', (_, more) => {
    const { scribe, signed, wish } = service()
    // As it comes out of a request.
    const decoded = decodeValue(encodeValue({ ...signed, ...more } as never))
    expect(compareGenesis({ signed: decoded, wish } as never, scribe.genesis)).toEqual([])
  })

  test('is held to what was signed before what the policy says', () => {
    const { scribe, signed, wish } = service()
    const explicit = { ...signed, settings: { window: 7, limits: { depth: 9 } } }
    expect(compareGenesis({ signed: explicit, wish } as never, scribe.genesis)).toEqual([
      { path: '$.limits.depth', expected: '9', got: String(scribe.genesis.limits.depth) },
      { path: '$.window', expected: '7', got: '1000' },
    ])
  })
})

const hashAt = (scribe: Scribe, length: number): string => {
  const tree = new TreeRoots(crypto)
  for (const block of scribe.blocks.slice(0, length))
    tree.append(leafNode(crypto, tree.length, block))
  return toHex(tree.hash())
}

/** A service of two entries that was stopped, or whatever is said of it, at these lengths; its host can be asked, or not. */
async function judged(
  extra: (scribe: Scribe) => Parameters<Scribe['group']>[0],
  changes: readonly [method: string, state: string, length: number | null][],
): Promise<ReturnType<typeof judgeLedger>> {
  const { scribe } = service()
  const more = extra(scribe)
  if (more.length > 0) scribe.group(more)
  const log = new Scribe().begin().source()
  const logged: LoggedService = {
    id: encodeKey(scribe.key),
    title: 'Test',
    state: changes.at(-1)?.[1] ?? 'running',
    deployments: [],
    changes: changes.map(([method, state, length], entry) => ({
      ...{ entry, call: 0, method, state },
      head: length === null ? null : { length, treeHash: hashAt(scribe, length) },
    })),
  }
  const comparison: Comparison = {
    crypto,
    prove: (entries) =>
      proveLedger(
        crypto,
        log,
        entries.map((entry) => entry % 2),
      ),
    ask: null,
  }
  return judgeLedger(logged, scribe.source(), comparison)
}

const deployed = ['deploy', 'running', 2] as const
const call = (scribe: Scribe) => [scribe.calls()]

describe('a service', () => {
  test('that ran only while it was to run is not accused', async () => {
    expect(await judged(call, [[...deployed]])).toEqual([])
    expect(await judged(call, [[...deployed], ['stop', 'stopped', 3]])).toEqual([])
    expect(
      await judged(call, [[...deployed], ['stop', 'stopped', 2], ['start', 'running', 2]]),
    ).toEqual([])
    expect(await judged(() => [], [[...deployed], ['remove', 'purged', 2]])).toEqual([])
  })

  test('that only booted while it was stopped or removed is not accused', async () => {
    const boot = () => [bootEntry({ reason: 'restart', time: 2_000 })]
    expect(await judged(boot, [[...deployed], ['stop', 'stopped', 2]])).toEqual([])
    expect(await judged(boot, [[...deployed], ['remove', 'removed', 2]])).toEqual([])
  })

  test('that ran after it was removed or purged is accused, by calls and by alarms', async () => {
    const alarm = () => [alarmEntry()]
    for (const ran of [call, alarm])
      for (const state of ['removed', 'purged'])
        expect(await judged(ran, [[...deployed], ['remove', state, 2]])).toMatchObject([
          { code: 'SERVICE_RAN_REMOVED', severity: 'proven', entry: 2, logged: { entry: 1 } },
        ])
  })

  test('that ran between a stop and a start or removal is accused', async () => {
    for (const next of [['start', 'running', 3] as const, ['remove', 'removed', 3] as const])
      expect(await judged(call, [[...deployed], ['stop', 'stopped', 2], [...next]])).toMatchObject([
        { code: 'SERVICE_RAN_STOPPED', severity: 'proven', entry: 2 },
      ])
  })

  test('that ran after a stop, of which nobody knows whether a start followed, is not accused', async () => {
    expect(await judged(call, [[...deployed], ['stop', 'stopped', 2]])).toMatchObject([
      { code: 'SERVICE_RAN_STOPPED', severity: 'undecided' },
    ])
    expect(await judged(call, [[...deployed], ['stop', 'stopped', null]])).toMatchObject([
      { code: 'SERVICE_HEAD_UNKNOWN', severity: 'undecided' },
    ])
  })
})

describe('a finding', () => {
  test('is proven by the entries and trees that it is about, and by nothing that was changed', async () => {
    const { scribe } = service()
    for (let i = 0; i < 9; i++) scribe.group([scribe.calls({ entry: { outcomes: [returned(i)] } })])
    const proof = await proveLedger(crypto, scribe.source(), [3, 5], [2, 4])
    if (!proof) throw new Error('there is no evidence')
    expect([...heldEntries(scribe.key, proof)]).toEqual(
      [0, 3, 5].map((index) => [index, scribe.blocks[index]]),
    )
    expect(proof.trees.map(({ length }) => length)).toEqual([2, 4])
    expect(() => heldEntries(new Scribe().key, proof)).toThrow('a manifest')
    const exchanged = { ...proof, entries: proof.entries.map((entry) => ({ ...entry, index: 3 })) }
    expect(() => heldEntries(scribe.key, exchanged)).toThrow()
  })

  test('without evidence is not called proven', () => {
    expect(hostFinding('SERVICE_LEDGER_SHARED', {})).toMatchObject({ severity: 'reproducible' })
  })
})

/** A provisioning log that deploys a service, and what its host signs. */
function host(): { log: Scribe; id: string; state: (claim: Partial<HostClaim>) => HostStatement } {
  const pair = crypto.keyPair()
  const keys = { transport: pair.publicKey, refusal: pair.publicKey }
  const log = new Scribe({ keys }).begin({ methods: ['deploy', 'remove'] })
  const { scribe } = service()
  const id = encodeKey(scribe.key)
  const record = (state: string) => ({
    ...{ id, ledger: ledgerUrl(scribe.key), files: filesUrl(scribe.key), title: 'Test', state },
    head: { length: 2, treeHash: hashAt(scribe, 2) },
  })
  const changed = (method: string, state: string) =>
    log.group([
      log.calls({ calls: [[method, {}]], entry: { outcomes: [returned(record(state))] } }),
    ])
  changed('deploy', 'running')
  changed('remove', 'purged')
  const state = (claim: Partial<HostClaim>): HostStatement => {
    const whole = { length: 4, treeHash: log.head().treeHash, nonce: null, services: [], ...claim }
    const signature = signHostClaim(crypto, log.key, whole, pair.secretKey)
    const genesis = log.blocks[0] as Uint8Array
    return { version: 1, manifest: log.manifest, genesis, claim: whole, signature }
  }
  return { log, id, state }
}

const judgedList = async ({ log }: { log: Scribe }, statement: HostStatement) =>
  judgeList(
    crypto as Crypto,
    statement,
    await readProvisioningLog(crypto, log.source()),
    (entries) => proveLedger(crypto, log.source(), entries),
  )

describe('a list that a host signs', () => {
  test('is compared at the head that it names', async () => {
    const made = host()
    const key = new Uint8Array(32)
    const listed = (id: string, state: string) => ({ id: parseKey(id) as Uint8Array, state })
    const then = { length: 3, treeHash: treeHashOf(made.log, 3) }
    const running = [listed(made.id, 'running')]
    const before = await judgedList(made, made.state({ ...then, services: running }))
    expect(before?.get(made.id)).toEqual([])
    const after = await judgedList(made, made.state({ services: running }))
    expect(after?.get(made.id)).toMatchObject([{ code: 'SERVICE_KEPT', severity: 'proven' }])
    const unknown = await judgedList(
      made,
      made.state({ services: [{ id: key, state: 'running' }] }),
    )
    expect(unknown?.get(encodeKey(key))).toMatchObject([{ code: 'SERVICE_NOT_IN_LOG' }])
    const stopped = [listed(made.id, 'stopped')]
    const other = await judgedList(made, made.state({ ...then, services: stopped }))
    expect(other?.get(made.id)).toMatchObject([{ code: 'SERVICE_STATE_DIFFERS' }])
  })

  test('says nothing if it is of another host, unsigned, or of a head that this log does not have', async () => {
    const [made, elsewhere] = [host(), host()]
    expect(await judgedList(made, elsewhere.state({}))).toBeNull()
    expect(await judgedList(made, { ...made.state({}), signature: new Uint8Array(64) })).toBeNull()
    expect(await judgedList(made, made.state({ treeHash: new Uint8Array(32) }))).toBeNull()
    expect(await judgedList(made, made.state({ length: 99 }))).toBeNull()
    expect(await judgedList(made, made.state({ services: null }))).toBeNull()
  })
})

const treeHashOf = (log: Scribe, length: number): Uint8Array => {
  const tree = new TreeRoots(crypto)
  for (const block of log.blocks.slice(0, length)) tree.append(leafNode(crypto, tree.length, block))
  return tree.hash()
}

test('every code is in the specification, with its severity', () => {
  const spec = readFileSync(new URL('../../../docs/spec/provisioning.md', import.meta.url), 'utf8')
  const listed = [...spec.matchAll(/^\| `([A-Z_]+)` +\| (\w+) +\|/gm)].map(([, code, severity]) => [
    code,
    severity,
  ])
  const known = Object.entries(HOST_FINDINGS).map(([code, [severity]]) => [code, severity])
  expect(listed.sort()).toEqual(known.sort())
})
