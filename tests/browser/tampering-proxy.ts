/** A proxy between a browser and a host that passes pages on as they are, and frames as a test wants them. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type ClientFrame,
  decodeClientFrame,
  decodeHostFrame,
  encodeHostFrame,
  type HostFrame,
  RPC_PROTOCOL,
} from '@vms/rpc'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

/** What becomes of a frame of the host; `asked` is the frame that it answers, if it answers one. */
export type Tamper = (frame: HostFrame, asked: ClientFrame | null) => HostFrame

export interface TamperingProxy {
  readonly origin: string
  tamper: Tamper
  /** Breaks all connections. */
  drop(): void
}

/** Stands in front of the host at `url` (`ws://…`). Ends with its test. */
export async function startProxy(url: string): Promise<TamperingProxy> {
  const http = createServer(async (request, response) => {
    const page = await fetch(new URL(request.url ?? '/', url.replace(/^ws/, 'http')))
    // What came packed is unpacked by now.
    const {
      'content-encoding': _,
      'content-length': __,
      ...headers
    } = Object.fromEntries(page.headers)
    response.writeHead(page.status, headers)
    response.end(Buffer.from(await page.arrayBuffer()))
  })
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (browser, { url: path }) => {
    const host = new WebSocket(new URL(path ?? '/', url), RPC_PROTOCOL)
    const asked = new Map<unknown, ClientFrame>()
    const waiting: Buffer[] = []
    browser.on('message', (message: Buffer) => {
      const frame = decodeClientFrame(Uint8Array.from(message))
      if (frame[0] !== 'follow') asked.set(frame[1], frame)
      if (host.readyState === WebSocket.OPEN) host.send(message)
      else waiting.push(message)
    })
    host.on('open', () => {
      for (const message of waiting.splice(0)) host.send(message)
    })
    host.on('message', (message: Buffer) => {
      const frame = decodeHostFrame(Uint8Array.from(message))
      const told = frame[0] !== 'hello' && frame[0] !== 'head' ? asked.get(frame[1]) : undefined
      browser.send(encodeHostFrame(proxy.tamper(frame, told ?? null)))
    })
    for (const socket of [host, browser]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        host.terminate()
        browser.terminate()
      })
    }
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const proxy: TamperingProxy = {
    origin: `http://localhost:${(http.address() as AddressInfo).port}`,
    tamper: (frame) => frame,
    drop: () => {
      for (const socket of sockets.clients) socket.terminate()
    },
  }
  onTestFinished(() => {
    proxy.drop()
    http.closeAllConnections()
    http.close()
  })
  return proxy
}
