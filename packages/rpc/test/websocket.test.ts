/** The WebSocket adapter against a real server on this machine. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import { openWebSocket, RPC_PROTOCOL, type RpcError, TransportError } from '../src/index.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Serves sockets of one subprotocol and returns the address. */
async function serve(
  onSocket: (socket: ServerSocket) => void,
  protocol: string | false = RPC_PROTOCOL,
): Promise<string> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => protocol,
  })
  server.on('connection', onSocket)
  closing.push(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function recorder() {
  const messages: string[] = []
  const closed = Promise.withResolvers<RpcError | null>()
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
  return {
    messages,
    closed: closed.promise,
    listener: {
      onMessage: (bytes: Uint8Array) => void messages.push(text(bytes)),
      onClose: closed.resolve,
    },
  }
}

const never = new AbortController().signal

test('what the server says at once is not lost, and messages keep their order', async () => {
  const url = await serve((socket) => {
    socket.send(Buffer.from('hello'))
    socket.on('message', (data) => socket.send(data))
  })
  const { messages, closed, listener } = recorder()
  const transport = await openWebSocket(url, listener, never)
  for (const text of ['a', 'b', 'c']) transport.send(Buffer.from(text))
  await expect.poll(() => messages).toEqual(['hello', 'a', 'b', 'c'])
  transport.close()
  transport.close()
  transport.send(Buffer.from('after the end'))
  expect(await closed).toBeNull()
})

test('a view into a larger buffer is sent as what it shows', async () => {
  const url = await serve((socket) => socket.on('message', (data) => socket.send(data)))
  const { messages, listener } = recorder()
  const transport = await openWebSocket(url, listener, never)
  transport.send(Buffer.from('--view--').subarray(2, 6))
  await expect.poll(() => messages).toEqual(['view'])
  transport.close()
})

test('an end that the host wanted is orderly, one that happened is not', async () => {
  const polite = recorder()
  await openWebSocket(
    await serve((socket) => socket.close(1001, 'closing')),
    polite.listener,
    never,
  )
  expect(await polite.closed).toBeNull()
  const broken = recorder()
  await openWebSocket(
    await serve((socket) => setTimeout(() => socket.terminate(), 10)),
    broken.listener,
    never,
  )
  expect(await broken.closed).toMatchObject({ code: 'ERR_VMS_CONNECTION_LOST' })
  const angry = recorder()
  await openWebSocket(await serve((socket) => socket.close(1009, 'too big')), angry.listener, never)
  expect(await angry.closed).toMatchObject({
    code: 'ERR_VMS_CONNECTION_LOST',
    message: 'the connection ended with code 1009: too big',
  })
})

test('a text message is a bad frame and ends the connection', async () => {
  const { messages, closed, listener } = recorder()
  await openWebSocket(await serve((socket) => socket.send('text')), listener, never)
  expect(await closed).toMatchObject({ code: 'ERR_VMS_BAD_FRAME' })
  expect(messages).toEqual([])
})

test('an address where nothing listens says so', async () => {
  const url = await serve(() => {})
  for (const close of closing.splice(0)) close()
  const error = await openWebSocket(url, recorder().listener, never).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TransportError)
  expect(error).toMatchObject({
    code: 'ERR_VMS_UNREACHABLE',
    url,
    message: `cannot connect to ${url}: nothing listens there`,
  })
  expect((error as TransportError).shouldRetry()).toBe(true)
})

test.each([
  [200, 'takes no such connection, or no more from this address for now'],
  [404, 'a server answers there (HTTP 404), but takes no such connection'],
  [503, 'the host is not ready yet, or has too many connections'],
])('a server that takes no connection is named as such: HTTP %i', async (status, message) => {
  const web = createServer((_request, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    web.closeAllConnections()
    web.close()
  })
  const url = `ws://127.0.0.1:${(web.address() as AddressInfo).port}/`
  await expect(openWebSocket(url, recorder().listener, never)).rejects.toThrow(message)
})

test('a server that does not choose the subprotocol is refused', async () => {
  const url = await serve(() => {}, false)
  await expect(openWebSocket(url, recorder().listener, never)).rejects.toMatchObject({
    code: 'ERR_VMS_UNREACHABLE',
  })
})

test('an aborted opening rejects with the reason of the signal', async () => {
  const url = await serve(() => {})
  const reason = new Error('changed my mind')
  await expect(openWebSocket(url, recorder().listener, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  )
  const abort = new AbortController()
  const opening = openWebSocket(url, recorder().listener, abort.signal)
  abort.abort(reason)
  await expect(opening).rejects.toBe(reason)
})
