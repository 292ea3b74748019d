/** What web pages get from a host: nothing by DNS rebinding, no calls to a debug host from another origin, and no guessing of types. */
import { createServer, get, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Host, HostOptions } from '@vms/host'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { Place } from '../service/place.ts'

const SCRIPT = 'exports.whoami = async () => System.caller.id'

const SOCKETS = ['vms.rpc.1', 'vms.replicate.1']

/** Tries to open a WebSocket as a browser does; `open`, or the status and the words of the refusal. */
function opens(
  host: Host,
  headers: Record<string, string>,
  protocol = SOCKETS[0],
): Promise<string> {
  const socket = new WebSocket(host.url, protocol, { headers })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve('open'))
    socket.once('error', reject)
    socket.once('unexpected-response', (_, response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.once('end', () => resolve(`${response.statusCode} ${text}`))
    })
  })
}

async function reads(port: number, path: string, headers: Record<string, string>) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, resolve).once('error', reject)
  })
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return { status: response.statusCode, headers: response.headers, text }
}

async function serve(options: Partial<HostOptions> = {}): Promise<Host> {
  const place = await Place.make()
  return place.host(SCRIPT, options)
}

test('a name that a page made point at this machine gets nothing', async () => {
  const host = await serve()
  const rebound = { host: `evil.example:${host.port}` }
  for (const path of ['/', '/.well-known/vms.json', '/livez', '/explorer/'])
    expect(await reads(host.port, path, rebound)).toMatchObject({
      status: 421,
      text: expect.stringContaining('--public-host'),
    })
  for (const protocol of SOCKETS) expect(await opens(host, rebound, protocol)).toMatch(/^421 /)
  expect(await opens(host, { host: `localhost:${host.port}` })).toBe('open')
})

test.each<Partial<HostOptions>>([
  { publicHosts: ['vms.example.org'] },
  { trustedProxies: ['127.0.0.1'] },
  { hostname: '0.0.0.0' },
])('a host with %o takes requests under a public name', async (options) => {
  const host = await serve(options)
  const named = { host: 'vms.example.org' }
  expect(await reads(host.port, '/livez', named)).toMatchObject({ status: 200 })
  expect(await opens(host, named)).toBe('open')
})

test('a debug host takes no calls from pages of another origin', async () => {
  const host = await serve({ debug: true })
  const at = (origin: string) => opens(host, { origin })
  expect(await at('https://evil.example')).toMatch(/^403 this debug host/)
  expect(await at('null')).toMatch(/^403 .*--allow-null-origin/)
  expect(await opens(host, { origin: 'https://evil.example' }, SOCKETS[1])).toMatch(/^403 /)
  expect(await at('http://localhost:3000')).toBe('open')
  expect(await at(`http://localhost:${host.port}`)).toBe('open')
  expect(await opens(host, {})).toBe('open')
})

test('a debug host that was told to takes calls from pages without an origin', async () => {
  const host = await serve({ debug: true, allowNullOrigin: true })
  expect(await opens(host, { origin: 'null' })).toBe('open')
  expect(await opens(host, { origin: 'https://evil.example' })).toMatch(/^403 /)
})

test('where callers sign, a page of another origin is one more caller', async () => {
  const host = await serve()
  expect(await opens(host, { origin: 'https://app.example' })).toBe('open')
})

test('every answer says that its type is not to be guessed', async () => {
  const host = await serve({ metrics: true })
  const paths = ['/', '/explorer', '/explorer/', '/.well-known/vms.json', '/livez', '/readyz']
  for (const path of [...paths, '/metrics', '/nowhere'])
    expect((await reads(host.port, path, {})).headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
    })
  const refused = await reads(host.port, '/livez', { host: 'evil.example' })
  expect(refused.headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
})

/** Asks for another protocol than WebSocket, as `curl --http2` does. */
const UPGRADES: Record<string, string>[] = [
  { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAA' },
  { connection: 'Upgrade', upgrade: 'TLS/1.2' },
  { connection: 'Upgrade', upgrade: 'foo' },
]

test.each(UPGRADES)('an upgrade to $upgrade gets the page', async (headers) => {
  const host = await serve()
  expect(await reads(host.port, '/livez', headers)).toMatchObject({ status: 200, text: 'alive\n' })
  expect(await reads(host.port, '/', headers)).toMatchObject({ status: 200 })
  expect(await reads(host.port, '/nowhere', headers)).toMatchObject({ status: 404 })
})

test('a server that a host is mounted on answers upgrades that nobody takes as ever', async () => {
  const server = createServer((_, response) => response.end('the site'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  await serve({ server, path: '/vms' })
  const { port } = server.address() as AddressInfo
  for (const headers of UPGRADES) {
    expect(await reads(port, '/', headers)).toMatchObject({ status: 200, text: 'the site' })
    expect(await reads(port, '/vms/livez', headers)).toMatchObject({ status: 200 })
  }
})

test('a request with a body that asks for an upgrade is answered and closed', async () => {
  const host = await serve()
  const options = { host: '127.0.0.1', port: host.port, method: 'POST' }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ ...options, headers: UPGRADES[2] }, resolve)
    sent.once('error', reject).end('a body')
  })
  response.resume()
  expect(response.statusCode).toBe(405)
})
