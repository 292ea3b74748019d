/** What a host says about itself over HTTP. It is the host's word: keys lead to what can be checked. */
import { type Address, encodeKey, parseAddress } from '@vms/client'
import { UnreachableError } from './errors.ts'
import { httpUrl, type ServiceTarget } from './target.ts'

/** Milliseconds that a host has to answer. */
const ANSWER_MS = 10_000

/** Bytes of an answer: some thousand methods fit. Bounds what a hostile host makes us read. */
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
}

/** The service that the address names: the one with its ledger id, or the only one. Throws {@link UnreachableError}. */
export async function fetchServiceInfo(
  target: ServiceTarget,
  signal?: AbortSignal,
): Promise<ServiceInfo> {
  const url = httpUrl(target, '/.well-known/vms.json')
  const services = parseServices(url, await fetchText(url, signal))
  const wanted = target.ledger && encodeKey(target.ledger)
  const found = wanted === null ? services[0] : services.find(({ id }) => id === wanted)
  if (found) return found
  throw new UnreachableError(
    url,
    wanted === null ? `${target.url} serves nothing` : `${target.url} does not serve this ledger`,
  )
}

async function fetchText(url: string, signal: AbortSignal | undefined): Promise<string> {
  const late = AbortSignal.timeout(ANSWER_MS)
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, late]) : late })
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
        hint: 'is the host running, and is the address right?',
      },
    )
  }
}

/** undici says "fetch failed" and keeps why in the cause. */
function reason(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1000} s`
  const { message, code } = (error.cause ?? error) as NodeJS.ErrnoException
  return message || code || error.message
}

function parseServices(url: string, text: string): ServiceInfo[] {
  try {
    const { services } = JSON.parse(text) as { services: ServiceInfo[] }
    for (const service of services) {
      mustBe('ledger', parseAddress(service.ledger))
      mustBe('files', parseAddress(service.files))
    }
    return services
  } catch (cause) {
    throw new UnreachableError(url, `${url} does not describe a VMS host`, { cause })
  }
}

function mustBe(kind: Address['kind'], address: Address): void {
  if (address.kind !== kind) throw new TypeError(`${address.url} is no address of ${kind}`)
}
