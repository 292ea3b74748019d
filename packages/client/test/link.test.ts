/** Heads that do not hold, and frames that are none or come when they must not: each ends the client. */
import type { HeadAdvance, HostFrame } from '@vms/rpc'
import { describe, expect, test } from 'vitest'
import { VmsProtocolError } from '../src/index.ts'
import { clientOf, connected, failure } from './connected.ts'
import { FakeHost } from './fake-host.ts'
import { alter, flip, liar } from './liar.ts'

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
          covers: true,
          length: 2,
          treeHash: new Uint8Array(32),
          time: 0,
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
