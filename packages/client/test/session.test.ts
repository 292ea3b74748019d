/** What a session begins with: the hello, the genesis, and the history that a host must come back with. */
import { encodeEntry, type GenesisEntry, ledgerKey } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import type { Hello } from '@vms/rpc'
import { describe, expect, test } from 'vitest'
import { VmsRefusedError, VmsVerificationError } from '../src/index.ts'
import { clientOf, connected, failure } from './connected.ts'
import { FakeHost } from './fake-host.ts'
import { FakeLedger } from './fake-ledger.ts'
import { alter, flip, liar } from './liar.ts'

const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms))

describe('hellos', () => {
  const other = new FakeLedger()
  const lies: [string, string, (hello: Hello) => Hello][] = [
    ['another ledger', 'ledger', (hello) => ({ ...hello, ledger: other.key })],
    [
      'another signer',
      'ledger',
      (hello) => ({ ...hello, manifest: { ...hello.manifest, signer: other.manifest.signer } }),
    ],
    [
      'other files',
      'ledger',
      (hello) => ({ ...hello, manifest: { ...hello.manifest, filesKey: new Uint8Array(32) } }),
    ],
    [
      'another signature',
      'head',
      (hello) => ({ ...hello, head: { ...hello.head, signature: flip(hello.head.signature) } }),
    ],
    [
      'other roots',
      'head',
      (hello) => ({ ...hello, head: { ...hello.head, roots: hello.head.roots.map(alter) } }),
    ],
    ['another length', 'head', (hello) => ({ ...hello, head: { ...hello.head, length: 3 } })],
    ['another authentication', 'genesis', (hello) => ({ ...hello, authentication: 'debug' })],
    [
      'larger limits',
      'genesis',
      (hello) => ({ ...hello, limits: { ...hello.limits, requestCalls: 2_000 } }),
    ],
  ]
  test.each(lies)('%s', async (_name, what, lie) => {
    const { client, host, events } = clientOf(liar('hello', ([kind, hello]) => [kind, lie(hello)]))
    const error = await failure(client.connect())
    expect(error).toBeInstanceOf(VmsVerificationError)
    expect(error).toMatchObject({ what, mayHaveExecuted: false })
    expect(host.connection.ended).toBe(true)
    expect(events).toEqual(['error', 'close'])
  })

  test('a method that is listed and is none', async () => {
    const host = liar('hello', ([kind, hello]) => [kind, { ...hello, methods: ['nope'] }])
    host.refuse = () => 'ERR_VMS_UNKNOWN_METHOD'
    const { call } = await connected(host)
    // The list is the host's word; that it did not execute the call is signed.
    expect(await failure(call('nope'))).toBeInstanceOf(VmsRefusedError)
  })

  test('a method that is there and not listed', async () => {
    const { call } = await connected(
      liar('hello', ([kind, hello]) => [kind, { ...hello, methods: [] }]),
    )
    expect(await call('echo', 1)).toBe(1)
  })
})

describe('the genesis', () => {
  const genesisOf = (ledger: FakeLedger): GenesisEntry => ledger.genesis
  test.each<[string, (honest: Uint8Array) => Uint8Array]>([
    ['altered', (honest) => flip(honest)],
    ['of another service', () => encodeEntry(genesisOf(new FakeLedger()))],
    ['nothing', () => new Uint8Array()],
  ])('%s', async (_name, lie) => {
    const { client } = clientOf(liar('entry', ([kind, id, entry]) => [kind, id, lie(entry)]))
    expect(await failure(client.connect())).toMatchObject({ what: 'genesis' })
  })

  test('a block 0 that the key commits to, and that is no genesis', async () => {
    const host = new FakeHost()
    const boot = host.ledger.entries[1]?.bytes as Uint8Array
    const manifest = { ...host.ledger.manifest, genesisHash: crypto.hash(boot) }
    const key = ledgerKey(crypto, manifest)
    const forged = new FakeLedger({}, host.ledger.keys)
    Object.assign(forged, { manifest, key })
    forged.commit([])
    host.ledger = forged
    host.tamper = (frame) => (frame[0] === 'entry' ? ['entry', frame[1], boot] : frame)
    const { client } = clientOf(host)
    expect(await failure(client.connect())).toMatchObject({
      what: 'genesis',
      reason: 'block 0 is a boot entry',
    })
  })
})

describe('a host that comes back with another history', () => {
  test.each([
    ['as long as the old one', 1],
    ['longer', 3],
  ])('%s', async (_name, more) => {
    const host = new FakeHost()
    const { call, client, events } = await connected(host)
    await call('echo', 1)
    const held = host.ledger.head
    const errors: unknown[] = []
    client.events.on('error', (error) => errors.push(error))
    const fork = host.ledger.fork(2)
    for (let i = 0; i < more; i++) fork.commit([{ ...host.ledger.call(2), time: i }])
    host.ledger = fork
    host.drop()
    await expect.poll(() => events).toContain('close')
    expect(errors[0]).toBeInstanceOf(VmsVerificationError)
    // Both heads are signed by the same key: together they are the proof.
    expect(errors[0]).toMatchObject({
      what: 'history',
      evidence: { held, offered: fork.head, manifest: fork.manifest },
    })
  })

  test('shorter', async () => {
    const host = new FakeHost()
    const { call, events } = await connected(host)
    await call('echo', 1)
    host.holding = true
    const pending = failure(call('echo', 2))
    await pause()
    host.ledger = host.ledger.fork(2)
    host.drop()
    expect(await pending).toMatchObject({
      what: 'history',
      reason: 'it has 2 entries, and had 3 before',
      mayHaveExecuted: true,
    })
    expect(events).toContain('close')
  })

  test('of another ledger', async () => {
    const host = new FakeHost()
    const { events, client } = await connected(host)
    const errors: unknown[] = []
    client.events.on('error', (error) => errors.push(error))
    host.ledger = new FakeLedger()
    host.drop()
    await expect.poll(() => events).toContain('close')
    expect(errors[0]).toMatchObject({ what: 'ledger' })
  })

  test('and with other nodes between than there are', async () => {
    const host = new FakeHost()
    const { call, client, events } = await connected(host)
    await call('echo', 1)
    const errors: unknown[] = []
    client.events.on('error', (error) => errors.push(error))
    for (let i = 0; i < 4; i++) host.ledger.commit([host.ledger.call(2)])
    host.tamper = (frame) =>
      frame[0] === 'consistency' ? ['consistency', frame[1], frame[2].slice(1)] : frame
    host.drop()
    await expect.poll(() => events).toContain('close')
    expect(errors[0]).toMatchObject({ what: 'history', cause: { code: 'ERR_VMS_BAD_PROOF' } })
  })
})
