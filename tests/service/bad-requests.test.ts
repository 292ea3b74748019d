/** What must not get in: frames and requests that no honest client sends. Each is refused by name, and the host goes on. */
import {
  decodeEntry,
  encodeValue,
  entryWithTail,
  outcomesOf,
  requestId,
  verifyRefusal,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { expect, onTestFinished, test } from 'vitest'
import { Place } from './place.ts'
import { Wire } from './wire.ts'

const SCRIPT = `
let n = 0
exports.init = () => {}
exports.count = () => ++n
exports.length = (text) => text.length
exports.give = (what) => ({ function: () => () => 1, cycle: () => { const a = []; a.push(a); return a }, hole: () => [1, , 2], instance: () => new (class Guest {})(), symbol: () => Symbol('s'), surrogate: () => '\\ud800', getter: () => ({ get a() { return 1 } }) })[what]()
`

async function serve(): Promise<{ place: Place; wire: Wire; stillServes: () => Promise<void> }> {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const wire = await Wire.open(host)
  const stillServes = async (): Promise<void> => {
    const client = await place.connect(host)
    expect(await client.$call('length', ['four'])).toBe(4)
  }
  return { place, wire, stillServes }
}

/** A reply whose one call returned this count. */
const countedTo = (count: number) => ({
  tail: expect.toSatisfy((tail: Uint8Array) => {
    const entry = decodeEntry(entryWithTail(new Uint8Array(), null, tail))
    const [outcome] = outcomesOf(entry)
    return outcome?.value?.join() === encodeValue(count).join()
  }),
})

test('a frame that is none is answered with what is wrong, and its connection closed', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const frames: Record<string, Uint8Array> = {
    nothing: new Uint8Array(),
    noise: Uint8Array.from({ length: 300 }, (_, i) => (i * 151) & 255),
    'an unknown kind': encodeValue(['shutdown', 1]),
    'a call without its parts': encodeValue(['call', 1]),
    'a part too many': encodeValue(['call', 1, new Uint8Array(), null, 1]),
    'an id that is none': encodeValue(['call', -1, new Uint8Array(), null]),
    'deep nesting': new Uint8Array(1_000).fill(0x91),
  }
  for (const [name, bytes] of Object.entries(frames)) {
    const wire = await Wire.open(host)
    wire.send(bytes)
    expect(await wire.next(), name).toMatchObject(['error', null, { code: 'ERR_VMS_BAD_FRAME' }])
    expect(await wire.next(), name).toBeNull()
  }
  expect(await (await place.connect(host)).$call('length', ['four'])).toBe(4)
})

test('a text message closes the connection', async () => {
  const { wire, stillServes } = await serve()
  wire.send('hello')
  expect(await wire.next()).toBeNull()
  await stillServes()
})

test('a message of exactly the limit is read, one byte more is not', async () => {
  const { wire, stillServes, place } = await serve()
  const limit = wire.hello.limits.requestBytes
  const fits = wire.request([['length', ['']]])
  const padded = wire.request([['length', ['x'.repeat(limit - fits.length - 8)]]])
  expect(padded.length).toBeLessThanOrEqual(limit)
  const exact = wire.request([
    ['length', ['x'.repeat(limit - fits.length - 8 + (limit - padded.length))]],
  ])
  expect(exact.length).toBe(limit)
  expect(await wire.call(exact)).toMatchObject(['reply', 1, {}])
  const over = wire.request([
    ['length', ['x'.repeat(limit - fits.length - 8 + (limit - padded.length) + 1)]],
  ])
  expect(over.length).toBe(limit + 1)
  expect(await wire.call(over)).toMatchObject(['refused', 2, { code: 'ERR_VMS_TOO_LARGE' }])
  wire.send(new Uint8Array(limit + 257))
  expect(await wire.next()).toBeNull()
  expect(wire.closed?.code).toBe(1009)
  await stillServes()
  await place.close()
})

test('requests that are unsigned, mis-signed, altered, for another ledger, expired or too far ahead are refused', async () => {
  const { wire, stillServes } = await serve()
  const calls = [['count', []]] as const
  const other = sodiumCrypto.keyPair()
  const good = wire.request(calls)
  const altered = Uint8Array.from(good)
  altered[altered.length - 1] = 0x91
  const refused = async (
    request: Uint8Array,
    code: string,
    signature?: Uint8Array | null,
  ): Promise<void> => {
    const frame = await wire.call(request, signature === undefined ? wire.sign(request) : signature)
    expect(frame).toMatchObject(['refused', expect.any(Number), { code }])
  }
  await refused(good, 'ERR_VMS_UNSIGNED', null)
  await refused(good, 'ERR_VMS_BAD_SIGNATURE', new Uint8Array(64))
  await refused(good, 'ERR_VMS_BAD_SIGNATURE', sodiumCrypto.sign(good, other.secretKey))
  await refused(altered, 'ERR_VMS_BAD_REQUEST')
  await refused(wire.request(calls, { ledger: new Uint8Array(32) }), 'ERR_VMS_BAD_REQUEST')
  await refused(wire.request(calls, { expires: Date.now() - 1 }), 'ERR_VMS_EXPIRED')
  await refused(wire.request(calls, { expires: Date.now() + 3_600_000 }), 'ERR_VMS_TOO_FAR_AHEAD')
  await refused(
    wire.request(calls, { head: { length: 2, treeHash: new Uint8Array(32) } }),
    'ERR_VMS_UNKNOWN_HEAD',
  )
  await refused(
    wire.request(calls, { head: { length: 1, treeHash: wire.hello.ledger } }),
    'ERR_VMS_UNKNOWN_HEAD',
  )
  await refused(
    wire.request(calls, { head: { length: 10 ** 9, treeHash: new Uint8Array(32) } }),
    'ERR_VMS_UNKNOWN_HEAD',
  )
  await refused(wire.request(calls, { caller: 'bob' }), 'ERR_VMS_UNSIGNED', null)
  await refused(
    wire.request([], { calls: [['count', encodeValue('no array')]] }),
    'ERR_VMS_BAD_REQUEST',
  )
  await refused(
    wire.request([], { calls: [['count', Uint8Array.of(0xc1)]] }),
    'ERR_VMS_BAD_REQUEST',
  )
  await refused(new Uint8Array(10), 'ERR_VMS_BAD_REQUEST')
  // None of them ran.
  expect(await wire.call(wire.request(calls))).toMatchObject([
    'reply',
    expect.any(Number),
    countedTo(1),
  ])
  await stillServes()
})

