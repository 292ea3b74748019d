/** Stands between a browser and a host, passes on what they say, and alters of the host's words what it is told to. */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeHostFrame, encodeFrame, type HostFrame } from '@vms/rpc'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

/** Gives the frame back, altered or as it is. */
export type Alteration = (frame: HostFrame) => HostFrame

/** A proxy in front of a host at `ws://…`. What it gives has the url under which a browser finds it. */
export async function alteringProxy(
  url: string,
): Promise<{ readonly url: string; alter(how: Alteration): void }> {
  let alteration: Alteration = (frame) => frame
  const origin = url.replace(/^ws/, 'http')
  const server = createServer((asked, answer) => {
    const passed = request(`${origin}${asked.url}`, { method: asked.method ?? 'GET' }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers)
      came.pipe(answer)
    })
    passed.end()
  })
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => [...offered][0] ?? false,
  })
  sockets.on('connection', (browser, { url: path }) => {
    const host = new WebSocket(`${url}${path}`, ['vms.rpc.1'])
    const waiting: Buffer[] = []
    host.on('open', () => {
      for (const message of waiting.splice(0)) host.send(message)
    })
    browser.on('message', (message: Buffer) => {
      if (host.readyState === host.OPEN) host.send(message)
      else waiting.push(message)
    })
    host.on('message', (message: Buffer) => {
      browser.send(encodeFrame(alteration(decodeHostFrame(message))))
    })
    host.on('close', () => browser.close())
    browser.on('close', () => host.close())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    alter: (how) => {
      alteration = how
    },
  }
}
