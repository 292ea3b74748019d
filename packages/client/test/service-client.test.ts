/** What a call comes to when the host is honest, and how calls share requests. */
import { encodeValue, ledgerUrl, MACHINE_LIMITS, verifyReceipt, verifyRequest } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test, vi } from 'vitest'
import { VmsAbortError, VmsRefusedError, VmsRemoteError, VmsUsageError } from '../src/index.ts'
import { clientOf, connected, failure } from './connected.ts'
import { FakeHost } from './fake-host.ts'
import { FakeLedger } from './fake-ledger.ts'

describe('calls', () => {
  test('a call resolves with what the method returned', async () => {
    const { call } = await connected()
    expect(await call('add', 1, 2)).toBe(3)
    const value = new Map<unknown, unknown>([
      [-0, [undefined, 1n, Number.NaN, new Date(0), Uint8Array.of(1)]],
    ])
    expect(await call('echo', value)).toEqual(value)
    expect(await call('echo')).toBeUndefined()
  })

  test('a call that threw rejects with what it threw', async () => {
    const { call } = await connected()
    const error = await failure(call('fail', 'no'))
    expect(error).toBeInstanceOf(VmsRemoteError)
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'no',
      code: 'EFAIL',
      method: 'fail',
      index: 2,
      call: 0,
      receipt: null,
      mayHaveExecuted: false,
    })
  })

  test('a call that was aborted rejects with the limit, and the ones behind it are sent anew', async () => {
    const { host, call } = await connected()
    const calls = [call('echo', 1), call('burst'), call('echo', 2), call('burst'), call('echo', 3)]
    const settled = await Promise.allSettled(calls)
    expect(
      settled.map((result) => (result.status === 'fulfilled' ? result.value : result.reason)),
    ).toEqual([1, expect.any(VmsAbortError), 2, expect.any(VmsAbortError), 3])
    expect(settled[3]).toMatchObject({
      reason: { code: 'ERR_VMS_ABORTED', abort: 'fuel', method: 'burst', index: 3, call: 1 },
    })
    // Packs get smaller after one that was cut short, so that few calls are sent more than once.
    expect(host.executed.map(({ calls: packed }) => packed.length)).toEqual([5, 2, 1])
  })

  test('a value that has no encoding is refused here, with its path', async () => {
    const { host, call } = await connected()
    const error = await failure(call('echo', { list: [1, () => 1] }))
    expect(error).toMatchObject({ code: 'ERR_VMS_UNSUPPORTED_VALUE', path: '$[0].list[1]' })
    expect(host.requests).toEqual([])
  })

  test('what is no call at all is refused here', async () => {
    const { client, call } = await connected()
    expect(await failure(call('x'.repeat(257)))).toMatchObject({ code: 'ERR_VMS_BAD_METHOD' })
    expect(await failure(call('\ud800'))).toMatchObject({ code: 'ERR_VMS_BAD_METHOD' })
    const notAnArray = 'text' as unknown as unknown[]
    expect(await failure(client.call('echo', notAnArray, {}, false))).toMatchObject({
      code: 'ERR_VMS_BAD_ARGUMENTS',
    })
  })

  test('an unknown method is refused by the host, without harm to the calls beside it', async () => {
    const host = new FakeHost()
    host.refuse = ({ calls }) =>
      calls.some(([name]) => !['echo', 'add'].includes(name)) ? 'ERR_VMS_UNKNOWN_METHOD' : null
    const { call } = await connected(host)
    const [first, unknown, second] = await Promise.allSettled([
      call('echo', 1),
      call('constructor'),
      call('echo', 2),
    ])
    expect(first).toMatchObject({ value: 1 })
    expect(second).toMatchObject({ value: 2 })
    expect(unknown).toMatchObject({
      reason: { code: 'ERR_VMS_UNKNOWN_METHOD', mayHaveExecuted: false },
    })
    expect(host.requests.map(({ calls }) => calls.length)).toEqual([1, 1, 1])
  })

  test('a receipt proves the result to somebody else', async () => {
    const { host, client } = await connected()
    await Promise.all(Array.from({ length: 9 }, (_, i) => client.call('echo', [i], {}, false)))
    const [, { value, receipt }] = await Promise.all([
      client.call('echo', ['other'], {}, false),
      client.call('add', [20, 22], {}, true),
    ])
    expect(value).toBe(42)
    const claim = verifyReceipt(crypto, receipt, host.ledger.key)
    expect(claim).toMatchObject({ index: 3, length: 4 })
    expect(claim.entry.outcomes[1]?.value).toEqual(encodeValue(42))
    expect(claim.request.calls[1]).toEqual(['add', encodeValue([20, 22])])
  })

  test('what was thrown has a receipt too, if one was asked for', async () => {
    const { host, client } = await connected()
    const error = (await failure(client.call('fail', ['no'], {}, true))) as VmsRemoteError
    expect(
      verifyReceipt(crypto, error.receipt as NonNullable<typeof error.receipt>, host.ledger.key),
    ).toMatchObject({ index: 2 })
  })
})