test('the refusal is signed with the key that the genesis names', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const wire = await Wire.open(host)
  const request = wire.request([['nothing', []]])
  const frame = await wire.call(request)
  if (frame?.[0] !== 'refused') throw new Error(`got ${frame?.[0]}`)
  const { message: _, signature, ...said } = frame[2]
  const { ledger } = wire.hello
  const claim = { ledger, requestId: requestId(sodiumCrypto, request), ...said }
  expect(said).toMatchObject({ covers: true, length: host.head.length })
  expect(said.treeHash).toEqual(host.head.treeHash)
  const { refusal } = host.genesis.keys
  expect(verifyRefusal(sodiumCrypto, claim, signature, refusal)).toBe(true)
  const others = [
    { code: 'ERR_VMS_BUSY' },
    { covers: false },
    { time: 0 },
    { ledger: said.treeHash },
  ]
  for (const other of others)
    expect(verifyRefusal(sodiumCrypto, { ...claim, ...other }, signature, refusal)).toBe(false)
})

test('what is no method is unknown, and calls beside it in the same request do not run', async () => {
  const { wire } = await serve()
  const names = ['constructor', '__proto__', 'toString', 'init', 'then', 'exports', '', 'count ']
  for (const method of names) {
    const frame = await wire.call(
      wire.request([
        ['count', []],
        [method, []],
      ]),
    )
    expect(frame, method).toMatchObject([
      'refused',
      expect.any(Number),
      { code: 'ERR_VMS_UNKNOWN_METHOD' },
    ])
  }
  const frame = await wire.call(wire.request([['count', []]]))
  expect(frame).toMatchObject(['reply', names.length + 1, countedTo(1)])
})

test('a request that is sent again, at once or later or after a restart, runs once and gets the same answer', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const wire = await Wire.open(host)
  const request = wire.request([['count', []]])
  const first = await wire.call(request)
  expect(first).toMatchObject(['reply', 1, countedTo(1)])
  const again = await (await Wire.open(host)).call(request, wire.sign(request))
  const index = first?.[0] === 'reply' ? first[2].index : null
  expect(again).toMatchObject(['reply', 1, { index, ...countedTo(1) }])
  await host.close()
  const second = await place.host(SCRIPT)
  const later = await (await Wire.open(second)).call(request, wire.sign(request))
  expect(later).toMatchObject(['reply', 1, { index, ...countedTo(1) }])
  await second.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 1 })
})

test('a result that is no value is an error of the call that says what it is', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const client = await place.connect(host)
  const wrong = {
    function: /function/,
    cycle: /cycle/,
    hole: /hole/,
    instance: /Guest|instance/,
    symbol: /symbol/,
    surrogate: /surrogate/,
    getter: /accessor|getter/,
  }
  for (const [what, message] of Object.entries(wrong)) {
    await expect(client.$call('give', [what]), what).rejects.toMatchObject({
      code: 'ERR_VMS_UNSUPPORTED_VALUE',
      message: expect.stringMatching(message),
    })
  }
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 7 })
})

test('an argument that cannot be sent is refused by the client with its path', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const client = await place.connect(host)
  await expect(client.$call('length', [{ list: [1, () => 1] }])).rejects.toMatchObject({
    message: expect.stringContaining('list[1]'),
  })
})

test('other paths, subprotocols and methods of HTTP are refused', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const base = `http://localhost:${host.port}`
  expect((await fetch(`${base}/nowhere`)).status).toBe(404)
  expect((await fetch(`${base}/.well-known/vms.json`, { method: 'POST' })).status).toBe(405)
  const opened = (path: string, protocol: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${host.url}${path}`, [protocol])
      onTestFinished(() => socket.close())
      socket.onopen = () => resolve(true)
      socket.onerror = () => resolve(false)
    })
  expect(await opened(`/${host.ledgerUrl.slice(6)}`, 'vms.rpc.1')).toBe(true)
  expect(await opened('/yyyy', 'vms.rpc.1')).toBe(false)
  expect(await opened('/', 'chat')).toBe(false)
})

test('more connections than the limit are turned away, and there is room again when one closes', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { serviceLimits: { connections: 2 } })
  const first = await place.connect(host)
  await place.connect(host)
  await expect(place.connect(host, { timeout: 2_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_VMS_/),
  })
  first.$close()
  await expect
    .poll(() =>
      place.connect(host, { timeout: 2_000 }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
})
