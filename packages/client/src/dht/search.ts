/// <reference path="../types/hyperdht.d.ts" />
/**
 * Searches for a host on the DHT. Anyone can announce itself for any ledger, so all found peers are only candidates. The search tries
 * several at a time, and takes the first that proves to be the host. A liar costs only time.
 */
import { TransportError } from '@vms/rpc'
import DHT, { type Peer } from 'hyperdht/index.js'
import { VmsConnectionError, VmsVerificationError } from '../errors/errors.ts'
import { after } from '../platform/timer.ts'
import { Candidate, type Wanted } from './candidate.ts'
import { pause } from './pause.ts'

/** Peers that the search tries at a time, so that a stalled peer does not hold up the others. */
const AT_ONCE = 8

/** Most peers that one search tries. Bounds the cost of a flood of announcements. */
const PEERS_MAX = 64

/** Milliseconds within which a peer must prove to be the host, including punching a hole through two routers. */
const PROOF_MS = 10_000

/** Number of lookups, and milliseconds between them: a host that has just started is not announced everywhere yet. */
const ROUNDS = { count: 3, pauseMs: 1_000 } as const

/** Milliseconds within which a node of the DHT must answer. On a working network it takes one second. */
const NODE_MS = 8_000

/** Finds the host. Rejects with {@link TransportError} or {@link VmsConnectionError}, or with the reason of `signal`. */
export async function findHost(
  dht: DHT,
  url: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Candidate> {
  const failures = new Map<string, Error>()
  const alone = new AbortController()
  const stopTimer = after(NODE_MS, () => {
    if (!dht.online || dht.toArray({ limit: 1 }).length === 0) alone.abort(noNode(url))
  })
  const ended = AbortSignal.any([signal, alone.signal])
  try {
    for (let round = 1; ; round++) {
      const found = await searchOnce(dht, wanted, ended, failures)
      if (found) return found
      if (round === ROUNDS.count) throw notFound(url, failures)
      await pause(ROUNDS.pauseMs, ended)
    }
  } finally {
    stopTimer()
  }
}

const noNode = (url: string): VmsConnectionError =>
  new VmsConnectionError('ERR_VMS_UNREACHABLE', `cannot reach ${url}: no node of the DHT answers`, {
    hint: "is this machine online, and does its network let UDP out? If not, use the host's address, ws://… or wss://…",
  })

function notFound(url: string, failures: ReadonlyMap<string, Error>): Error {
  if (failures.size === 0)
    return new TransportError(url, `cannot reach ${url}: nobody on the DHT says to have it`)
  const said = [...failures.keys()].join('; ')
  const message = `cannot reach ${url}: nobody on the DHT is its host; of those who say so: ${said}`
  const isLie = [...failures.values()].some(
    (error) => error instanceof VmsVerificationError || codeOf(error) === 'ERR_VMS_NOT_THE_HOST',
  )
  if (!isLie) return new TransportError(url, message)
  return new VmsConnectionError('ERR_VMS_NOT_THE_HOST', message, {
    hint: 'somebody else answers for this ledger; nothing was sent to them. Does the host itself run?',
  })
}

const codeOf = (error: Error): unknown => ('code' in error ? error.code : null)

/** One lookup. Null if no found peer is the host; adds the reasons to `failures`. */
function searchOnce(
  dht: DHT,
  wanted: Wanted,
  signal: AbortSignal,
  failures: Map<string, Error>,
): Promise<Candidate | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Candidate | null>()
  const query = dht.lookup(wanted.topic)
  const known = new Set<string>()
  const waiting: Peer[] = []
  const open = new Set<Candidate>()
  let searching = true
  let settled = false

  const settle = (end: () => void): void => {
    if (settled) return
    settled = true
    signal.removeEventListener('abort', abort)
    query.destroy()
    end()
    for (const candidate of open) candidate.destroy(new Error('no longer needed'))
  }
  const abort = (): void => settle(() => reject(signal.reason))
  const advance = (): void => {
    while (!settled && open.size < AT_ONCE && waiting.length > 0) attempt(waiting.shift() as Peer)
    if (!searching && open.size === 0) settle(() => resolve(null))
  }
  const attempt = ({ publicKey, relayAddresses }: Peer): void => {
    // A key for this connection alone, so that the peer does not take two connections of this process for one.
    const stream = dht.connect(publicKey, { keyPair: DHT.keyPair(), relayAddresses })
    const candidate = new Candidate(stream, wanted)
    open.add(candidate)
    const stopTimer = after(PROOF_MS, () =>
      candidate.destroy(new Error('it did not answer in time')),
    )
    candidate.proven
      .then(
        () => {
          open.delete(candidate)
          if (settled) candidate.end()
          else settle(() => resolve(candidate))
        },
        (error: Error) => {
          open.delete(candidate)
          if (!settled) failures.set(error.message, error)
        },
      )
      .finally(() => {
        stopTimer()
        advance()
      })
  }
  const look = async (): Promise<void> => {
    for await (const { peers } of query) {
      for (const peer of peers) {
        const id = String(peer.publicKey)
        if (known.has(id) || known.size >= PEERS_MAX) continue
        known.add(id)
        waiting.push(peer)
      }
      advance()
    }
  }

  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  look()
    // Without a network there is no peer to ask.
    .catch((error: Error) => failures.set(error.message, error))
    .finally(() => {
      searching = false
      advance()
    })
  return promise
}
