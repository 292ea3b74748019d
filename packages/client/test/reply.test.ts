/** A host that lies about an outcome or its place: the client notices before it resolves a call, and closes. */
import { encodeValue, type Outcome } from '@vms/format'
import type { Reply } from '@vms/rpc'
import { describe, expect, test } from 'vitest'
import { VmsVerificationError } from '../src/index.ts'
import { withTail } from './altered-reply.ts'
import { connected, failure } from './connected.ts'
import { FakeHost, run } from './fake-host.ts'
import { FakeLedger } from './fake-ledger.ts'
import { alter, liar } from './liar.ts'

const first = (outcome: Partial<Outcome>) => (reply: Reply) =>
  withTail(reply, ({ outcomes }) => ({
    outcomes: outcomes.map((honest, i) => (i === 0 ? { ...honest, ...outcome } : honest)),
  }))

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
    'another time': (reply) => withTail(reply, ({ time }) => ({ time: time + 1 })),
    'a time after the expiry': (reply) => withTail(reply, ({ time }) => ({ time: time + 200_000 })),
    'another index': (reply) => ({ ...reply, index: reply.index - 1 }),
    'an index beyond the head': (reply) => ({ ...reply, index: reply.length }),
    'an index before the head of the request': (reply) => ({ ...reply, index: 1 }),
    'another length': (reply) => ({ ...reply, length: reply.length + 1 }),
    'no root': (reply) => withTail(reply, () => ({ root: null })),
    'another root': (reply) => withTail(reply, () => ({ root: new Uint8Array(32) })),
    'no files head': (reply) => withTail(reply, () => ({ files: null })),
    'a longer path': (reply) => ({
      ...reply,
      path: [...reply.path, { index: 9, size: 1, hash: new Uint8Array(32) }],
    }),
    'one outcome less': (reply) =>
      withTail(reply, ({ outcomes }) => ({ outcomes: outcomes.slice(1) })),
    'one outcome more': (reply) =>
      withTail(reply, ({ outcomes }) => ({ outcomes: [...outcomes, ...outcomes] })),
    'a tail that is none': (reply) => ({ ...reply, tail: reply.tail.subarray(1) }),
    'an empty tail': (reply) => ({ ...reply, tail: new Uint8Array() }),
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
