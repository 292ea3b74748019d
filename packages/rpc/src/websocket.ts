/** The transport over the WebSocket that browsers and Node have. */
import { RpcError, TransportError } from './errors.ts'
import { type OpenTransport, RPC_PROTOCOL, type TransportListener } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** Opens a WebSocket with the subprotocol {@link RPC_PROTOCOL}. Rejects with {@link TransportError}. */
export const openWebSocket: OpenTransport = (url, listener, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = new WebSocket(url, RPC_PROTOCOL)
    socket.binaryType = 'arraybuffer'
    const abort = (): void => {
      reject(signal.reason)
      socket.close()
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.onclose = () => {
      signal.removeEventListener('abort', abort)
      if (!signal.aborted) void unreachable(url, signal).then(reject)
    }
    socket.onopen = () => {
      signal.removeEventListener('abort', abort)
      if (signal.aborted) return
      if (socket.protocol === RPC_PROTOCOL) {
        pass(socket, listener)
        resolve({
          send(message) {
            // The cast is safe: no message of this package lies in a SharedArrayBuffer.
            if (socket.readyState === WebSocket.OPEN)
              socket.send(message as Uint8Array<ArrayBuffer>)
          },
          close: () => socket.close(),
        })
      } else {
        reject(new TransportError(url, `${url} answers, but not in ${RPC_PROTOCOL}`))
        socket.close()
      }
    }
  })

/** Passes the messages and the end of an open socket to the listener. */
function pass(socket: WebSocket, listener: TransportListener): void {
  let broken: RpcError | null = null
  socket.onmessage = ({ data }) => {
    if (broken) return
    if (data instanceof ArrayBuffer) return listener.onMessage(new Uint8Array(data))
    broken = new RpcError('ERR_VMS_BAD_FRAME', 'bad frame: a text message; frames are binary')
    socket.close()
  }
  socket.onerror = () => {
    broken ??= new RpcError('ERR_VMS_CONNECTION_LOST', 'the connection broke')
  }
  socket.onclose = ({ code, reason }) => {
    const orderly = code === 1000 || code === 1001 || code === 1005
    const why = reason === '' ? `code ${code}` : `code ${code}: ${reason}`
    listener.onClose(
      broken ??
        (orderly
          ? null
          : new RpcError('ERR_VMS_CONNECTION_LOST', `the connection ended with ${why}`)),
    )
  }
}
