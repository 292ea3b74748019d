/**
 * Admission: whether a request may enter the queue. Admission checks everything that does not depend on the request's place in the
 * ledger. The cheapest check comes first, so a flood of bad requests costs little. The executor checks the rest when it assigns a place.
 */
import {
  type Crypto,
  callerId,
  decodeRequest,
  decodeValue,
  type GenesisEntry,
  isUpgrade,
  type Request,
  readUpgrade,
  sameBytes,
  verifyRequest,
} from '@vms/format'
import { Refusal } from '../errors/refusal.ts'
import type { KnownHeads } from './known-heads.ts'
import type { ReplayGuard } from './replay-guard.ts'
import type { ServiceOptions } from './service-options.ts'

export interface Admitted {
  readonly request: Request
  /** What the script sees as the caller's id. */
  readonly caller: string
}

export interface Admission {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  readonly genesis: GenesisEntry
  readonly lifetimeMs: number
  /** Whether the host remembers all requests that may stand at a head of this length or behind it. */
  remembers(length: number): boolean
  /** Tree hash of the group end at `length`, or null if there is none that the host remembers. */
  groupEnd(length: number): Promise<Uint8Array | null> | Uint8Array | null
  methods(): ReadonlySet<string>
  /** Called before the signature check, which costs the most. It uses up no quota, because anyone can name a caller. Throws {@link Refusal}. */
  precheck?(caller: string): void
  /** Index of the boot that the head of a request must include: the script was upgraded then. */
  since(): number
}

/** The admission rules of a service. */
export const admissionOf = (
  options: ServiceOptions,
  heads: KnownHeads,
  guard: Pick<ReplayGuard<unknown>, 'covers'>,
): Admission => ({
  crypto: options.crypto,
  ledgerKey: options.ledger.key,
  genesis: options.genesis,
  lifetimeMs: options.limits.requestLifetimeMs,
  remembers: (length) => guard.covers(length),
  groupEnd: (length) => heads.treeHash(length),
  methods: () => options.execution.state.epoch.methods,
  since: () => options.execution.state.scripts.state.since,
  ...(options.precheck && { precheck: options.precheck }),
})

/** Decodes a request. Throws {@link Refusal} for bytes that no entry of this ledger can hold. */
export function readRequest(at: Admission, bytes: Uint8Array): Request {
  const { limits } = at.genesis
  if (bytes.length > limits.requestBytes) {
    throw new Refusal(
      'ERR_VMS_TOO_LARGE',
      `the request has ${bytes.length} bytes, the limit is ${limits.requestBytes}`,
    )
  }
  const request = decode(bytes)
  if (!sameBytes(request.ledger, at.ledgerKey))
    throw new Refusal('ERR_VMS_BAD_REQUEST', 'the request is for another ledger')
  if (request.calls.length > limits.requestCalls) {
    throw new Refusal(
      'ERR_VMS_TOO_LARGE',
      `the request has ${request.calls.length} calls, the limit is ${limits.requestCalls}`,
    )
  }
  return request
}

/** Checks everything about a decoded request that does not depend on its place in the ledger. Throws {@link Refusal}. */
export async function admit(
  at: Admission,
  request: Request,
  { bytes, signature }: { readonly bytes: Uint8Array; readonly signature: Uint8Array | null },
  now: number,
): Promise<Admitted> {
  checkTime(request, now, at.lifetimeMs)
  if (isUpgrade(request)) checkUpgrade(request, at.genesis)
  else checkCalls(request, at.methods())
  const caller = callerId(request.caller)
  at.precheck?.(caller)
  checkCaller(at, request, bytes, signature)
  const hash = at.remembers(request.head.length) && (await at.groupEnd(request.head.length))
  if (!hash || !sameBytes(hash, request.head.treeHash)) {
    throw new Refusal(
      'ERR_VMS_UNKNOWN_HEAD',
      `the request names a head of length ${request.head.length} that this host does not know, or no longer remembers`,
    )
  }
  const upgraded = olderThan(request, at.since())
  if (upgraded) throw upgraded
  return { request, caller }
}

function decode(bytes: Uint8Array): Request {
  try {
    return decodeRequest(bytes)
  } catch (cause) {
    throw new Refusal(
      'ERR_VMS_BAD_REQUEST',
      `the request cannot be read: ${(cause as Error).message}`,
    )
  }
}

function checkTime(request: Request, now: number, lifetimeMs: number): void {
  if (request.expires < now)
    throw new Refusal('ERR_VMS_EXPIRED', `the request expired ${now - request.expires} ms ago`)
  if (request.expires > now + lifetimeMs) {
    throw new Refusal(
      'ERR_VMS_TOO_FAR_AHEAD',
      `the request expires in ${request.expires - now} ms, the limit is ${lifetimeMs} ms`,
    )
  }
}

function checkCalls(request: Request, methods: ReadonlySet<string>): void {
  request.calls.forEach(([method, args], i) => {
    if (!methods.has(method))
      throw new Refusal(
        'ERR_VMS_UNKNOWN_METHOD',
        `no method ${JSON.stringify(method)} (call ${i} of the request)`,
      )
    let value: unknown
    try {
      value = decodeValue(args)
    } catch (cause) {
      throw new Refusal(
        'ERR_VMS_BAD_REQUEST',
        `the arguments of call ${i} cannot be read: ${(cause as Error).message}`,
      )
    }
    if (!Array.isArray(value))
      throw new Refusal('ERR_VMS_BAD_REQUEST', `the arguments of call ${i} are no array`)
  })
}

function checkUpgrade(request: Request, { upgrade }: GenesisEntry): void {
  try {
    readUpgrade(request)
  } catch (cause) {
    throw new Refusal('ERR_VMS_BAD_REQUEST', `it is no upgrade: ${(cause as Error).message}`)
  }
  if (mayUpgrade(request.caller, upgrade.callers)) return
  const who = upgrade.callers.length === 0 ? 'nobody may' : 'the caller may not'
  throw new Refusal('ERR_VMS_NOT_UPGRADER', `${who} upgrade this service`)
}

const mayUpgrade = (caller: Request['caller'], callers: readonly Uint8Array[]): boolean =>
  typeof caller !== 'string' && callers.some((key) => sameBytes(key, caller))

/** After an upgrade, refuses a request whose caller has not seen the entry that brought the new script. Null if the caller has. */
export const olderThan = ({ head }: Request, since: number): Refusal | null =>
  head.length > since
    ? null
    : new Refusal('ERR_VMS_UPGRADED', `the script was upgraded at entry ${since}`)

function checkCaller(
  at: Admission,
  request: Request,
  bytes: Uint8Array,
  signature: Uint8Array | null,
): void {
  if (typeof request.caller === 'string') {
    if (at.genesis.authentication !== 'debug')
      throw new Refusal('ERR_VMS_UNSIGNED', 'this service takes signed requests only')
    if (signature) throw new Refusal('ERR_VMS_BAD_SIGNATURE', 'a debug caller does not sign')
    return
  }
  if (!signature) throw new Refusal('ERR_VMS_UNSIGNED', 'the request has no signature')
  if (!verifyRequest(at.crypto, bytes, signature, request.caller)) {
    throw new Refusal(
      'ERR_VMS_BAD_SIGNATURE',
      "the signature is not the caller's over this request",
    )
  }
}
