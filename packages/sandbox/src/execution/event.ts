/** Events: a host decides them, and an auditor reads them from the ledger. Everything else in an entry follows from its event. */
import { type AlarmEntry, isUpgrade, type Request } from '@vms/format'
import type { CheckedEntry } from '@vms/format/structure'
import type { BootReason } from './state.ts'

/** The place of an entry. */
export interface Place {
  /** Index of the entry in the ledger. */
  readonly position: number
  /** Milliseconds since 1970. */
  readonly time: number
}

export interface BootEvent extends Place {
  readonly kind: 'boot'
  readonly reason: BootReason
}

export interface InitEvent extends Place {
  readonly kind: 'init'
}

export interface AlarmEvent extends Place {
  readonly kind: 'alarm'
  readonly id: string
  /** False if the host's machine could not run the alarm; then the alarm is only removed. */
  readonly run: boolean
}

/** A signed request, as the host received it. */
export interface SignedRequest {
  /** The encoded request. */
  readonly bytes: Uint8Array
  /** Null for a debug caller. */
  readonly signature: Uint8Array | null
  readonly requestId: Uint8Array
  /** What the script sees as the caller's id. */
  readonly caller: string
  readonly calls: Request['calls']
  /** Number of the first of `calls` within its request. Default 0. */
  readonly firstCall?: number
}

interface RequestPlace extends Place {
  readonly request: SignedRequest
}

/** A request whose calls the machine runs. */
export interface CallsEvent extends RequestPlace {
  readonly kind: 'calls'
}

/** A request that announces a new script. It needs no machine. */
export interface UpgradeEvent extends RequestPlace {
  readonly kind: 'upgrade'
}

export type Event = BootEvent | InitEvent | AlarmEvent | CallsEvent | UpgradeEvent

export const requestEvent = (
  request: SignedRequest,
  { position, time }: Place,
): CallsEvent | UpgradeEvent => ({
  kind: isUpgrade(request) ? 'upgrade' : 'calls',
  request,
  position,
  time,
})

/** The event of a checked entry; null for a genesis. */
export function eventOf({ entry, index, request, requestId, caller }: CheckedEntry): Event | null {
  if (entry.type === 'genesis') return null
  const place = { position: index, time: entry.time }
  switch (entry.type) {
    case 'boot':
      return { kind: 'boot', reason: entry.reason, ...place }
    case 'init':
      return { kind: 'init', ...place }
    case 'alarm':
      return { kind: 'alarm', id: entry.id, run: ran(entry), ...place }
    case 'calls': {
      if (!request || !requestId || caller === undefined)
        throw new TypeError(`the request of entry ${index} was not decoded`)
      const { request: bytes, signature } = entry
      return requestEvent({ bytes, signature, requestId, caller, calls: request.calls }, place)
    }
    default:
      return entry satisfies never
  }
}

// An auditor cannot reproduce an alarm that the host could not run.
const ran = ({ outcome }: AlarmEntry): boolean => outcome.status !== 'skipped'
