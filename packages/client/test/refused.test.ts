/** Refusals: which hold, and what becomes of the calls. */
import {
  contradicts,
  decodeRefusal,
  encodeRefusal,
  placeOf,
  provenRefusal,
  type Receipt,
  verifyReceipt,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import type { HostRefusal } from '@vms/rpc'
import { describe, expect, test } from 'vitest'
import { signedRefusal } from '../src/calls/refused.ts'
import type { VmsRefusal, VmsTimeoutError, VmsVerificationError } from '../src/errors/errors.ts'
import { connected, failure, portsOf } from './connected.ts'
import { FakeHost } from './fake-host.ts'
import { flip, liar } from './liar.ts'

const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms))
const callsOf = (host: FakeHost) => host.received.filter(([kind]) => kind === 'call')

describe('what a refusal must say', () => {
  const lies: [string, (refusal: HostRefusal) => HostRefusal][] = [
    ['another signature', (refusal) => ({ ...refusal, signature: flip(refusal.signature) })],
    ['another code', (refusal) => ({ ...refusal, code: 'ERR_VMS_CRASH' })],
    ['another head', (refusal) => ({ ...refusal, length: refusal.length + 1 })],
    ['another time', (refusal) => ({ ...refusal, time: refusal.time + 1 })],
    ['to cover less than it signed', (refusal) => ({ ...refusal, covers: false })],
    ['another history', (refusal) => ({ ...refusal, treeHash: flip(refusal.treeHash) })],
  ]
  test.each(lies)('%s', async (_name, lie) => {
    const host = liar('refused', ([kind, id, refusal]) => [kind, id, lie(refusal)])
    host.refuse = () => 'ERR_VMS_MEMORY'
    const { call } = await connected(host)
    expect(await failure(call('echo', 1))).toMatchObject({ what: 'refusal', mayHaveExecuted: true })
  })

  test('signed under another history, or an older head than when the request was sent', async () => {
    const cases: [(host: FakeHost) => { length?: number; treeHash?: Uint8Array }, string][] = [
      [() => ({ treeHash: new Uint8Array(32) }), 'it names another history of 3 entries'],
      [
        ({ ledger }) => ({ length: 2, treeHash: ledger.treeHash(2) as Uint8Array }),
        'it names 2 entries, the host had shown 3 before the request was sent',
      ],
      [() => ({ length: 4 }), 'it names 4 entries, the host has shown 3'],
    ]
    for (const [claim, reason] of cases) {
      const host = new FakeHost()
      const { call } = await connected(host)
      await call('echo', 1)
      host.misstate = () => claim(host)
      host.refuse = () => 'ERR_VMS_MEMORY'
      expect(await failure(call('echo', 2))).toMatchObject({ what: 'refusal', reason })
    }
  })

  test('an honest host signs the head of the look-up, which may not be the newest', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    await call('echo', 1)
    host.holding = true
    const waiting = failure(call('echo', 2))
    await pause()
    const { length, treeHash } = host.ledger.head
    host.misstate = () => ({ length, treeHash })
    host.refuse = () => 'ERR_VMS_MEMORY'
    host.ledger.commit([{ ...host.ledger.call(2), time: 1 }])
    host.release()
    expect(await waiting).toMatchObject({ code: 'ERR_VMS_MEMORY', refusal: { length } })
  })
})

describe('a refusal and the receipt of the same request', () => {
  test('an index that the refusal covers is a lie, and the error has both', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    await call('echo', 1)
    // Executed, and refused all the same.
    host.refuse = (_request, sending) => (sending === 1 ? 'ERR_VMS_BUSY' : null)
    host.executesRefused = true
    const error = await failure(call('echo', 2))
    expect(error).toMatchObject({
      code: 'ERR_VMS_VERIFICATION',
      what: 'refusal',
      reason:
        'it says that the request was in none of the first 4 entries, and the request is entry 3',
      mayHaveExecuted: true,
    })
    const { refusal, receipt } = (error as VmsVerificationError).evidence
    const said = decodeRefusal(encodeRefusal(signedRefusal(refusal as VmsRefusal)))
    const claim = provenRefusal(crypto, said, host.ledger.key)
    const place = placeOf(crypto, verifyReceipt(crypto, receipt as Receipt, host.ledger.key))
    expect(contradicts(claim, place)).toBe(true)
  })

  test('a host that says that it does not remember contradicts nothing', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    host.covers = false
    host.refuse = (_request, sending) => (sending === 1 ? 'ERR_VMS_BUSY' : null)
    host.executesRefused = true
    expect(await call('echo', 2)).toBe(2)
  })

  test('nor does one that executes the request later', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    host.refuse = (_request, sending) => (sending === 1 ? 'ERR_VMS_BUSY' : null)
    expect(await call('echo', 2)).toBe(2)
  })
})

