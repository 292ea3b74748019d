/** A host that lies about any part of anything: the client notices before it resolves a call, and closes. */
import {
  encodeEntry,
  encodeValue,
  type GenesisEntry,
  ledgerKey,
  type Outcome,
  type TreeNode,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import type { HeadAdvance, Hello, HostFrame, HostRefusal, Reply } from '@vms/rpc'
import { describe, expect, test } from 'vitest'
import { VmsProtocolError, VmsRefusedError, VmsVerificationError } from '../src/index.ts'
import { clientOf, connected, failure } from './connected.ts'
import { FakeHost, run } from './fake-host.ts'
import { FakeLedger } from './fake-ledger.ts'

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
const alter = (node: TreeNode): TreeNode => ({ ...node, hash: flip(node.hash) })
const first = (outcome: Partial<Outcome>) => (reply: Reply) => ({
  ...reply,
  outcomes: reply.outcomes.map((honest, i) => (i === 0 ? { ...honest, ...outcome } : honest)),
})

/** Alters the frames of one kind. */
function liar<K extends HostFrame[0]>(
  kind: K,
  lie: (frame: Extract<HostFrame, readonly [K, ...unknown[]]>) => HostFrame,
): FakeHost {
  const host = new FakeHost()
  host.tamper = (frame) =>
    frame[0] === kind ? lie(frame as Extract<HostFrame, readonly [K, ...unknown[]]>) : frame
  return host
}

describe('replies', () => {
  const lies: Record<string, (reply: Reply) => Reply> = {
    'another value': first({ value: encodeValue(2) }),
    'thrown instead': first({
      status: 'thrown',
      value: null,
      error: { name: 'Error', message: '', code: null },
    }),
    'aborted instead': first({ status: 'aborted', value: null, abort: 'fuel' }),
    'other file changes': first({ changes: new Uint8Array(32) }),
    'other fuel': first({ fuel: 1 }),
    'another time': (reply) => ({ ...reply, time: reply.time + 1 }),
    'a time after the expiry': (reply) => ({ ...reply, time: reply.time + 200_000 }),
    'another index': (reply) => ({ ...reply, index: reply.index - 1 }),
    'an index beyond the head': (reply) => ({ ...reply, index: reply.length }),
    'an index before the head of the request': (reply) => ({ ...reply, index: 1 }),
    'another length': (reply) => ({ ...reply, length: reply.length + 1 }),
    'no root': (reply) => ({ ...reply, root: null }),
    'another root': (reply) => ({ ...reply, root: new Uint8Array(32) }),
    'no files head': (reply) => ({ ...reply, files: null }),
    'a longer path': (reply) => ({
      ...reply,
      path: [...reply.path, { index: 9, size: 1, hash: new Uint8Array(32) }],
    }),
    'one outcome less': (reply) => ({ ...reply, outcomes: reply.outcomes.slice(1) }),
    'one outcome more': (reply) => ({ ...reply, outcomes: [...reply.outcomes, ...reply.outcomes] }),
  }
  test.each(Object.entries(lies))('%s', async (_name, lie) => {
    const host = liar('reply', ([kind, id, reply]) => [kind, id, lie(reply)])
    const { call, events } = await connected(host)
    const errors = await Promise.all([failure(call('echo', 1)), failure(call('echo', 2))])
    for (const error of errors) {
      expect(error).toBeInstanceOf(VmsVerificationError)
      // It was sent, and nobody can know what the host made of it.
      expect(error).toMatchObject({
        code: 'ERR_VMS_VERIFICATION',
        what: 'reply',
        mayHaveExecuted: true,
      })
    }
    expect((errors[0] as VmsVerificationError).evidence).toMatchObject({
      held: { length: 3 },
      frame: { path: expect.any(Array) },
    })
    expect(host.connection.ended).toBe(true)
    expect(events).toEqual(['open', 'ready', 'error', 'close'])
    expect(await failure(call('echo', 3))).toMatchObject({
      code: 'ERR_VMS_CLOSED',
      mayHaveExecuted: false,
    })
  })

  test('a path that was altered', async () => {
    const host = new FakeHost()
    const other = await connected(host)
    await other.call('echo', 1)
    await other.call('echo', 2)
    const { call } = await connected(host)
    // Its next head frame brings a node over two entries, so that the reply needs a path.
    await other.call('echo', 3)
    host.tamper = (frame) =>
      frame[0] === 'reply'
        ? ['reply', frame[1], { ...frame[2], path: frame[2].path.map(alter) }]
        : frame
    expect(await failure(call('echo', 4))).toMatchObject({
      what: 'reply',
      evidence: { frame: { path: [{ index: 8 }] } },
    })
  })

  test('the reply of another request', async () => {
    const host = new FakeHost()
    const { call } = await connected(host, { requestCalls: 1 })
    let kept: Reply | null = null
    host.tamper = (frame) => {
      if (frame[0] !== 'reply') return frame
      kept ??= frame[2]
      return ['reply', frame[1], { ...kept, length: frame[2].length }]
    }
    expect(await call('echo', 1)).toBe(1)
    expect(await failure(call('echo', 1))).toMatchObject({ what: 'reply' })
  })

  test.each<[string, string[], string]>([
    ['the first call skipped', ['skipped', 'returned'], 'the first call was skipped'],
    [
      'a call executed after one that was skipped',
      ['returned', 'skipped', 'returned'],
      'call 2 was executed after the request had ended',
    ],
    [
      'a call executed after an abort',
      ['aborted', 'returned'],
      'call 1 was executed after the request had ended',
    ],
  ])('outcomes against the rules, in the ledger itself: %s', async (_name, statuses, message) => {
    const host = new FakeHost()
    const none = { value: null, error: null, abort: null, changes: null, oracles: [], fuel: 0 }
    const as: Record<string, Outcome> = {
      returned: { status: 'returned', ...none, value: encodeValue(1) },
      aborted: { status: 'aborted', ...none, abort: 'fuel' },
      skipped: { status: 'skipped', ...none },
    }
    host.outcomes = () => statuses.map((status) => as[status] as Outcome)
    const { call } = await connected(host)
    const errors = await Promise.all(statuses.map(() => failure(call('echo', 1))))
    for (const error of errors) expect(error).toMatchObject({ what: 'outcomes', reason: message })
  })

  test('a value in the ledger that is no value', async () => {
    const host = new FakeHost()
    host.outcomes = (request) =>
      run(request).map((outcome) => ({ ...outcome, value: Uint8Array.of(0xc1) }))
    const { call } = await connected(host)
    expect(await failure(call('echo', 1))).toMatchObject({
      code: 'ERR_VMS_VERIFICATION',
      what: 'outcomes',
    })
  })

  test('a request that was put too far from the head that it names', async () => {
    const host = new FakeHost(new FakeLedger({ window: 3 }))
    const slow = await connected(host)
    const quick = await connected(host)
    host.holding = true
    const late = failure(slow.call('echo', 'late'))
    await new Promise((resolve) => setTimeout(resolve, 5))
    host.holding = false
    for (let i = 0; i < 4; i++) await quick.call('echo', i)
    host.release()
    expect(await late).toMatchObject({
      what: 'reply',
      reason: 'entry 6 is too far from the head of 2 that the request names',
    })
  })
})

describe('heads', () => {
  const lies: Record<string, (advance: HeadAdvance) => HeadAdvance> = {
    'another signature': (advance) => ({ ...advance, signature: flip(advance.signature) }),
    'other nodes': (advance) => ({ ...advance, nodes: advance.nodes.map(alter) }),
    'no nodes': (advance) => ({ ...advance, nodes: [] }),
    'another start': (advance) => ({ ...advance, from: advance.from - 1 }),
    'another length': (advance) => ({ ...advance, length: advance.length + 1 }),
    'going back': (advance) => ({ ...advance, length: advance.from }),
  }
  test.each(Object.entries(lies))('%s', async (_name, lie) => {
    const host = liar('head', ([kind, advance]) => [kind, lie(advance)])
    const { call, events } = await connected(host)
    const error = await failure(call('echo', 1))
    expect(error).toMatchObject({
      what: 'head',
      mayHaveExecuted: true,
      evidence: { held: { length: 2 }, manifest: host.ledger.manifest },
    })
    expect(events).toContain('close')
  })

  test('a reply whose head was not told', async () => {
    const host = new FakeHost()
    host.tamper = (frame) => (frame[0] === 'head' ? null : frame)
    const { call } = await connected(host)
    expect(await failure(call('echo', 1))).toMatchObject({ what: 'reply' })
  })
})

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

describe('refusals', () => {
  const lies: [string, (refusal: HostRefusal) => HostRefusal][] = [
    ['another signature', (refusal) => ({ ...refusal, signature: flip(refusal.signature) })],
    ['another code', (refusal) => ({ ...refusal, code: 'ERR_VMS_CRASH' })],
    ['another head', (refusal) => ({ ...refusal, length: refusal.length + 1 })],
    ['another history', (refusal) => ({ ...refusal, treeHash: flip(refusal.treeHash) })],
  ]
  test.each(lies)('%s', async (_name, lie) => {
    const host = liar('refused', ([kind, id, refusal]) => [kind, id, lie(refusal)])
    host.refuse = () => 'ERR_VMS_MEMORY'
    const { call } = await connected(host)
    expect(await failure(call('echo', 1))).toMatchObject({ what: 'refusal', mayHaveExecuted: true })
  })

  test('signed under another history, or a shorter one', async () => {
    for (const [length, reason] of [
      [3, 'it names another history of 3 entries'],
      [2, 'it names 2 entries, the host has shown 3'],
    ] as const) {
      const host = new FakeHost()
      const { call } = await connected(host)
      const fork = host.ledger.fork(2)
      await call('echo', 1)
      if (length === 3) fork.commit([{ ...host.ledger.call(2), time: 1 }])
      host.ledger = fork
      host.refuse = () => 'ERR_VMS_MEMORY'
      expect(await failure(call('echo', 2))).toMatchObject({ what: 'refusal', reason })
    }
  })
})

describe('the protocol', () => {
  const garbage: [string, HostFrame | Uint8Array, string][] = [
    ['bytes that are no frame', Uint8Array.of(0xc1), 'ERR_VMS_BAD_FRAME'],
    ['an answer to nothing', ['entry', 99, new Uint8Array()], 'ERR_VMS_PROTOCOL'],
    [
      'a refusal of nothing',
      [
        'refused',
        99,
        {
          code: 'ERR_VMS_BUSY',
          message: '',
          length: 2,
          treeHash: new Uint8Array(32),
          signature: new Uint8Array(64),
        },
      ],
      'ERR_VMS_PROTOCOL',
    ],
    [
      'an error about the connection',
      ['error', null, { code: 'ERR_VMS_BAD_FRAME', message: 'no' }],
      'ERR_VMS_BAD_FRAME',
    ],
  ]
  test.each(garbage)('%s ends the client', async (_name, frame, code) => {
    const host = new FakeHost()
    const { call, events } = await connected(host)
    host.tamper = (honest) => (honest[0] === 'head' ? frame : honest)
    const error = await failure(call('echo', 1))
    expect(error).toBeInstanceOf(VmsProtocolError)
    expect(error).toMatchObject({ code, mayHaveExecuted: true })
    expect(events).toEqual(['open', 'ready', 'error', 'close'])
  })

  test('a second hello ends the client', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    host.tamper = (frame, connection) => {
      if (frame[0] === 'head') connection.greet()
      return frame
    }
    expect(await failure(call('echo', 1))).toMatchObject({ code: 'ERR_VMS_PROTOCOL' })
  })

  test('an error instead of an answer is the end of that call only', async () => {
    const host = new FakeHost()
    const { call, events } = await connected(host)
    host.tamper = (frame) =>
      frame[0] === 'reply'
        ? ['error', frame[1], { code: 'ERR_VMS_INTERNAL', message: 'oops' }]
        : frame
    expect(await failure(call('echo', 1))).toMatchObject({
      code: 'ERR_VMS_INTERNAL',
      mayHaveExecuted: true,
    })
    host.tamper = (frame) => frame
    expect(await call('echo', 2)).toBe(2)
    expect(events).toEqual(['open', 'ready'])
  })

  test('an error instead of the genesis is an error of connecting', async () => {
    const host = liar('entry', ([, id]) => [
      'error',
      id,
      { code: 'ERR_VMS_NOT_FOUND', message: 'no' },
    ])
    expect(await failure(clientOf(host).client.connect())).toMatchObject({
      code: 'ERR_VMS_NOT_FOUND',
    })
    const answered = liar('entry', ([, id]) => ['consistency', id, []])
    expect(await failure(clientOf(answered).client.connect())).toMatchObject({
      code: 'ERR_VMS_PROTOCOL',
    })
  })

  test('a first frame that is no hello', async () => {
    const { client } = clientOf(liar('hello', () => ['consistency', 1, []]))
    expect(await failure(client.connect())).toMatchObject({ code: 'ERR_VMS_PROTOCOL' })
  })
})
