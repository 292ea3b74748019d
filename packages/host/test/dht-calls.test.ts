/** Channels of calls over the DHT: how many one address may open. */
import { duplexPair } from 'node:stream'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { openRpcChannel } from '@vms/rpc'
import Protomux from 'protomux'
import { expect, test } from 'vitest'
import { DhtCalls, type DhtCallsOptions } from '../src/dht/dht-calls.ts'
import { CHANNELS_PER_MINUTE } from '../src/settings/limits.ts'

const topic = new Uint8Array(32).fill(7)

/** Streams from the host to peers at addresses, and how many proofs it signed. */
function host(now: () => number) {
  let signed = 0
  const calls = new DhtCalls({
    crypto: {
      ...crypto,
      sign: (message: Uint8Array, secretKey: Uint8Array) => {
        signed += 1
        return crypto.sign(message, secretKey)
      },
    },
    channels: 10_000,
    connections: { options: { now }, open: () => ({ close: () => {} }) },
    find: () => ({ ledgerKey: topic, transportKey: crypto.keyPair().secretKey, visitor: null }),
    onError: (error: Error) => {
      throw error
    },
  } as unknown as DhtCallsOptions)
  const reach = (address: string): Protomux => {
    const [near, far] = duplexPair()
    calls.accept(
      Object.assign(near, {
        handshakeHash: new Uint8Array(64),
        rawStream: { remoteHost: address },
      }),
    )
    return Protomux.from(far)
  }
  return { reach, signed: () => signed }
}

/** Opens a channel and closes it; whether the host opened it too. */
const opens = (mux: Protomux): Promise<boolean> =>
  new Promise((resolve) => {
    const channel = openRpcChannel(mux, {
      topic,
      handshake: new Uint8Array(),
      onOpen: () => {
        // Not in the same turn, which a network does not do either.
        setImmediate(() => {
          resolve(true)
          channel?.close()
        })
      },
      onFrame: () => {},
      onClose: () => resolve(false),
    })
  })

test('one address may have so many proofs signed in a minute, on however many streams', async () => {
  let time = 0
  const { reach, signed } = host(() => time)
  const mux = reach('203.0.113.5')
  for (let i = 0; i < CHANNELS_PER_MINUTE; i++) expect(await opens(mux)).toBe(true)
  expect(await opens(mux)).toBe(false)
  expect(await opens(reach('203.0.113.5'))).toBe(false)
  expect(signed()).toBe(CHANNELS_PER_MINUTE)
  expect(await opens(reach('203.0.113.6'))).toBe(true)
  time += 100
  expect(await opens(mux)).toBe(true)
  expect(await opens(mux)).toBe(false)
})
