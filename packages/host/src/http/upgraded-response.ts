/**
 * An HTTP response to a request that asks for another protocol than WebSocket. Node hands the socket of every request with an
 * `Upgrade` header to the listener for upgrades. `curl --http2` sends such a header and expects the page if the server ignores it.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Whether a request asks for a WebSocket. */
export const asksForWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket'

/** A response over the socket of an upgrade that the host does not accept. The socket ends after it. */
export function responseTo(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as Socket)
  response.once('finish', () => socket.end())
  return response
}
