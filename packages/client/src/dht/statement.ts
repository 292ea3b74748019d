/// <reference path="../types/hyperdht.d.ts" />
/// <reference path="../types/hypercore-crypto.d.ts" />
/**
 * Asks a multi-service host for a signed statement over the DHT. Anyone can announce itself for a ledger and answer. So the caller decides
 * which answer is valid, and this file asks peers until one gives such an answer.
 */
import { sodiumCrypto } from '@vms/format/sodium'
import { openStatementChannel, statementTopic } from '@vms/rpc'
import { discoveryKey } from 'hypercore-crypto'
import DHT, { type Peer } from 'hyperdht/index.js'
import Protomux from 'protomux'
import { after } from '../platform/timer.ts'
import { pause } from './pause.ts'

/** Most peers to ask. Bounds the cost of a flood of announcements. */
const PEERS_MAX = 64

/** Peers to ask at a time. */
const AT_ONCE = 8

/** Number of lookups, and milliseconds between them: a host that has just started is not announced everywhere yet. */
const ROUNDS = { count: 3, pauseMs: 1_000 } as const

/** Milliseconds within which a peer must answer, including punching a hole through two routers. */
const ANSWER_MS = 10_000

/** Longest wait that a host may ask for, in milliseconds. */
const WAIT_MS_MAX = 60_000

const WAIT_BYTES = 4

export interface StatementQuestion {
  /** Key of the provisioning log. */
  readonly ledger: Uint8Array
  /** 32 bytes; null asks for the list of services. */
  readonly nonce: Uint8Array | null
  /** Whether the host has signed this answer. */
  readonly holds: (statement: Uint8Array) => boolean
  readonly signal?: AbortSignal
}

/** The encoded statement; null if no peer gives a valid one. Rejects with the reason of `signal`. */
export async function askStatement(
  dht: DHT,
  question: StatementQuestion,
): Promise<Uint8Array | null> {
  const { ledger, signal } = question
  for (let round = 1; ; round++) {
    const peers = await lookUp(dht, discoveryKey(ledger), signal)
    const answer = await askAny(dht, peers, question)
    if (answer || round === ROUNDS.count) return answer
    await pause(ROUNDS.pauseMs, signal)
  }
}

async function askAny(
  dht: DHT,
  peers: readonly Peer[],
  question: StatementQuestion,
): Promise<Uint8Array | null> {
  for (let first = 0; first < peers.length; first += AT_ONCE) {
    const asked = peers.slice(first, first + AT_ONCE).map((peer) => ask(dht, peer, question))
    const answer = await Promise.any(asked).catch(() => null)
    question.signal?.throwIfAborted()
    if (answer) return answer
  }
  return null
}

async function lookUp(dht: DHT, topic: Uint8Array, signal?: AbortSignal): Promise<Peer[]> {
  const known = new Map<string, Peer>()
  const query = dht.lookup(topic)
  const abort = (): void => query.destroy()
  signal?.addEventListener('abort', abort)
  try {
    for await (const { peers } of query)
      for (const peer of peers)
        if (known.size < PEERS_MAX) known.set(Buffer.from(peer.publicKey).toString('hex'), peer)
  } catch {
    // Without a network there is no peer to ask.
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  signal?.throwIfAborted()
  return [...known.values()]
}

/** The answer of one peer. Rejects if the peer gives no valid one. */
function ask(dht: DHT, peer: Peer, question: StatementQuestion): Promise<Uint8Array> {
  const { ledger, nonce, holds, signal } = question
  const { publicKey, relayAddresses } = peer
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const stream = dht.connect(publicKey, { keyPair: DHT.keyPair(), relayAddresses })
  const end = (): void => reject(new Error('the peer gave no statement'))
  let stopTimer = after(ANSWER_MS, end)
  const channel = openStatementChannel(Protomux.from(stream), {
    topic: statementTopic(sodiumCrypto, ledger),
    handshake: new Uint8Array(),
    onFrame: (answer) => {
      if (answer.length > WAIT_BYTES && holds(answer)) return resolve(answer)
      const waitMs = answer.length === WAIT_BYTES ? waitOf(answer) : null
      if (waitMs === null) return end()
      stopTimer()
      stopTimer = after(waitMs, () => {
        stopTimer = after(ANSWER_MS, end)
        channel?.send(nonce ?? new Uint8Array())
      })
    },
    onClose: end,
  })
  stream.on('error', end)
  stream.on('close', end)
  signal?.addEventListener('abort', end)
  channel?.send(nonce ?? new Uint8Array())
  if (!channel) end()
  return promise.finally(() => {
    stopTimer()
    signal?.removeEventListener('abort', end)
    stream.destroy()
  })
}

function waitOf(answer: Uint8Array): number | null {
  const waitMs = new DataView(answer.buffer, answer.byteOffset).getUint32(0, true)
  return waitMs <= WAIT_MS_MAX ? waitMs : null
}
