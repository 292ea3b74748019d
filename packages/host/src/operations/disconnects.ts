/** Counts the connections that the host ended, by reason. They show an operator an attack, or a limit that is too low. */
import type { Log } from './log.ts'

/** Why a host ends a connection. The host sends the text to the peer, if the peer still reads. */
export const DISCONNECT_REASONS = {
  unread: 'the peer does not read',
  silent: 'the peer answers no ping',
  memory: 'the connections of this host hold too many bytes together, and this one holds the most',
  signatures: 'too many malformed or wrongly signed requests',
  room: 'the host is full, and this connection was silent for longest',
  plain: 'too many TCP connections that are no WebSockets, and this one is the oldest',
} as const

export type DisconnectReason = keyof typeof DISCONNECT_REASONS

export class Disconnects {
  #counts = new Map<DisconnectReason, number>()
  #log: Log | null

  constructor(log: Log | null = null) {
    this.#log = log
  }

  /** Counts a cut, and returns the text for the peer. */
  note(reason: DisconnectReason): string {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    this.#log?.debug({ reason }, `cut a connection: ${DISCONNECT_REASONS[reason]}`)
    return DISCONNECT_REASONS[reason]
  }

  /** Disconnects by reason. */
  get counts(): Readonly<Record<DisconnectReason, number>> {
    const of = (reason: DisconnectReason): number => this.#counts.get(reason) ?? 0
    return {
      unread: of('unread'),
      silent: of('silent'),
      memory: of('memory'),
      signatures: of('signatures'),
      room: of('room'),
      plain: of('plain'),
    }
  }
}
