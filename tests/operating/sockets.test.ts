/** Sockets that say nothing: WebSockets, TCP connections, and addresses that have many. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect } from '@vms/client'
import type { Host } from '@vms/host'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { execHost } from '../harness/vms-host.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { Place } from '../service/place.ts'

const SCRIPT = `
  exports.write = async (name) => System.files.writeFile('/' + name, name)
  exports.one = async () => 1
`

interface Silent {
  readonly socket: WebSocket
  /** Set once it is closed. */
  code: number | null
}

/** A WebSocket that answers pings and says nothing; rejects with the status and text of a refusal. */
function silent(host: Host, headers: Record<string, string> = {}): Promise<Silent> {
  const socket = new WebSocket(host.url, 'vms.rpc.1', { headers })
  onTestFinished(() => socket.terminate())
  const one: Silent = { socket, code: null }
  socket.once('close', (code) => {
    one.code = code
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(one))
    socket.on('error', reject)
    socket.once('unexpected-response', (_, response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => reject(new Error(`${response.statusCode} ${text}`)))
    })
  })
}

/** A TCP connection that says nothing but `text`. */
function plain(url: string, text = ''): Socket {
  const { hostname, port } = new URL(url)
  const socket = connectTcp(Number(port), hostname)
  socket.on('error', () => {})
  socket.resume()
  if (text !== '') socket.write(text)
  return socket
}

test('a full host closes the WebSocket that was silent for longest, at least 10 s', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { serviceLimits: { connections: 5 }, metrics: true })
  const honest = await place.connect(host)
  const others: Silent[] = []
  for (let i = 0; i < 4; i++) others.push(await silent(host))
  await expect(silent(host)).rejects.toThrow(/^503 this host has as many connections as it allows/)
  for (let i = 0; i < 12; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    // Who says something is not silent.
    expect(await honest['one']?.()).toBe(1)
  }
  expect(await (await place.connect(host))['one']?.()).toBe(1)
  expect(others.map(({ code }) => code)).toEqual([1013, null, null, null])
  expect(await honest['one']?.()).toBe(1)
})

test('a thousand TCP connections that say nothing keep nobody out, and are closed after 10 s', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, {})
  const open = new Set<Socket>()
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
  })
  for (let i = 0; i < 1_000; i++) {
    // Half of them begin a request that never ends.
    const socket = plain(host.url, i % 2 ? 'GET / HTTP/1.1\r\n' : '')
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  }
  await expect.poll(() => open.size, { timeout: 20_000 }).toBeLessThanOrEqual(256)
  expect(await (await place.connect(host))['one']?.()).toBe(1)
  await expect.poll(() => open.size, { timeout: 30_000 }).toBe(0)
})

test('a host that may open few files serves beside 2,000 TCP connections, and its store goes on opening files', async () => {
  const workplace = makeWorkplace()
  workplace.write('script.js', SCRIPT)
  const host = await execHost(workplace, 'script.js', ['--no-swarm', '--metrics'], 200)
  const { pid } = host.process.child
  expect(execFileSync('cat', [`/proc/${pid}/limits`], { encoding: 'utf8' })).toMatch(
    /Max open files +200 /,
  )
  const sockets = Array.from({ length: 2_000 }, () => plain(host.url))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.race([
    Promise.all(sockets.slice(-10).map((socket) => once(socket, 'close'))),
    new Promise((resolve) => setTimeout(resolve, 2_000)),
  ])
  const client = await connect<Record<string, (name: string) => unknown>>(host.url, {
    timeout: 60_000,
  })
  onTestFinished(() => client.$close())
  for (let i = 0; i < 50; i++) await client['write']?.(`file-${i}`)
  const metrics = await (await fetch(`${host.url.replace('ws', 'http')}/metrics`)).text()
  expect(Number(/^process_open_fds (\d+)$/m.exec(metrics)?.[1])).toBeLessThan(200)
  expect(host.process.child.exitCode).toBe(null)
})

test('networks of IPv6 are counted by /64, /56 and /48', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, {
    connectionsPerAddress: 2,
    trustedProxies: ['127.0.0.0/8', '::1'],
  })
  const from = (address: string): Promise<boolean> =>
    silent(host, { 'x-forwarded-for': address }).then(
      () => true,
      (error: Error) => {
        expect(error.message).toMatch(/^429 your address has as many connections/)
        return false
      },
    )
  const all: boolean[] = []
  // Three of one /64, three of another one of the same /56, and then of other /56 of the same /48.
  for (const group of ['0', '0', '0', '1', '1', '1', '2', '100', '100', '200', '200', '300', '400'])
    all.push(await from(`2001:db8:7:${group}::${all.length + 1}`))
  expect(all).toEqual([
    ...[true, true, false],
    ...[true, true, false],
    // The /56 has four.
    false,
    ...[true, true, true, true],
    // The /48 has eight.
    ...[false, false],
  ])
  expect(await from('2001:db8:8::1')).toBe(true)
})
