/**
 * The outbox: waiting calls, and sent requests without an answer. It outlives connections: a request that was sent
 * on a broken connection goes out on the next with the same bytes, so that the host finds its outcome if there is one.
 *
 * The outbox puts a call into a new request only when the host can no longer execute the old request. So no call runs twice.
 */
import type { Reply } from '@vms/rpc'
import {
  BUSY_PAUSE_MS,
  IN_FLIGHT_BYTES,
  IN_FLIGHT_REQUESTS,
  SIGN_ATTEMPTS,
} from '../calls/limits.ts'
import type { PendingCall } from '../calls/pending-call.ts'
import { type Caller, CallQueue, type SignedRequest } from '../calls/request-packer.ts'
import { type Answer, unexpected } from '../connection/link.ts'
import {
  endOfCall,
  VmsAbortError,
  VmsConnectionError,
  VmsError,
  VmsProtocolError,
  type VmsRefusal,
  type VmsRefusedError,
  VmsRemoteError,
  VmsUsageError,
} from '../errors/errors.ts'
import { backoffMs } from '../platform/backoff.ts'
import type { ClientPorts } from '../platform/ports.ts'
import type { Session } from './session.ts'

export interface OutboxOptions {
  readonly ports: ClientPorts
  /** Returns the signer. Called once there is a session. */
  readonly caller: () => Caller
  /** Most calls in one request, even if the service allows more. */
  readonly requestCalls: number
}

