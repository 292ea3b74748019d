/** A session: a link to a known service, whose history extends the one that the client saw before. */
import { type HeadTracker, RpcError } from '@vms/rpc'
import type { HeldHead } from '../connection/held-head.ts'
import { Link, type LinkOptions } from '../connection/link.ts'
import type { ServiceInfo } from '../connection/service-info.ts'
import { VmsConnectionError, type VmsError } from '../errors/errors.ts'
import { loadVerifier, type Verifier } from '../verify/load-verifier.ts'

export interface SessionOptions extends Omit<LinkOptions, 'verifier'> {
  readonly url: string
  readonly held: HeldHead | null
  /** Cancels the opening; its reason is a {@link VmsError}. Has no effect once the session is open. */
  readonly signal: AbortSignal
}

/** An open session. */
export interface Session {
  readonly info: ServiceInfo
  /** The verifier. */
  readonly verifier: Verifier
  /** The verified head. */
  readonly tracker: HeadTracker
  readonly hostAheadMs: number
  readonly link: Link
}

/** Opens a session. Rejects with the reason if it cannot. Then it has released everything, and did not call `onEnd`. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { ports, url, held, signal } = options
  let open = false
  const loading = loadVerifier()
  // The first message awaits it, and may never come.
  loading.catch(() => {})
  const link = new Link({
    ...options,
    verifier: loading,
    onEnd: (error) => {
      if (open) options.onEnd(error)
    },
  })
  const abort = (): void => link.end(signal.reason)
  try {
    signal.throwIfAborted()
    signal.addEventListener('abort', abort)
    link.start(await ports.openTransport(url, link, signal))
    const greeting = await link.greeting
    const { hello, tracker, hostAheadMs } = greeting
    const verifier = await loading
    const info = held
      ? { ...held.info, methods: hello.methods, limits: hello.limits }
      : verifier.checkGenesis(verifier.crypto, hello, await link.entry(0))
    if (held) await verifier.checkHistory(held, greeting, link)
    if (link.ended) throw link.ended
    open = true
    return {
      info,
      verifier,
      tracker,
      hostAheadMs,
      link,
    }
  } catch (error) {
    link.end(error as VmsError)
    throw error instanceof RpcError ? unreachable(error) : error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const unreachable = (error: RpcError): VmsConnectionError =>
  new VmsConnectionError('ERR_VMS_UNREACHABLE', error.message, {
    cause: error,
    ...(error.hint && { hint: error.hint }),
  })
