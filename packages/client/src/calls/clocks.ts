/** Decides how far the client trusts the time that a host claims. */
import { TIME_MS } from '@vms/format'
import { VmsError } from '../errors/errors.ts'
import { CLOCKS_APART_MS } from './limits.ts'

/** The host's clock and ours are so far apart that the client signed nothing: see `CLOCKS_APART_MS`. */
export class VmsClockError extends VmsError {
  declare readonly code: 'ERR_VMS_CLOCKS_APART'
  /** The host's time, in milliseconds since the epoch. */
  readonly hostTime: number
  /** The time by this clock at that moment. */
  readonly ownTime: number

  constructor(hostTime: number, ownTime: number) {
    const apart = `the host's clock says ${timeText(hostTime)}, the one here ${timeText(ownTime)}`
    const message = `${apart}: more than ${CLOCKS_APART_MS / 60_000} minutes apart`
    super('ERR_VMS_CLOCKS_APART', message, { hint: HINT })
    // Set the name explicitly: a minifier would change the class name that people read.
    this.name = 'VmsClockError'
    this.hostTime = hostTime
    this.ownTime = ownTime
  }
}

/** Throws {@link VmsClockError} if the host's clock is too far from ours for a request to be signed. */
export function assertClocks(now: number, hostAheadMs: number): void {
  if (Math.abs(hostAheadMs) > CLOCKS_APART_MS) throw new VmsClockError(now + hostAheadMs, now)
}

const HINT =
  "the client signed nothing, because the expiry of a request needs a correct clock. If your clock is wrong, set it; otherwise ask the operator to set the host's"

/** A time as text. The host may have made it up, so it can be out of Date's range. */
const timeText = (ms: number): string =>
  Math.abs(ms) <= TIME_MS ? new Date(ms).toISOString() : `${ms} ms after 1970`
