/** A caller of the simulated host: signs requests, sends the same bytes again until it has an answer, and keeps what it was told. */
import {
  type CallsEntry,
  encodeRequest,
  encodeValue,
  type KeyPair,
  type Request,
  requestId,
  type SignedHead,
  signRequest,
  UPGRADE_METHOD,
  type Value,
} from '@vms/format'
import { Refusal, RefusedRequest } from '../../packages/host/src/refusal.ts'
import type { HostProcess, World } from './host-process.ts'
import type { Site } from './site.ts'

/** Milliseconds that a message is on its way at most. */
const FAR_MS = 40

/** Milliseconds until a caller tries again. */
const RETRY_MS = 700

/** Refusals after which the same bytes may be sent again. */
const LATER = ['ERR_VMS_BUSY', 'ERR_VMS_CLOSING', 'ERR_VMS_CLOCK']

export interface Sent {
  readonly site: Site
  readonly bytes: Uint8Array
  readonly id: Uint8Array
  readonly sentAt: number
  acknowledged: { readonly at: number; readonly index: number; readonly entry: CallsEntry } | null
  readonly refusals: RefusedRequest[]
  /** Whether nothing more is to come of it. */
  over: boolean
}

export class Caller {
  readonly #world: World
  readonly #key: KeyPair
  readonly #process: () => HostProcess
  /** The newest head that it knows of each service. */
  readonly #heads = new Map<Site, SignedHead>()
  /** Grows with each connection that breaks. */
  #connection = 0
  readonly sent: Sent[] = []

  constructor(world: World, process: () => HostProcess, key = world.crypto.keyPair()) {
    this.#world = world
    this.#process = process
    this.#key = key
  }

  /** What is on its way is lost. */
  cut(): void {
    this.#connection += 1
  }

  call(site: Site, calls: readonly (readonly [string, number])[], lifetime: number): void {
    this.#send(
      site,
      calls.map(([method, argument]) => [method, [argument]]),
      lifetime,
    )
  }

  upgrade(site: Site, source: string): void {
    const script = { name: 'program.js', title: 'Upgraded', source }
    this.#send(site, [[UPGRADE_METHOD, [script]]], 60_000)
  }

  /** As soon as it has a head to name. */
  #send(site: Site, calls: readonly [string, Value][], lifetime: number): void {
    const { crypto, time } = this.#world
    const head = this.#head(site)
    if (!head) {
      time.after(RETRY_MS, () => this.#send(site, calls, lifetime))
      return
    }
    const request: Request = {
      version: 1,
      ledger: site.store.key,
      caller: this.#key.publicKey,
      head: { length: head.length, treeHash: head.treeHash },
      expires: time.now + lifetime,
      nonce: crypto.randomBytes(16),
      calls: calls.map(([method, args]) => [method, encodeValue(args)]),
    }
    const bytes = encodeRequest(request)
    const signature = signRequest(crypto, bytes, this.#key.secretKey)
    const sent: Sent = {
      site,
      bytes,
      id: requestId(crypto, bytes),
      sentAt: time.now,
      acknowledged: null,
      refusals: [],
      over: false,
    }
    this.sent.push(sent)
    this.#attempt(sent, signature)
  }

  /** A host says its head to whoever connects. */
  #head(site: Site): SignedHead | null {
    const service = this.#process().up ? site.service : null
    if (service && service.ledger.length > 0) this.#heads.set(site, service.ledger.head)
    return this.#heads.get(site) ?? null
  }

  #attempt(sent: Sent, signature: Uint8Array): void {
    const { time, random } = this.#world
    const process = this.#process()
    const connection = this.#connection
    const isConnected = () => process.alive && connection === this.#connection
    let answered = false
    const again = (ms = RETRY_MS) => {
      if (answered) return
      answered = true
      time.after(ms, () => this.#attempt(sent, signature))
    }
    const answer = (take: () => void) =>
      time.after(random.below(FAR_MS), () => {
        if (answered) return
        if (!isConnected()) return again()
        answered = true
        take()
      })
    time.after(random.below(FAR_MS), () => {
      const service = process.up && isConnected() ? sent.site.service : null
      if (!service) return again()
      service.submit(sent.bytes, signature).then(
        ({ index, entry }) =>
          answer(() => {
            sent.acknowledged = { at: time.now, index, entry }
            sent.over = true
          }),
        (error: Error) => answer(() => this.#refused(sent, signature, error)),
      )
      this.#watch(isConnected, () => answered, again)
    })
  }

  /** Notices within a second that a connection is broken. */
  #watch(isConnected: () => boolean, isAnswered: () => boolean, again: () => void): void {
    this.#world.time.after(1_000, () => {
      if (isAnswered()) return
      if (isConnected()) this.#watch(isConnected, isAnswered, again)
      else again()
    })
  }

  #refused(sent: Sent, signature: Uint8Array, error: Error): void {
    if (!(error instanceof Refusal)) {
      // A service that fails tells its callers nothing; the connection ends.
      this.#world.time.after(RETRY_MS, () => this.#attempt(sent, signature))
      return
    }
    if (error instanceof RefusedRequest) sent.refusals.push(error)
    if (LATER.includes(error.code)) {
      this.#world.time.after(RETRY_MS, () => this.#attempt(sent, signature))
      return
    }
    sent.over = true
  }
}