describe('requests', () => {
  test('the calls of one turn share one request, which names the newest head and expires in two minutes', async () => {
    const { host, call } = await connected()
    await call('echo', 0)
    const before = Date.now()
    await Promise.all([call('echo', 1), call('echo', 2), call('add', 3, 4)])
    const [, request] = host.requests
    expect(request?.calls.map(([name]) => name)).toEqual(['echo', 'echo', 'add'])
    expect(request?.head).toEqual({ length: 3, treeHash: host.ledger.treeHash(3) })
    expect(request?.expires).toBeGreaterThanOrEqual(before + 119_000)
    expect(request?.expires).toBeLessThanOrEqual(Date.now() + 120_000)
    expect(new Set(host.requests.map(({ nonce }) => nonce.join())).size).toBe(2)
  })

  test('a thousand loops that wait for each call pack again and again', async () => {
    const { host, call } = await connected()
    const loop = async (i: number): Promise<void> => {
      for (let round = 0; round < 5; round++)
        expect(await call('echo', [i, round])).toEqual([i, round])
    }
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => loop(i)))
    expect(host.requests.map(({ calls }) => calls.length)).toEqual([
      1_000, 1_000, 1_000, 1_000, 1_000,
    ])
  })

  test('a request holds no more calls and bytes than the service allows', async () => {
    const host = new FakeHost(new FakeLedger({ limits: { requestCalls: 10, requestBytes: 2_000 } }))
    const { call } = await connected(host)
    await Promise.all(Array.from({ length: 25 }, (_, i) => call('echo', i)))
    expect(host.requests.map(({ calls }) => calls.length)).toEqual([10, 10, 5])
    host.received.length = 0
    await Promise.all(Array.from({ length: 6 }, () => call('echo', 'x'.repeat(600))))
    expect(host.requests.map(({ calls }) => calls.length)).toEqual([2, 2, 2])
  })

  test('a client can be told to sign each call by itself', async () => {
    const { host, call } = await connected(new FakeHost(), { requestCalls: 1 })
    await Promise.all([call('echo', 1), call('echo', 2)])
    expect(host.requests.map(({ calls }) => calls.length)).toEqual([1, 1])
  })

  test('a request of exactly the limit passes, one byte more is refused here', async () => {
    const measured = await connected()
    await measured.call('echo', new Uint8Array(1_000))
    const frame = measured.host.received.find(([kind]) => kind === 'call') as readonly [
      'call',
      number,
      Uint8Array,
      null,
    ]
    const host = new FakeHost(new FakeLedger({ limits: { requestBytes: frame[2].length } }))
    const { call } = await connected(host)
    expect(await call('echo', new Uint8Array(1_000))).toEqual(new Uint8Array(1_000))
    const error = await failure(call('echo', new Uint8Array(1_001)))
    expect(error).toBeInstanceOf(VmsUsageError)
    expect(error).toMatchObject({ code: 'ERR_VMS_TOO_LARGE' })
    expect((error as Error).message).toContain(
      `a request of ${frame[2].length + 1} bytes, the limit is ${frame[2].length}`,
    )
  })

  test('more than the host may owe at a time waits here', async () => {
    const host = new FakeHost()
    const { call } = await connected(host, { requestCalls: 1 })
    host.holding = true
    const calls = Array.from({ length: 1_100 }, (_, i) => call('echo', i))
    await vi.waitFor(() => expect(host.requests).toHaveLength(1_000))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(host.requests).toHaveLength(1_000)
    host.release()
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 1_100 }, (_, i) => i))
  })
})

