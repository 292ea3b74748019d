/**
 * The port over which frames travel, and its adapter over the WebSocket that browsers and Node have.
 *
 * A transport carries whole messages in order, or ends. It is in the hands of one user, who sets both listeners before
 * it gives up control for the first time, so that no message is lost.
 */
import { RpcError, TransportError } from './errors.ts'

/** WebSocket subprotocol of calls: one frame per binary message. */
export const RPC_PROTOCOL = 'vms.rpc.1'

/** WebSocket subprotocol of replication: binary messages are the bytes of one replication stream. */
export const REPLICATE_PROTOCOL = 'vms.replicate.1'

/** Why a transport ended. `error` is null after an orderly close. */
export interface TransportEnd {
  readonly reason: string
  readonly error: RpcError | null
}

/** An open connection. */
export interface Transport {
  /** Sends one message. The bytes are taken over: the caller does not change them. Does nothing after the end. */
  send(message: Uint8Array): void
  /** Called with each message, in order. */
  onMessage: (message: Uint8Array) => void
  /** Called once, when the connection has ended, whoever ended it. No message follows. */
  onClose: (end: TransportEnd) => void
  /** Ends the connection. Safe to call again. */
  close(): void
}

/** Opens a transport to a `ws:` or `wss:` address. Rejects with an error that says why there is none. */
export type OpenTransport = (url: string, signal: AbortSignal) => Promise<Transport>

/** Opens a WebSocket with the subprotocol {@link RPC_PROTOCOL}. Throws {@link TransportError} `ERR_VMS_UNREACHABLE`. */
export const openWebSocket: OpenTransport = (url, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    let failure: unknown = null
    const socket = new WebSocket(url, RPC_PROTOCOL)
    socket.binaryType = 'arraybuffer'
    const abort = (): void => {
      socket.close()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.onerror = (event) => {
      failure = 'error' in event ? event.error : null
    }
    socket.onopen = () => {
      signal.removeEventListener('abort', abort)
      if (socket.protocol !== RPC_PROTOCOL) {
        socket.close()
        reject(new TransportError(url, `${url} answers, but does not speak ${RPC_PROTOCOL}`))
      } else resolve(wrap(socket))
    }
    socket.onclose = () => {
      signal.removeEventListener('abort', abort)
      reject(
        new TransportError(url, `cannot connect to ${url}${because(failure)}`, { cause: failure }),
      )
    }
  })

function because(failure: unknown): string {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure
  if (!(cause instanceof Error)) return ''
  const code: unknown = 'code' in cause ? cause.code : null
  return `: ${cause.message || String(code ?? cause.name)}`
}

function wrap(socket: WebSocket): Transport {
  let broken: RpcError | null = null
  const transport: Transport = {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message as Uint8Array<ArrayBuffer>)
    },
    onMessage: () => {},
    onClose: () => {},
    close: () => socket.close(),
  }
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) return transport.onMessage(new Uint8Array(data))
    broken = new RpcError('ERR_VMS_BAD_FRAME', 'bad frame: a text message; frames are binary')
    socket.close()
  }
  socket.onerror = () => {
    broken ??= new RpcError('ERR_VMS_CONNECTION_LOST', 'the connection broke')
  }
  socket.onclose = ({ code, reason }) => {
    const orderly = code === 1000 || code === 1005
    const lost = new RpcError('ERR_VMS_CONNECTION_LOST', `the connection ended with code ${code}`)
    transport.onClose({
      reason: reason || `code ${code}`,
      error: broken ?? (orderly ? null : lost),
    })
  }
  return transport
}
