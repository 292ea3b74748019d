/**
 * A stranger who wants a host to end, in a process of its own, which gives way to all others: it stands for other computers.
 * Arguments: what it does, the URL of a service, and a number. Says on stdout when its attack is under way; goes on until it is ended.
 *
 *   questions <url> <entry>   20,000 questions for one entry on one connection, whose answers it reads; again and again
 *   unread <url> <entry>      the same, and reads no answer
 *   dht <url> <entry> <node>  the same as `questions`, over the DHT; `url` is `vms://…`
 *   silent <url> <count>      so many WebSockets that say nothing and answer no ping
 *   plain <url> <count>       so many TCP connections that say nothing; one that is closed is opened again
 */
import { connect, type Socket } from 'node:net'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinDht } from '@vms/client/dht'
import { encodeClientFrame, RPC_PROTOCOL } from '@vms/rpc'

const QUESTIONS = 20_000

/** Milliseconds after which a socket that was closed is opened again: of 20,000, some 4,000 a second. */
const AGAIN_MS = 5_000

const [attack = '', url = '', number = '0', node = ''] = process.argv.slice(2)
const NUMBER = Number(number)
setPriority(19)

/** A binary WebSocket message of a client, whose mask is zero. */
function message(frame: Uint8Array): Buffer {
  if (frame.length > 125) throw new RangeError('a question is shorter')
  return Buffer.concat([Buffer.from([0x82, 0x80 | frame.length, 0, 0, 0, 0]), frame])
}

/** A connection below any WebSocket library; null if the host does not take it. */
function upgrade(): Promise<Socket | null> {
  const { hostname, port, pathname } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.once('close', () => resolve(null))
    socket.once('data', (head) => resolve(head.includes('101 ') ? socket : null))
    const key = Buffer.alloc(16, 1).toString('base64')
    const fields = [
      `GET ${pathname} HTTP/1.1`,
      `host: ${hostname}:${port}`,
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${key}`,
      `sec-websocket-protocol: ${RPC_PROTOCOL}`,
    ]
    socket.write(`${fields.join('\r\n')}\r\n\r\n`)
  })
}

async function ask(reads: boolean): Promise<void> {
  const questions = Buffer.concat(
    Array.from({ length: QUESTIONS }, (_, id) => message(encodeClientFrame(['entry', id, NUMBER]))),
  )
  for (;;) {
    const socket = await upgrade()
    if (!socket) {
      await sleep(50)
      continue
    }
    if (reads) socket.resume()
    else socket.pause()
    socket.write(questions)
    await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(10_000)])
    socket.destroy()
  }
}

async function askOverDht(): Promise<void> {
  const [host = '', port] = node.split(':')
  const dht = joinDht({ bootstrap: [{ host, port: Number(port) }] })
  for (;;) {
    const ended = Promise.withResolvers<void>()
    const listener = { onMessage: () => {}, onClose: () => ended.resolve() }
    const transport = await dht.openTransport(url, listener, AbortSignal.timeout(60_000))
    for (let id = 0; id < QUESTIONS; id++) transport.send(encodeClientFrame(['entry', id, NUMBER]))
    await Promise.race([ended.promise, sleep(10_000)])
    transport.close()
  }
}

/** Keeps so many sockets open. */
async function crowd(open: () => Promise<Socket | null>): Promise<void> {
  const keep = async (): Promise<void> => {
    for (;;) {
      const socket = await open()
      if (socket) await new Promise((resolve) => socket.once('close', resolve))
      await sleep(AGAIN_MS)
    }
  }
  await Promise.all(Array.from({ length: NUMBER }, keep))
}

function plain(): Promise<Socket | null> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => resolve(null))
    socket.once('connect', () => resolve(socket))
  })
}

const attacks: Record<string, () => Promise<void>> = {
  questions: () => ask(true),
  unread: () => ask(false),
  dht: askOverDht,
  silent: () => crowd(upgrade),
  plain: () => crowd(plain),
}
const chosen = attacks[attack]
if (!chosen) throw new TypeError(`${attack} is no attack`)
console.log(JSON.stringify({ attack }))
await chosen()