describe('what becomes of the calls', () => {
  test('a busy host gets the same bytes again until it takes them', async () => {
    const host = new FakeHost()
    host.refuse = (_request, sending) => (sending < 4 ? 'ERR_VMS_BUSY' : null)
    const { call } = await connected(host)
    expect(await call('echo', 1)).toBe(1)
    const frames = callsOf(host)
    expect(frames).toHaveLength(4)
    for (const frame of frames) expect(frame[2]).toEqual(frames[0]?.[2])
  })

  test('a host that stays busy is given up', async () => {
    const host = new FakeHost()
    host.refuse = () => 'ERR_VMS_BUSY'
    const { call } = await connected(host)
    const error = await failure(call('echo', 1))
    expect(error).toMatchObject({ code: 'ERR_VMS_BUSY', mayHaveExecuted: false })
    expect((error as { shouldRetry(): boolean }).shouldRetry()).toBe(true)
    expect(callsOf(host)).toHaveLength(9)
  })

  test.each(['ERR_VMS_CLOCK', 'ERR_VMS_BUSY', 'ERR_VMS_RATE', 'ERR_VMS_CLOSING'] as const)(
    'a call whose time passes while the host refuses it with %s says so',
    async (code) => {
      const host = new FakeHost()
      host.refuse = () => code
      // Pauses as long as they are, so that the time passes first.
      const ports = { ...portsOf(host), random: () => 1 }
      const { client } = await connected(host, { ports })
      const error = (await failure(
        client.call('echo', [1], { timeout: 300 }, false),
      )) as VmsTimeoutError
      expect(error).toMatchObject({ code: 'ERR_VMS_TIMEOUT', mayHaveExecuted: false })
      expect(error.message).toMatch(/^echo took longer than 300 ms; the host refused it, last: /)
      expect(error.message).toContain(`[${code}]`)
      expect(error.cause).toMatchObject({ code, refusal: { code } })
      expect(error.hint).toBe(error.cause?.hint)
      // It is not sent again once its caller was told so.
      const sent = callsOf(host).length
      host.refuse = () => null
      await client.call('echo', [2], {}, false)
      expect(callsOf(host)).toHaveLength(sent + 1)
    },
  )

  test('a call whose host says nothing has no refusal to show', async () => {
    const host = new FakeHost()
    host.holding = true
    const { client } = await connected(host)
    const error = (await failure(
      client.call('echo', [1], { timeout: 100 }, false),
    )) as VmsTimeoutError
    expect(error.message).toBe('echo took longer than 100 ms')
    expect(error.cause).toBe(undefined)
    expect(error.mayHaveExecuted).toBe(true)
  })

  test('a call at fault is found among innocent ones, each of which is executed once', async () => {
    const host = new FakeHost()
    host.refuse = ({ calls }) => (calls.some(([name]) => name === 'add') ? 'ERR_VMS_CRASH' : null)
    const { call } = await connected(host)
    const results = await Promise.allSettled([call('echo', 1), call('add', 1, 2), call('echo', 2)])
    expect(results).toMatchObject([
      { value: 1 },
      { reason: { code: 'ERR_VMS_CRASH', mayHaveExecuted: false } },
      { value: 2 },
    ])
    expect(host.executed.map(({ calls }) => calls.length)).toEqual([1, 1])
  })

  test('an expired request is signed anew', async () => {
    const host = new FakeHost()
    let refused = 0
    host.refuse = () => (refused++ < 3 ? 'ERR_VMS_EXPIRED' : null)
    const { call } = await connected(host)
    expect(await call('echo', 1)).toBe(1)
    expect(new Set(host.requests.map(({ nonce }) => nonce.join())).size).toBe(4)
    host.refuse = () => 'ERR_VMS_EXPIRED'
    expect(await failure(call('echo', 1))).toMatchObject({
      code: 'ERR_VMS_EXPIRED',
      mayHaveExecuted: false,
    })
    expect(host.requests).toHaveLength(8)
  })

  test('but not if an earlier sending may have been executed', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    host.holding = true
    const pending = failure(call('echo', 1))
    await pause()
    host.refuse = () => 'ERR_VMS_EXPIRED'
    host.covers = false
    host.drop()
    await pause()
    host.release()
    expect(await pending).toMatchObject({ code: 'ERR_VMS_EXPIRED', mayHaveExecuted: true })
    expect(callsOf(host)).toHaveLength(2)
  })

  test('it is signed anew if the host covers the earlier sending', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    host.holding = true
    const pending = call('echo', 1)
    await pause()
    host.refuse = (_request, sending) => (sending === 2 ? 'ERR_VMS_EXPIRED' : null)
    host.drop()
    await pause()
    host.release()
    expect(await pending).toBe(1)
    expect(host.executed).toHaveLength(1)
  })

  test('a head that is too old for the host is replaced by one from a new hello', async () => {
    const host = new FakeHost()
    const stale = await connected(host)
    const other = await connected(host)
    await other.call('echo', 1)
    host.refuse = ({ head }) => (head.length < 3 ? 'ERR_VMS_UNKNOWN_HEAD' : null)
    expect(await stale.call('echo', 2)).toBe(2)
    expect(host.requests.at(-1)?.head.length).toBe(3)
  })

  test.each([
    'ERR_VMS_BAD_REQUEST',
    'ERR_VMS_BAD_SIGNATURE',
    'ERR_VMS_UNSIGNED',
    'ERR_VMS_TOO_FAR_AHEAD',
  ] as const)('%s is passed on at once', async (code) => {
    const host = new FakeHost()
    host.refuse = () => code
    const { call } = await connected(host)
    const errors = await Promise.all([failure(call('echo', 1)), failure(call('echo', 2))])
    expect(errors).toMatchObject([{ code }, { code }])
    expect(callsOf(host)).toHaveLength(1)
  })
})
