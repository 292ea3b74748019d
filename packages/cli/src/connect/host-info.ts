/** A host's description of itself over HTTP. It proves nothing, but its keys lead to ledgers that can be verified. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostStatement } from '@vms/auditor'
import { type Address, encodeKey, parseAddress } from '@vms/client'
import { ManyServicesError, UnreachableError } from '../errors/errors.ts'
import { httpUrl, type ServiceTarget } from './target.ts'

/** Milliseconds within which a host must answer. */
const ANSWER_MS = 10_000

/** Most bytes of an answer, so that a hostile host cannot send without end. Some thousand methods fit. */
const ANSWER_BYTES = 4 * 1024 * 1024

/** One service of a host, as `/.well-known/vms.json` lists it. */
export interface ServiceInfo {
  readonly id: string
  readonly title: string
  readonly ledger: string
  readonly files: string
  readonly methods: readonly string[]
  readonly authentication: 'signed' | 'debug'
  readonly semantics: number
  readonly length: number
  /** `running`, or the reason why the host refuses calls. */
  readonly state: string
  /** The fault for which the host stopped the service; null if there is none, or if it is unknown. */
  readonly fault: Fault | null
}

/** The fault of a service, as a host describes it. */
export interface Fault {
  readonly name: string
  readonly code: string
  readonly reason: string
  readonly since: string
}

/** A host, as `/.well-known/vms.json` describes it. */
export interface HostInfo {
  readonly services: readonly ServiceInfo[]
  /** The provisioning service of a host of many; null on a host of one script. */
  readonly provisioning: ServiceInfo | null
}

/** Fetches the description of a host. Throws {@link UnreachableError}. */
export async function fetchHostInfo(
  target: ServiceTarget,
  signal?: AbortSignal,
): Promise<HostInfo> {
  const url = httpUrl(target, '/.well-known/vms.json')
  return parseHost(url, await fetchText(url, signal))
}

/**
 * Fetches a statement that a host of many signs: the list of its services, or its answer to the question `nonce`. Null if the
 * host gives no readable one. A lying host may do so.
 */
export async function fetchStatement(
  target: ServiceTarget,
  nonce: Uint8Array | null,
  signal?: AbortSignal,
): Promise<HostStatement | null> {
  const asked = nonce ? `/${Buffer.from(nonce).toString('hex')}` : ''
  const { decodeHostStatement } = await import('@vms/auditor')
  const url = httpUrl(target, `/.well-known/vms-statement${asked}.json`)
  for (let tries = 1; ; tries++) {
    try {
      const { statement } = JSON.parse(await fetchText(url, signal)) as { statement: unknown }
      return decodeHostStatement(new Uint8Array(Buffer.from(String(statement), 'base64')))
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof LaterError) || tries === STATEMENT_TRIES) return null
      await sleep(error.waitMs, undefined, signal && { signal })
    }
  }
}

/** Most questions for one statement, while the host signs no more for this address. */
const STATEMENT_TRIES = 3

/** Most milliseconds to wait because a host asks for it. */
const WAIT_MS_MAX = 60_000

/** The host answers this address again later. */
class LaterError extends UnreachableError {
  readonly waitMs: number

  constructor(url: string, retryAfter: string | null) {
    super(url, `${url} answers this address again after ${retryAfter ?? '?'} s`)
    this.waitMs = Math.min(WAIT_MS_MAX, 1_000 * (Number(retryAfter) || 1))
  }
}

/** Fetches the description of the service with the id in the address, or of the only one. Throws {@link UnreachableError}. */
export async function fetchServiceInfo(
  target: ServiceTarget,
  signal?: AbortSignal,
): Promise<ServiceInfo> {
  const { services, provisioning } = await fetchHostInfo(target, signal)
  const wanted = target.ledger && encodeKey(target.ledger)
  if (wanted === null && provisioning) throw new ManyServicesError(target.url)
  const found =
    wanted === null
      ? services[0]
      : [...services, ...(provisioning ? [provisioning] : [])].find(({ id }) => id === wanted)
  if (found) return found
  throw new UnreachableError(
    httpUrl(target, '/.well-known/vms.json'),
    wanted === null ? `${target.url} serves nothing` : `${target.url} does not serve this ledger`,
  )
}

