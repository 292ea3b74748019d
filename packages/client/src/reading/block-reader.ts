/**
 * Reads blocks of a service's cores, and checks each against a tree hash that the host has signed. Reading changes nothing, so the reader
 * repeats an interrupted question on the next connection.
 */
import { type CoreHead, checkBlocks, type SignedHead } from '@vms/format'
import type { CoreName } from '@vms/rpc'
import { crypto } from '#crypto'
import type { Link } from '../connection/link.ts'
import type { ClientEvents } from '../connection/options.ts'
import {
  closed,
  VmsConnectionError,
  type VmsError,
  VmsTimeoutError,
  VmsVerificationError,
} from '../errors/errors.ts'
import { verifying } from '../errors/verifying.ts'
import type { Emitter } from '../platform/emitter.ts'
import type { ClientPorts } from '../platform/ports.ts'

/** The part of a session that the reader uses. */
interface Linked {
  readonly link: Link
}

/** The part of the client that the reader uses. */
export interface BlockReaderOptions {
  readonly events: Emitter<ClientEvents>
  readonly after: ClientPorts['after']
  /** Milliseconds that one reading may take. */
  readonly timeoutMs: number
  /** The present session; null if there is none now. */
  readonly session: () => Linked | null
  /** Whether the client has ended, so that no session will come. */
  readonly ended: () => boolean
  /** The newest head that was verified. Throws before the first. */
  readonly head: () => SignedHead
  /** Ends the client after an invalid statement of the host. */
  readonly fail: (error: VmsError) => void
}

/** Verified blocks from the start of the range, and the tree hash of the core before them. */
export interface CheckedBlocks {
  readonly blocks: readonly Uint8Array[]
  readonly startHash: Uint8Array
}

export class BlockReader {
  #options: BlockReaderOptions

  constructor(options: BlockReaderOptions) {
    this.#options = options
  }

  /** The newest head that was verified. */
  get head(): SignedHead {
    return this.#options.head()
  }

  /** Ends the client because the host's answer does not hold. Returns the error to throw. */
  refuse(what: 'entries' | 'files', message: string): VmsVerificationError {
    const error = new VmsVerificationError(what, message, { held: this.head })
    this.#options.fail(error)
    return error
  }

  /** The blocks [start, end) of a core, or as many of the first of them as the host sends at once. */
  async read(
    core: CoreName,
    head: CoreHead,
    range: readonly [start: number, end: number],
  ): Promise<CheckedBlocks> {
    const { after, timeoutMs, fail } = this.#options
    const deadline = Promise.withResolvers<never>()
    deadline.promise.catch(() => {})
    const stopTimer = after(timeoutMs, () =>
      deadline.reject(new VmsTimeoutError('reading', timeoutMs, false)),
    )
    try {
      for (;;) {
        const { link } = await Promise.race([this.#ready(), deadline.promise])
        try {
          const answer = await Promise.race([
            link.blocks(core, range, head.length),
            deadline.promise,
          ])
          const what = core === 'log' ? 'entries' : 'files'
          const evidence = { held: this.head, frame: answer }
          const startHash = verifying(what, evidence, () =>
            checkBlocks(crypto, head, range, answer),
          )
          return { blocks: answer.blocks, startHash }
        } catch (error) {
          if (error instanceof VmsVerificationError) fail(error)
          // The next session may answer, unless the client has ended.
          if (!(error instanceof VmsConnectionError) || !link.ended) throw error
        }
      }
    } finally {
      stopTimer()
    }
  }

  /** The present session. If there is none, waits for the next. */
  async #ready(): Promise<Linked> {
    const { events, session, ended } = this.#options
    for (;;) {
      const now = session()
      if (now) return now
      if (ended()) throw closed()
      const waiting = Promise.withResolvers<void>()
      const stops = [
        events.on('ready', waiting.resolve),
        events.on('close', () => waiting.reject(closed())),
      ]
      try {
        await waiting.promise
      } finally {
        for (const stop of stops) stop()
      }
    }
  }
}