describe('callers', () => {
  test('the key that was given signs', async () => {
    const key = crypto.keyPair()
    const { host, call } = await connected(new FakeHost(), { key })
    await call('echo', 1)
    const frame = host.received.find(([kind]) => kind === 'call') as readonly [
      'call',
      number,
      Uint8Array,
      Uint8Array,
    ]
    expect(host.requests[0]?.caller).toEqual(key.publicKey)
    expect(verifyRequest(crypto, frame[2], frame[3], key.publicKey)).toBe(true)
  })

  test('without a key, every client has one of its own', async () => {
    const host = new FakeHost()
    const [one, two] = [await connected(host), await connected(host)]
    await one.call('echo', 1)
    await two.call('echo', 1)
    expect(host.requests[0]?.caller).not.toEqual(host.requests[1]?.caller)
  })

  test('a debug caller has a name and does not sign', async () => {
    const host = new FakeHost(new FakeLedger({ authentication: 'debug' }))
    const { call } = await connected(host, { user: 'bob' })
    expect(await call('echo', 1)).toBe(1)
    expect(host.requests[0]?.caller).toBe('bob')
    expect(host.ledger.call(2).signature).toBeNull()
  })

  test('a name is not taken where callers sign', async () => {
    const { client, host } = clientOf(new FakeHost(), { user: 'bob' })
    expect(await failure(client.connect())).toMatchObject({
      code: 'ERR_VMS_NOT_DEBUG',
      name: 'VmsUsageError',
    })
    expect(host.connection.ended).toBe(true)
  })

  test.each(['', 'a b', 'x'.repeat(65), 'é'])('%j is no name', (user) => {
    expect(() => clientOf(new FakeHost(), { user })).toThrow(
      expect.objectContaining({ code: 'ERR_VMS_BAD_USER' }),
    )
  })
})

describe('the ledger that is expected', () => {
  test('the right one, in any way of writing it', async () => {
    const host = new FakeHost()
    const { key } = host.ledger
    for (const ledger of [key, ledgerUrl(key), Buffer.from(key).toString('hex')]) {
      const { call } = await connected(host, { ledger })
      expect(await call('echo', 1)).toBe(1)
    }
  })

  test('another one is refused before anything is sent', async () => {
    const { client, host } = clientOf(new FakeHost(), { ledger: new FakeLedger().key })
    expect(await failure(client.connect())).toMatchObject({
      code: 'ERR_VMS_OTHER_LEDGER',
      what: 'ledger',
    })
    expect(host.received).toEqual([])
  })

  test('what is no key is refused at once', () => {
    expect(() => clientOf(new FakeHost(), { ledger: 'abc' })).toThrow(
      expect.objectContaining({ code: 'ERR_VMS_BAD_LEDGER' }),
    )
  })
})

test('what is known of the service comes from its genesis', async () => {
  const { client, host } = await connected()
  const { key, manifest } = host.ledger
  expect(client.info).toMatchObject({
    ledger: key,
    manifest,
    callLogUrl: ledgerUrl(key),
    methods: ['echo', 'add', 'fail', 'burst'],
    limits: {
      requestBytes: MACHINE_LIMITS.requestBytes,
      requestCalls: MACHINE_LIMITS.requestCalls,
    },
  })
  expect(client.info.genesis.script.title).toBe('Fake')
  expect(client.info.filesArchiveUrl).toMatch(/^hyper:\/\/[a-z0-9]{52}$/)
})

test('a refusal is shown with its evidence', async () => {
  const host = new FakeHost()
  host.refuse = () => 'ERR_VMS_WALL_CLOCK'
  const { call } = await connected(host)
  const error = (await failure(call('echo', 1))) as VmsRefusedError
  expect(error).toBeInstanceOf(VmsRefusedError)
  expect(error).toMatchObject({
    code: 'ERR_VMS_WALL_CLOCK',
    message: 'no: ERR_VMS_WALL_CLOCK',
    mayHaveExecuted: false,
  })
  expect(error.refusal).toMatchObject({
    ledger: host.ledger.key,
    code: error.code,
    covers: true,
    length: 2,
  })
  expect(error.shouldRetry()).toBe(false)
})
