/** What a stranger can make a host sign or read from the disk is bounded for each address: over HTTP and over the DHT. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import path from 'node:path'
import { joinDht } from '@vms/client/dht'
import { decodeHostStatement, parseKey, provenStatement } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { HOST_LIMITS } from '@vms/host'
import { expect, onTestFinished, test } from 'vitest'
import { startLocalDht } from '../harness/local-dht.ts'
import { Many } from './many.ts'

/** Asks as if a proxy had passed the request on for `address`. The answer is not read. */
async function ask(port: number, where: string, address: string): Promise<IncomingMessage> {
  const request = get({
    port,
    path: where,
    agent: false,
    headers: { 'x-forwarded-for': address },
  })
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  onTestFinished(() => void response.destroy())
  return response
}

const question = (): string => `/.well-known/vms-statement/${randomBytes(32).toString('hex')}.json`

test('one address has so many statements signed in a minute, and is told when to come back', async () => {
  const many = await Many.make()
  const { port } = await many.host({ trustedProxies: ['127.0.0.1'] })
  const statuses: (number | undefined)[] = []
  for (let i = 0; i < HOST_LIMITS.statementsPerMinute + 1; i++) {
    const response = await ask(port, question(), '203.0.113.5')
    response.resume()
    statuses.push(response.statusCode)
    if (response.statusCode === 429) expect(Number(response.headers['retry-after'])).toBe(1)
  }
  expect(statuses.filter((status) => status === 429)).toEqual([429])
  expect(statuses.indexOf(429)).toBe(HOST_LIMITS.statementsPerMinute)
  for (const [where, address] of [
    [question(), '203.0.113.6'],
    ['/.well-known/vms-statement.json', '203.0.113.5'],
  ] as const)
    expect((await ask(port, where, address)).statusCode).toBe(200)
})

test('one address has few files at one time, and others get theirs meanwhile', async () => {
  const many = await Many.make()
  const pages = path.join(many.dir, 'pages')
  mkdirSync(pages)
  writeFileSync(path.join(pages, 'large.txt'), Buffer.alloc(15 * 1024 * 1024, 97))
  writeFileSync(path.join(pages, 'small.txt'), 'small')
  const { port } = await many.host({ trustedProxies: ['127.0.0.1'], pages: { '/': pages } })
  const large = (address: string) => ask(port, '/large.txt', address)
  // None of them is read, so each stays in memory.
  const unread = await Promise.all(Array.from({ length: 8 }, () => large('203.0.113.5')))
  const statuses = unread.map(({ statusCode }) => statusCode)
  // Four of 15 MiB fit into the bytes for all addresses.
  expect(statuses.filter((status) => status === 200)).toHaveLength(4)
  expect(statuses.filter((status) => status === 503)).toHaveLength(4)
  expect((await large('203.0.113.6')).statusCode).toBe(503)
  expect((await ask(port, '/small.txt', '203.0.113.6')).statusCode).toBe(200)
  for (const response of unread) response.destroy()
  await expect.poll(async () => (await large('203.0.113.6')).statusCode).toBe(200)
})

test('a host of many signs statements over the DHT for a peer that knows the key of its log', async () => {
  const many = await Many.make()
  const bootstrap = (await startLocalDht()).split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port) }
  })
  const host = await many.host({ swarm: { bootstrap, pace: { gapMs: 1 } } })
  const ledger = parseKey(host.provisioning.id) as Uint8Array
  const dht = joinDht({ bootstrap })
  onTestFinished(() => dht.close())
  const proven = (bytes: Uint8Array) =>
    provenStatement(sodiumCrypto, decodeHostStatement(bytes), ledger)
  const holds = (bytes: Uint8Array): boolean => proven(bytes) !== null
  const list = await dht.askStatement({ ledger, nonce: null, holds })
  expect(list && proven(list)).toMatchObject({ nonce: null, services: [] })
  const nonce = Uint8Array.from(randomBytes(32))
  const answer = await dht.askStatement({ ledger, nonce, holds })
  expect(answer && proven(answer)).toMatchObject({ nonce, services: null })
})
