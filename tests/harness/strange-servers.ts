/** Servers that are no hosts: what may answer at a mistyped port. Each on a free port of this machine. */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

/** Starts a server, gone when the test ends; resolves with `localhost:<port>`. */
async function listen(server: Server): Promise<string> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return `localhost:${(server.address() as { port: number }).port}`
}

/** A TCP server. */
export const tcp = (onConnection: (socket: Socket) => void): Promise<string> =>
  listen(createTcpServer(onConnection))

/** An HTTP server. */
export const http = (answer: RequestListener): Promise<string> => listen(createServer(answer))

/** An HTTP server that says `text` to every question, as a host does at its well-known address. */
export const saying = (text: string): Promise<string> => http((_, response) => response.end(text))

/** The same, and takes every WebSocket. */
export function sayingAndTaking(
  text: string,
  onSocket: (socket: WebSocket) => void,
): Promise<string> {
  const server: HttpServer = createServer((_, response) => response.end(text))
  const sockets = new WebSocketServer({
    server,
    handleProtocols: ([first]: Set<string>) => first ?? false,
  })
  sockets.on('connection', onSocket)
  return listen(server)
}
