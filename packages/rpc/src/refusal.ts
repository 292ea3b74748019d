/** The codes of refusals: why a host does not execute a request, and how its client reacts. @vms/format defines the signed fields. */

/** What a client does with the calls of a refused request. */
export type RefusalRetry =
  /** Gives up: the host would refuse the same calls again. */
  | 'never'
  /** One call is at fault. Signs a request for each call; gives up a call that was alone in its request. */
  | 'alone'
  /** Signs the calls again at once, with the newest head and a new expiry. */
  | 'now'
  /** Sends the same bytes again after a pause. */
  | 'later'

/** The meaning of a refusal code. */
export interface RefusalMeaning {
  readonly message: string
  readonly hint: string
  readonly retry: RefusalRetry
  /**
   * Whether the host will never execute these bytes. If it may still do so (it was only busy), a client that signs the same calls again
   * could run them twice, because the old bytes may reach the host again. Sending the same bytes again is safe.
   */
  readonly final: boolean
}

// Common reactions: see RefusalMeaning.
const givenUp = { retry: 'never', final: true } as const
const oneAtFault = { retry: 'alone', final: true } as const
const notAllowed = { retry: 'never', final: false } as const
const outOfDate = { retry: 'now', final: true } as const
const notNow = { retry: 'later', final: false } as const

const refusals = {
  ERR_VMS_BAD_REQUEST: {
    ...givenUp,
    message: 'the request is malformed or for another ledger',
    hint: 'the client and the host may be of different versions',
  },
  ERR_VMS_BAD_SIGNATURE: {
    ...givenUp,
    message: "the caller's signature does not hold",
    hint: "the secret key must be the caller's, and the request must arrive as it was signed",
  },
  ERR_VMS_UNSIGNED: {
    ...givenUp,
    message: 'the request is not signed',
    hint: 'this service takes signed requests only: give a key pair instead of a user name',
  },
  ERR_VMS_TOO_FAR_AHEAD: {
    ...notAllowed,
    message: 'the request expires later than the host allows',
    hint: "one of the two clocks is wrong: an expiry must lie within the lifetime that the host's hello announces",
  },
  ERR_VMS_EXPIRED: {
    ...outOfDate,
    message: 'the request expired before it could be executed',
    hint: 'if it keeps happening, one of the two clocks is wrong',
  },
  ERR_VMS_UNKNOWN_HEAD: {
    ...outOfDate,
    message: "the request's head is not one that the host knows or remembers",
    hint: 'if the head was never of this ledger, the host has shown two histories',
  },
  ERR_VMS_UPGRADED: {
    ...outOfDate,
    message: 'the service has another script since the head that the request names',
    hint: 'if it keeps happening, the script is upgraded all the time',
  },
  ERR_VMS_NOT_UPGRADER: {
    ...givenUp,
    message: 'the caller may not upgrade the script',
    hint: "only those whom the service's genesis names may, for ever",
  },
  ERR_VMS_UNKNOWN_METHOD: {
    ...oneAtFault,
    message: 'the service has no such method',
    hint: 'backendInfo.methods lists what it has',
  },
  ERR_VMS_TOO_LARGE: {
    ...oneAtFault,
    message: 'the request is larger, or has more calls, than the service allows',
    hint: 'send less at once',
  },
  ERR_VMS_WALL_CLOCK: {
    ...oneAtFault,
    message: 'the call took longer than the operator allows',
    hint: 'the call does too much, or never ends',
  },
  ERR_VMS_MEMORY: {
    ...oneAtFault,
    message: 'the call used more memory than the operator allows',
    hint: 'the call must do with less memory',
  },
  ERR_VMS_STACK: {
    ...oneAtFault,
    message: "the call nested deeper than the host's stack allows",
    hint: 'the script must not recurse as deep',
  },
  ERR_VMS_CRASH: {
    ...oneAtFault,
    message: "the call crashed the host's machine",
    hint: 'nothing of the call was kept; the operator has the details',
  },
  ERR_VMS_STOPPED: {
    ...notAllowed,
    message: 'the service is stopped',
    hint: 'what is stopped can be started by who deployed it or an admin, what is removed cannot; its ledger can be read',
  },
  ERR_VMS_FAULTED: {
    ...notAllowed,
    message: 'the service is faulted, and executes nothing until somebody starts it again',
    hint: 'the deployer or an admin can run vms stop and vms start; the operator can restart the host. The ledger can be read meanwhile',
  },
  ERR_VMS_STORAGE: {
    ...notAllowed,
    message: 'the service has stored as much as the host allows',
    hint: 'its ledger can be read; the operator may allow it more',
  },
  ERR_VMS_RATE: {
    ...notNow,
    message: 'the caller makes more calls than the host allows',
    hint: 'make fewer calls per second',
  },
  ERR_VMS_BUSY: {
    ...notNow,
    message: 'the host has too much to do',
    hint: 'try again later',
  },
  ERR_VMS_CLOCK: {
    ...notNow,
    message: "the host's clock is behind its own ledger",
    hint: 'the operator must set the clock right',
  },
  ERR_VMS_CLOSING: {
    ...notNow,
    message: 'the host is closing',
    hint: 'try again when it is back',
  },
} as const satisfies Record<string, RefusalMeaning>

/** Why a request was refused. */
export type RefusalCode = keyof typeof refusals

/** All refusal codes. */
export const refusalCodes = Object.keys(refusals) as RefusalCode[]

/** What a refusal code means. */
export const refusalMeaning = (code: RefusalCode): RefusalMeaning => refusals[code]

/**
 * Whether the client may put the calls of a refused request into a new one without the risk that they run twice: the host has not executed
 * the old bytes, and never will. `covers`: the host's signed statements about earlier sendings. `sendings`: how often the request was sent,
 * including this time.
 */
export const safeToSignAgain = (
  { code, covers }: { readonly code: RefusalCode; readonly covers: boolean },
  sendings: number,
): boolean => refusals[code].final && (covers || sendings <= 1)