async function fetchText(url: string, signal: AbortSignal | undefined): Promise<string> {
  const late = AbortSignal.timeout(ANSWER_MS)
  try {
    const response = await fetch(url, {
      // Not followed, because calls and replication do not follow redirects either.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, late]) : late,
    })
    if (response.status === 421) throw await misdirected(url, response)
    if (response.status === 429) throw new LaterError(url, response.headers.get('retry-after'))
    if (!response.ok)
      throw new UnreachableError(
        url,
        `${url} answers with status ${response.status}: that is no VMS host`,
      )
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > ANSWER_BYTES)
        throw new UnreachableError(url, `${url} answers with more than ${ANSWER_BYTES} bytes`)
    }
    return text
  } catch (cause) {
    if (cause instanceof UnreachableError || signal?.aborted) throw cause
    throw new UnreachableError(
      url,
      `cannot reach ${new URL(url).host}: ${reason(cause as Error)}`,
      {
        cause,
      },
    )
  }
}

/** Characters of a host's reason that the error shows. */
const REFUSAL_MAX = 300

/** The error for a host that refuses requests under this name. Its answer says in one line how to allow the name. */
async function misdirected(url: string, response: Response): Promise<UnreachableError> {
  const why = (await response.text()).trim().slice(0, REFUSAL_MAX)
  return new UnreachableError(url, `${new URL(url).host} refuses requests under this name: ${why}`)
}

/** The reason of a failed `fetch`, which has it in the cause. */
function reason(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1000} s`
  const cause = error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause
  const { message, code = '' } = (cause ?? error) as NodeJS.ErrnoException
  return REASONS[code] ?? (message === 'bad port' ? BAD_PORT : message || code || error.message)
}

const UNTRUSTED =
  'its certificate is not trusted here; NODE_EXTRA_CA_CERTS=<file> names one (PEM) that is'

/** Words for the common reasons. Others keep the words of the platform. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'no machine answers there',
  UND_ERR_SOCKET: 'the connection was closed; a host with TLS has the address wss://…',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name could not be looked up',
}

const BAD_PORT = 'this port belongs to another protocol, and browsers and Node refuse to use it'

function parseHost(url: string, text: string): HostInfo {
  try {
    const { services, provisioning } = JSON.parse(text) as {
      services: unknown[]
      provisioning?: unknown
    }
    return {
      services: services.map(readService),
      provisioning: provisioning === undefined ? null : readService(provisioning),
    }
  } catch (cause) {
    throw new UnreachableError(url, `${url} does not describe a VMS host`, { cause })
  }
}

/** Reads a description, which may be anything. Throws TypeError if a field is missing or of another type. */
export function readService(service: unknown): ServiceInfo {
  const { id, title, ledger, files, methods, authentication, semantics, length, state, fault } =
    service as Record<keyof ServiceInfo, unknown>
  if (!Array.isArray(methods)) throw new TypeError('methods are no array')
  if (authentication !== 'signed' && authentication !== 'debug')
    throw new TypeError('no authentication of ours')
  mustBe('ledger', parseAddress(text(ledger)))
  mustBe('files', parseAddress(text(files)))
  return {
    id: text(id),
    title: text(title),
    ledger: text(ledger),
    files: text(files),
    methods: methods.map(text),
    authentication,
    semantics: count(semantics),
    length: count(length),
    state: state === undefined ? 'running' : text(state),
    fault: fault === undefined || fault === null ? null : readFault(fault),
  }
}

function readFault(fault: unknown): Fault {
  const { name, code, reason, since } = fault as Record<keyof Fault, unknown>
  return { name: text(name), code: text(code), reason: text(reason), since: text(since) }
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no text')
  return value
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('no count')
  return value as number
}

function mustBe(kind: Address['kind'], address: Address): void {
  if (address.kind !== kind) throw new TypeError(`${address.url} is no address of ${kind}`)
}