export class Outbox {
  #options: OutboxOptions
  #session: Session | null = null
  readonly #queue = new CallQueue()
  /** Requests that are not answered, in the order in which they were signed. */
  #requests = new Set<SignedRequest>()
  #requestBytes = 0
  /** Requests sent on this session, by the number of their answer. */
  #sent = new Map<number, SignedRequest>()
  #pauses = new Map<SignedRequest, () => void>()
  /**
   * Most calls in the next request. Smaller after the host skipped calls of a request, so that the client does not send skipped calls over
   * and over.
   */
  #packCalls: number
  #flushDue = false
  /** Calls whose request is being signed. */
  #signing: readonly PendingCall[] = []
  #packing = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#packCalls = options.requestCalls
  }

  /** Takes a call. Calls from one turn of the event loop leave together. */
  add(call: PendingCall): void {
    this.#queue.push(call)
    this.#flushSoon()
  }

  /** Continues on a new session. First sends the requests that the last session left unanswered. */
  attach(session: Session): void {
    this.#session = session
    for (const signed of this.#requests) {
      if (signed.calls.every(({ settled }) => settled)) this.#done(signed)
      else if (!this.#pauses.has(signed)) this.#send(signed)
    }
    this.#flush()
  }

  /** Call when the session has ended. Everything waits for the next one. */
  detach(): void {
    this.#session = null
    this.#sent.clear()
  }

  /** Takes the answer with this number. Rejects if the answer is invalid. Then the session must end. */
  async answer(id: number, answer: Answer): Promise<void> {
    const signed = this.#sent.get(id)
    const session = this.#session
    if (!signed || !session) throw unexpected(answer)
    this.#sent.delete(id)
    switch (answer[0]) {
      case 'reply':
        this.#replied(session, signed, answer[2])
        break
      case 'refused': {
        const { checkRefusal, crypto } = session.verifier
        const refusal = await checkRefusal(crypto, session.info, session.tracker, signed, answer[2])
        // If the session ended meanwhile, the next session will bring the answer.
        if (session === this.#session) this.#refused(session, signed, refusal, answer[2].message)
        break
      }
      case 'error': {
        const { code, message } = answer[2]
        this.#done(signed)
        for (const call of signed.calls) {
          call.reject(
            new VmsProtocolError(code, `the host says: ${message}`, { mayHaveExecuted: true }),
          )
        }
        break
      }
      default:
        answer satisfies never
    }
    this.#flushSoon()
  }

  /** Ends all calls. */
  end(error: VmsError): void {
    this.detach()
    for (const cancel of this.#pauses.values()) cancel()
    this.#pauses.clear()
    const calls = [
      ...this.#queue.drain(),
      ...this.#signing,
      ...[...this.#requests].flatMap((signed) => signed.calls),
    ]
    this.#requests.clear()
    for (const call of calls) call.reject(endOfCall(error, call.sent))
  }

  #flushSoon(): void {
    if (this.#flushDue) return
    this.#flushDue = true
    queueMicrotask(() => {
      this.#flushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    if (!this.#packing) void this.#pack()
  }

  /** Signs and sends the waiting calls: one request at a time, so that requests leave in the order of their calls. */
  async #pack(): Promise<void> {
    this.#packing = true
    for (let session = this.#session; session && this.#hasRoom(); session = this.#session) {
      const { requestBytes, requestCalls } = session.info.limits
      const calls = this.#queue.take({
        calls: Math.max(1, Math.min(this.#packCalls, requestCalls)),
        bytes: requestBytes,
      })
      if (calls.length === 0) break
      this.#signing = calls
      const signed = await this.#sign(session, calls)
      this.#signing = []
      if (!signed) continue
      if (calls.some(({ settled }) => settled)) {
        // A call was given up meanwhile, and its error said that it is not executed.
        this.#queue.putBack(calls.filter(({ settled }) => !settled))
      } else if (signed.bytes.length > requestBytes) {
        // Only a lone call can be too large: a pack counts the most bytes that its calls can take.
        for (const call of calls)
          call.reject(session.verifier.tooLarge(call, signed.bytes.length, requestBytes))
      } else {
        this.#requests.add(signed)
        this.#requestBytes += signed.bytes.length
        this.#send(signed)
      }
    }
    this.#packing = false
  }

  /** Signs a request with these calls; null if the key does not sign. Then the calls have rejected. */
  async #sign(
    { info, verifier, tracker, hostAheadMs }: Session,
    calls: readonly PendingCall[],
  ): Promise<SignedRequest | null> {
    const { ports, caller } = this.#options
    try {
      return await verifier.signCalls(
        {
          crypto: verifier.crypto,
          ledger: info.ledger,
          caller: caller(),
          nonce: ports.randomBytes?.(16) ?? verifier.crypto.randomBytes(16),
          head: tracker.head,
          now: ports.now(),
          hostAheadMs,
          lifetimeMs: info.limits.requestLifetimeMs,
        },
        calls,
      )
    } catch (cause) {
      const error =
        cause instanceof VmsError
          ? cause
          : new VmsUsageError('ERR_VMS_NOT_SIGNED', 'the key did not sign', { cause })
      for (const call of calls) call.reject(error)
      return null
    }
  }

  #hasRoom(): boolean {
    return (
      this.#queue.length > 0 &&
      this.#requests.size < IN_FLIGHT_REQUESTS &&
      this.#requestBytes < IN_FLIGHT_BYTES
    )
  }

  #send(signed: SignedRequest): void {
    if (!this.#session) return
    signed.sendings += 1
    signed.sentUnder = this.#session.tracker.head.length
    const sentAt = this.#options.ports.now()
    for (const call of signed.calls) Object.assign(call, { sent: true, sentAt })
    this.#sent.set(this.#session.link.call(signed.bytes, signed.signature), signed)
  }

  #done(signed: SignedRequest): void {
    if (this.#requests.delete(signed)) this.#requestBytes -= signed.bytes.length
  }

  #replied({ info, tracker, verifier }: Session, signed: SignedRequest, reply: Reply): void {
    const { proof, outcomes } = verifier.checkReply(tracker, info.genesis.window, signed, reply)
    verifier.checkAgainstRefusals(signed, proof.index, () => tracker.receipt(proof))
    this.#done(signed)
    const skipped: PendingCall[] = []
    outcomes.forEach((outcome, i) => {
      const call = signed.calls[i] as PendingCall
      if (outcome.status === 'skipped') skipped.push(call)
      if (call.settled || outcome.status === 'skipped') return
      const receipt = call.wantsReceipt ? tracker.receipt(proof) : null
      const place = { method: call.method, index: proof.index, call: i, receipt }
      if (outcome.status === 'thrown') call.reject(new VmsRemoteError(outcome.error, place))
      else if (outcome.status === 'aborted') call.reject(new VmsAbortError(outcome.abort, place))
      else call.resolve(receipt ? { value: outcome.value, receipt } : outcome.value)
    })
    const executed = outcomes.length - skipped.length
    this.#packCalls =
      skipped.length > 0 ? executed : Math.min(2 * this.#packCalls, this.#options.requestCalls)
    this.#again(skipped)
  }

  #refused(
    session: Session,
    signed: SignedRequest,
    refusal: VmsRefusal,
    explanation: string,
  ): void {
    const { afterRefusal, refusedError } = session.verifier
    const { calls } = signed
    signed.refusals.push(refusal)
    const next = afterRefusal(refusal, signed)
    for (const call of calls) call.refused = refusedError(refusal, signed, explanation)
    if (next === 'pause') {
      // The client does not send a request again whose only call has given up.
      for (const call of calls)
        call.sent = calls.length > 1 || call.refused?.mayHaveExecuted === true
      this.#pause(signed)
      return
    }
    this.#done(signed)
    for (const call of calls) {
      call.alone ||= next === 'alone'
      call.refusals += 1
      if (next === 'give up' || call.refusals > SIGN_ATTEMPTS)
        call.reject(call.refused as VmsRefusedError)
    }
    this.#again(calls)
    if (
      refusal.code === 'ERR_VMS_UNKNOWN_HEAD' &&
      session.tracker.head.length === signed.request.head.length
    ) {
      // The host remembers only newer heads. Reconnect: the hello brings its newest one.
      const why = 'the head that the client holds is too old for the host'
      session.link.end(new VmsConnectionError('ERR_VMS_CONNECTION_LOST', why))
    }
  }

  /** Puts calls back to the front, in order, after the host can no longer execute their request. */
  #again(calls: readonly PendingCall[]): void {
    for (const call of calls) call.sent = false
    this.#queue.putBack(calls)
  }

  #pause(signed: SignedRequest): void {
    const { random, after } = this.#options.ports
    const ms = backoffMs(signed.pauses, BUSY_PAUSE_MS, random)
    signed.pauses += 1
    const cancel = after(ms, () => {
      this.#pauses.delete(signed)
      if (signed.calls.every(({ settled }) => settled)) {
        this.#done(signed)
        this.#flush()
      } else this.#send(signed)
    })
    this.#pauses.set(signed, cancel)
  }
}
