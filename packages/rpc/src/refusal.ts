/**
 * Refusals: what a host says about a request that it will not execute.
 *
 * A refusal is signed with the ledger's refusal key over the request's id, the code and the host's head, and is in no
 * entry. It commits the host: if a request that it refused at a head stands in the ledger at or behind that head, the
 * two together are evidence against it. So a client may sign the same calls anew.
 */
import { type Crypto, domainTag, encodeValue } from '@vms/format'

/** What a client does with the calls of a refused request. */
export type RefusalRetry =
  /** Nothing: the same calls would be refused again. */
  | 'never'
  /** One call is at fault and the others are not: each goes into a request of its own; a lone call is given up. */
  | 'alone'
  /** Sign anew at once, with the newest head and a fresh expiry. */
  | 'now'
  /** Sign anew after a pause. */
  | 'later'

interface RefusalMeaning {
  readonly message: string
  readonly hint: string
  readonly retry: RefusalRetry
  /**
   * Whether the refusal also says that no earlier sending of the same bytes was executed. A host finds the recorded
   * outcome of a request before it refuses it, but it cannot where it no longer remembers as far back.
   */
  readonly safeToSignAgain: boolean
}

/** Every reason for which a host refuses a request, and what a client makes of it. */
export const REFUSALS = {
  ERR_VMS_BAD_REQUEST: {
    message: 'the request is malformed',
    hint: 'the client and the host may be of different versions',
    retry: 'never',
    safeToSignAgain: true,
  },
  ERR_VMS_WRONG_LEDGER: {
    message: 'the request is for another ledger',
    hint: 'connect anew: the address leads to another service now',
    retry: 'never',
    safeToSignAgain: true,
  },
  ERR_VMS_BAD_SIGNATURE: {
    message: "the caller's signature does not hold",
    hint: "the secret key must be the caller's, and the request must arrive as it was signed",
    retry: 'never',
    safeToSignAgain: true,
  },
  ERR_VMS_UNSIGNED: {
    message: 'the request is not signed',
    hint: 'this service takes signed requests only: give a key pair instead of a user name',
    retry: 'never',
    safeToSignAgain: true,
  },
  ERR_VMS_EXPIRED: {
    message: 'the request expired before it could be executed',
    hint: 'sign it anew; if it keeps happening, one of the two clocks is wrong',
    retry: 'now',
    safeToSignAgain: true,
  },
  ERR_VMS_TOO_FAR_AHEAD: {
    message: 'the request expires later than the host allows',
    hint: "take an expiry within the lifetime that the host's hello announces",
    retry: 'now',
    safeToSignAgain: true,
  },
  ERR_VMS_UNKNOWN_HEAD: {
    message: "the request's head is not one that the host knows or remembers",
    hint: 'sign it anew under a newer head; if the head was never of this ledger, the host shows two histories',
    retry: 'now',
    safeToSignAgain: false,
  },
  ERR_VMS_UNKNOWN_METHOD: {
    message: 'the service has no such method',
    hint: 'backendInfo.methods lists what it has',
    retry: 'alone',
    safeToSignAgain: true,
  },
  ERR_VMS_TOO_LARGE: {
    message: 'the request is larger, or has more calls, than the service allows',
    hint: 'send less at once',
    retry: 'alone',
    safeToSignAgain: true,
  },
  ERR_VMS_BUSY: {
    message: 'the host has too much to do',
    hint: 'try again later',
    retry: 'later',
    safeToSignAgain: true,
  },
  ERR_VMS_CLOCK: {
    message: "the host's clock is behind its own ledger",
    hint: 'the operator must set the clock right',
    retry: 'later',
    safeToSignAgain: true,
  },
  ERR_VMS_WALL_CLOCK: {
    message: 'a call took longer than the operator allows',
    hint: 'the call does too much, or never ends',
    retry: 'alone',
    safeToSignAgain: true,
  },
  ERR_VMS_MEMORY: {
    message: 'a call used more memory than the operator allows',
    hint: 'the call must do with less memory',
    retry: 'alone',
    safeToSignAgain: true,
  },
  ERR_VMS_STACK: {
    message: 'a call nested deeper than the stack of the host allows',
    hint: 'the script must not recurse as deep',
    retry: 'alone',
    safeToSignAgain: true,
  },
  ERR_VMS_CRASH: {
    message: "a call crashed the host's machine",
    hint: 'nothing of the call was kept; the operator has the details',
    retry: 'alone',
    safeToSignAgain: true,
  },
  ERR_VMS_CLOSING: {
    message: 'the host is closing',
    hint: 'try again when it is back',
    retry: 'later',
    safeToSignAgain: true,
  },
} as const satisfies Record<string, RefusalMeaning>

/** Why a request was refused. */
export type RefusalCode = keyof typeof REFUSALS

export const refusalCodes = Object.keys(REFUSALS) as RefusalCode[]

/** What a refusal code means. */
export const refusalMeaning = (code: RefusalCode): RefusalMeaning => REFUSALS[code]

/** What the signature of a refusal is over. `length` (entries) and `treeHash` are the host's durable head. */
export interface RefusalClaim {
  readonly requestId: Uint8Array
  readonly code: RefusalCode
  readonly head: { readonly length: number; readonly treeHash: Uint8Array }
}

const tag = domainTag('vms/refusal/1')

function signable({ requestId, code, head }: RefusalClaim): Uint8Array {
  const claim = encodeValue([requestId, code, head.length, head.treeHash])
  const out = new Uint8Array(tag.length + claim.length)
  out.set(tag)
  out.set(claim, tag.length)
  return out
}

/** The host's signature (64 bytes) over a refusal, by the secret half of the genesis' `keys.refusal`. */
export const signRefusal = (
  crypto: Crypto,
  claim: RefusalClaim,
  secretKey: Uint8Array,
): Uint8Array => crypto.sign(signable(claim), secretKey)

/** Whether `signature` is the one of `publicKey`, the genesis' `keys.refusal`, over the refusal. */
export const verifyRefusal = (
  crypto: Crypto,
  claim: RefusalClaim,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean => crypto.verify(signable(claim), signature, publicKey)
