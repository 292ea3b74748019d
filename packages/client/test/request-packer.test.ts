/** The bounds that the packer counts with are never below what a request really takes. */
import { decodeRequest, encodeValue, type Signer } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VmsClockError } from '../src/calls/clocks.ts'
import {
  CLOCKS_APART_MS,
  REQUEST_LIFETIME_MS,
  REQUEST_OVERHEAD_BYTES,
} from '../src/calls/limits.ts'
import { PendingCall } from '../src/calls/pending-call.ts'
import { CallQueue } from '../src/calls/request-packer.ts'
import { type RequestContext, signCalls } from '../src/calls/signing.ts'
import { after } from '../src/platform/timer.ts'

const { publicKey, secretKey } = crypto.keyPair()
const key: Signer = {
  publicKey,
  extractable: true,
  sign: (message) => crypto.sign(message, secretKey),
}
const context: RequestContext = {
  crypto,
  ledger: new Uint8Array(32),
  caller: key,
  head: {
    length: Number.MAX_SAFE_INTEGER,
    treeHash: new Uint8Array(32),
    signature: new Uint8Array(64),
  },
  nonce: new Uint8Array(16),
  now: 1_800_000_000_000,
  hostAheadMs: 0,
  lifetimeMs: 600_000,
}

const callOf = (method: string, args: Uint8Array, alone = false): PendingCall => {
  const never = {
    wantsReceipt: false,
    after,
    timeoutMs: Number.POSITIVE_INFINITY,
    signal: null,
    onTimeout: () => {},
  }
  return new PendingCall(method, args, { ...never, alone })
}

test('a pack that fits by the count fits in bytes', async () => {
  const methods = fc
    .string({ unit: 'grapheme', maxLength: 256 })
    .filter((name) => name.length <= 256)
  const call = fc.tuple(methods, fc.uint8Array({ maxLength: 70_000, size: '+1' }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 40 }),
      fc.constantFrom<RequestContext['caller']>(key, 'x'.repeat(64)),
      async (calls, caller) => {
        const pending = calls.map(([method, args]) => callOf(method, args))
        const counted = pending.reduce((sum, { bytes }) => sum + bytes, REQUEST_OVERHEAD_BYTES)
        const signed = await signCalls({ ...context, caller }, pending)
        expect(signed.bytes.length).toBeLessThanOrEqual(counted)
        expect(decodeRequest(signed.bytes).calls).toEqual(calls)
      },
    ),
    { numRuns: 100 },
  )
})

test('calls are taken in order; settled ones are dropped, lone ones go alone', () => {
  const args = encodeValue([])
  const names = (calls: readonly PendingCall[]) => calls.map(({ method }) => method).join('')
  const queue = new CallQueue()
  const calls = ['a', 'b', 'C', 'd', 'e', 'F'].map((name) =>
    callOf(name, args, name === name.toUpperCase()),
  )
  for (const call of calls) queue.push(call)
  calls[1]?.resolve(null)
  const limits = { calls: 10, bytes: 10_000 }
  expect(names(queue.take(limits))).toBe('a')
  expect(names(queue.take(limits))).toBe('C')
  expect(names(queue.take({ ...limits, calls: 1 }))).toBe('d')
  expect(names(queue.take(limits))).toBe('e')
  expect(names(queue.take(limits))).toBe('F')
  expect(queue.take(limits)).toEqual([])
})

test("the expiry follows the host's clock, and the host's limit", async () => {
  const expires = async (changes: Partial<RequestContext>): Promise<number> => {
    const given = { ...context, ...changes }
    const { request } = await signCalls(given, [callOf('a', encodeValue([]))])
    return request.expires - given.now
  }
  expect(await expires({})).toBe(REQUEST_LIFETIME_MS)
  expect(await expires({ hostAheadMs: -5_000 })).toBe(REQUEST_LIFETIME_MS - 5_000)
  expect(await expires({ lifetimeMs: 1_000.5 })).toBe(1_000)
  const most = CLOCKS_APART_MS
  expect(await expires({ hostAheadMs: most })).toBe(REQUEST_LIFETIME_MS + most)
  expect(await expires({ hostAheadMs: -most })).toBe(REQUEST_LIFETIME_MS - most)
  expect(await expires({ now: 0, hostAheadMs: -most })).toBe(0)
})

test.each([
  ['23 hours ahead', 23 * 3_600_000],
  ['just too far ahead', CLOCKS_APART_MS + 1],
  ['just too far behind', -CLOCKS_APART_MS - 1],
  ['that no calendar has', Number.MAX_SAFE_INTEGER - context.now],
])('nothing is signed for a host whose clock is %s', async (_, hostAheadMs) => {
  let signed = 0
  const caller: Signer = { ...key, sign: () => new Uint8Array(64).fill(++signed) }
  const error = await signCalls({ ...context, caller, hostAheadMs }, [
    callOf('a', encodeValue([])),
  ]).catch((thrown: unknown) => thrown)
  const { now } = context
  expect(error).toBeInstanceOf(VmsClockError)
  expect(error).toMatchObject({
    code: 'ERR_VMS_CLOCKS_APART',
    hostTime: now + hostAheadMs,
    ownTime: now,
    mayHaveExecuted: false,
    message: expect.stringContaining('2027-01-15T08:00:00.000Z'),
  })
  expect(signed).toBe(0)
})

test('a queue of many calls gives them in order, also those that were put back', () => {
  const queue = new CallQueue()
  const args = encodeValue([])
  const calls = Array.from({ length: 5_000 }, (_, i) => callOf(String(i), args, false))
  for (const call of calls) queue.push(call)
  const seen: PendingCall[] = []
  for (let round = 0; queue.length > 0; round++) {
    const taken = queue.take({ calls: 7, bytes: 1_000_000 })
    if (round % 5 === 0) queue.putBack(taken)
    else seen.push(...taken)
    expect(queue.length).toBe(calls.length - seen.length)
  }
  expect(seen).toEqual(calls)
  for (const call of calls.slice(0, 3)) queue.push(call)
  expect(queue.drain()).toEqual(calls.slice(0, 3))
  expect(queue.length).toBe(0)
})
