/** The oracle that fetches, against servers of this test. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { type FetchOracleOptions, fetchOracle } from '../src/oracles/fetch-oracle.ts'

/** Its origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const asker =
  (options: FetchOracleOptions, signal = new AbortController().signal) =>
  (...args: unknown[]): Promise<unknown> =>
    Reflect.apply(fetchOracle(options), { signal, caller: null, time: 0 }, args) as Promise<unknown>

test('gives status, headers of interest and text', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(404, {
      'Content-Type': 'text/plain',
      ETag: '"1"',
      Date: 'Thu, 01 Jan 1970 00:00:00 GMT',
      'Set-Cookie': 'a=b',
      'X-Server': 'secret',
    })
    response.end('nicht hier: é')
  })
  expect(await asker({ origins: [origin] })(`${origin}/a?b=c#d`)).toStrictEqual({
    status: 404,
    url: `${origin}/a?b=c`,
    headers: { 'content-type': 'text/plain', date: 'Thu, 01 Jan 1970 00:00:00 GMT', etag: '"1"' },
    body: 'nicht hier: é',
  })
})

test('gives bytes, and text that is well-formed', async () => {
  const origin = await serve((_, response) => response.end(Uint8Array.of(0x61, 0xff)))
  const ask = asker({ origins: [origin] })
  expect(await ask(origin, { as: 'bytes' })).toMatchObject({ body: Uint8Array.of(0x61, 0xff) })
  expect(await ask(origin)).toMatchObject({ body: 'a\ufffd' })
})

test('sends what it may and nothing that says who asks', async () => {
  let seen: unknown
  const origin = await serve((request, response) => {
    seen = { method: request.method, headers: request.headers }
    response.end()
  })
  await asker({ origins: [origin] })(origin, { method: 'HEAD', headers: { Accept: 'text/csv' } })
  expect(seen).toMatchObject({ method: 'HEAD', headers: { accept: 'text/csv' } })
  const { headers } = seen as { headers: object }
  for (const name of ['cookie', 'authorization', 'referer', 'origin'])
    expect(headers).not.toHaveProperty(name)
})

const refused: [string, unknown[], string][] = [
  ['another origin', ['https://example.org/'], 'ERR_VMS_FETCH_ORIGIN'],
  ['another port', ['http://127.0.0.1:1/'], 'ERR_VMS_FETCH_ORIGIN'],
  ['a file', ['file:///etc/passwd'], 'ERR_VMS_FETCH_ORIGIN'],
  ['data', ['data:,x'], 'ERR_VMS_FETCH_ORIGIN'],
  ['a password', ['http://me:secret@example.org/'], 'ERR_VMS_FETCH_URL'],
  ['no URL', ['/path'], 'ERR_VMS_FETCH_URL'],
  ['no text', [5], 'ERR_VMS_FETCH_URL'],
  ['nothing', [], 'ERR_VMS_FETCH_URL'],
  ['another method', ['ORIGIN/', { method: 'POST' }], 'ERR_VMS_FETCH_OPTIONS'],
  ['credentials', ['ORIGIN/', { headers: { Authorization: 'x' } }], 'ERR_VMS_FETCH_OPTIONS'],
  ['a split header', ['ORIGIN/', { headers: { accept: 'a\r\nb: c' } }], 'ERR_VMS_FETCH_OPTIONS'],
  ['another option', ['ORIGIN/', { redirect: 'follow' }], 'ERR_VMS_FETCH_OPTIONS'],
  ['options that are none', ['ORIGIN/', 'GET'], 'ERR_VMS_FETCH_OPTIONS'],
]
test.each(refused)('does not ask for %s', async (_, args, code) => {
  let asked = 0
  const origin = await serve((_request, response) => {
    asked += 1
    response.end()
  })
  const given = args.map((arg) => (typeof arg === 'string' ? arg.replace('ORIGIN', origin) : arg))
  await expect(asker({ origins: [origin] })(...given)).rejects.toMatchObject({
    name: 'FetchError',
    code,
  })
  expect(asked).toBe(0)
})

test('follows redirects to what is allowed, and no others', async () => {
  const other = await serve((_, response) => response.end('other'))
  let strangers = 0
  const stranger = await serve((_, response) => {
    strangers += 1
    response.end()
  })
  const origin = await serve((request, response) => {
    const to = { '/near': '/here', '/far': `${other}/x`, '/out': stranger, '/ring': '/ring' }[
      request.url ?? ''
    ]
    if (to) response.writeHead(302, { Location: to }).end('moved')
    else response.end('here')
  })
  const ask = asker({ origins: [origin, other] })
  expect(await ask(`${origin}/near`)).toMatchObject({ url: `${origin}/here`, body: 'here' })
  expect(await ask(`${origin}/far`)).toMatchObject({ url: `${other}/x`, body: 'other' })
  await expect(ask(`${origin}/out`)).rejects.toMatchObject({ code: 'ERR_VMS_FETCH_ORIGIN' })
  await expect(ask(`${origin}/ring`)).rejects.toMatchObject({ code: 'ERR_VMS_FETCH_REDIRECTS' })
  expect(strangers).toBe(0)
})

test('takes no body over the limit, also one that unpacks to more', async () => {
  const origin = await serve((request, response) => {
    const body = Buffer.alloc(request.url === '/small' ? 1_000 : 1_001)
    if (request.url !== '/packed') return response.end(body)
    response.writeHead(200, { 'Content-Encoding': 'gzip' })
    return response.end(gzipSync(body))
  })
  const ask = asker({ origins: [origin], bodyBytes: 1_000 })
  expect(await ask(`${origin}/small`)).toMatchObject({ status: 200 })
  for (const path of ['/large', '/packed'])
    await expect(ask(origin + path)).rejects.toMatchObject({ code: 'ERR_VMS_FETCH_TOO_LARGE' })
})

test('says that a server cannot be reached, and no more of the network than the code', async () => {
  const origin = await serve((_, response) => response.end())
  const closed = await serve((_, response) => response.socket?.destroy())
  const ask = asker({ origins: [origin, closed, 'http://127.0.0.1:1'] })
  await expect(ask('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'ERR_VMS_FETCH_FAILED' })
  await expect(ask(closed)).rejects.toMatchObject({ code: 'ERR_VMS_FETCH_FAILED' })
})

test('stops when the time is up, also inside of the body', async () => {
  const stop = new AbortController()
  const origin = await serve((_, response) => {
    response.write('half')
    stop.abort()
  })
  await expect(asker({ origins: [origin] }, stop.signal)(origin)).rejects.toMatchObject({
    code: 'ERR_VMS_FETCH_FAILED',
  })
})

test('an origin is an origin', () => {
  for (const origin of [
    'https://api.example.org',
    'http://localhost:80/',
    'HTTPS://API.example.org',
  ])
    expect(() => fetchOracle({ origins: [origin] })).not.toThrow()
  for (const origin of [
    'api.example.org',
    'https://a.example/path',
    'https://a.example?',
    'ftp://a.example',
    'https://me@a.example',
    '',
  ])
    expect(() => fetchOracle({ origins: [origin] })).toThrow(/is no origin/)
})
