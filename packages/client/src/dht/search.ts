/// <reference path="../types/hyperdht.d.ts" />
/**
 * The search for a host on the DHT. Anyone can announce itself for any ledger, so all that is found are candidates: several
 * are tried at a time, and the first that proves to be the host is it. A liar costs time and nothing else.
 */
import { TransportError } from '@vms/rpc'
import DHT, { type Peer } from 'hyperdht/index.js'
import { after } from '../timer.ts'
import { Candidate, type Wanted } from './candidate.ts'

/** Peers that are tried at a time, so that one that stalls does not hold up the others. */
const AT_ONCE = 8

/** Peers that are tried in one search: bounds what a flood of announcements costs. */
const PEERS_MAX = 64

/** Milliseconds that a peer has to prove to be the host; punching a hole through two routers is in it. */
const PROOF_MS = 10_000

/** How often is looked, and milliseconds between: a host that has just started is not announced everywhere yet. */
const ROUNDS = { count: 3, pauseMs: 1_000 } as const

/** Finds the host. Rejects with {@link TransportError}, or with the reason of `signal`. */
export async function findHost(
  dht: DHT,
  url: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Candidate> {
  const failures = new Set<string>()
  for (let round = 1; ; round++) {
    const found = await searchOnce(dht, wanted, signal, failures)
    if (found) return found
    if (round === ROUNDS.count) break
    await pause(ROUNDS.pauseMs, signal)
  }
  const why =
    failures.size === 0
      ? 'nobody on the DHT says to have it'
      : `nobody on the DHT is its host; of those who say so: ${[...failures].join('; ')}`
  throw new TransportError(url, `cannot reach ${url}: ${why}`)
}

/** One lookup; null if none of those found is the host. Why not is added to `failures`. */
function searchOnce(
  dht: DHT,
  wanted: Wanted,
  signal: AbortSignal,
  failures: Set<string>,
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
    // A key of its own, so that no two connections of this process are taken for one.
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
          if (!settled) failures.add(error.message)
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
    // Without a network there is nobody to ask.
    .catch((error: Error) => failures.add(error.message))
    .finally(() => {
      searching = false
      advance()
    })
  return promise
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      stopTimer()
      reject(signal.reason)
    }
    const stopTimer = after(ms, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
