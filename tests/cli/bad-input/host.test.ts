/** What strangers may send to a host's port: after all of it the host is alive and serves the next call. */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { vmsBatch } from '../../harness/vms-batch.ts'
import { execHost } from '../../harness/vms-host.ts'
import { vms } from '../../harness/vms-warm.ts'
import { makeWorkplace } from '../../harness/workplace.ts'
import { expectHarmless, expectRefusals } from './refusal.ts'

/** Milliseconds after which a connection that the host leaves open is closed from here. */
const ENOUGH_MS = 300

/** Sends bytes and resolves with the first line of the answer. `silent`: the host need not answer. */
function send(port: number, bytes: string | Uint8Array, silent: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    const end = (): unknown => setTimeout(() => socket.destroy(), ENOUGH_MS)
    let answer = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (answer === '') end()
      answer += data.toString('latin1')
    })
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''))
    socket.write(bytes)
    if (silent) end()
  })
}

const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`

const upgrade = (path: string, protocol: string, more = ''): string =>
  get(
    path,
    `connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol}\r\n`,
  ) + more

const RPC = 'sec-websocket-protocol: vms.rpc.1'
const REPLICATE = 'sec-websocket-protocol: vms.replicate.1'

const noise = (bytes: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (i * seed + i * i) & 255)

/** Opens a WebSocket, sends messages, and resolves when it is closed. */
function talk(
  url: string,
  protocol: string,
  messages: readonly (string | Uint8Array)[],
): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol)
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.on('open', () => {
      for (const message of messages) socket.send(message)
      setTimeout(() => socket.terminate(), ENOUGH_MS)
    })
  })
}

test('a host that is sent anything at all goes on serving', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  const port = Number(new URL(host.url).port)
  const requests: [string | Uint8Array, string][] = [
    [get('//'), '404'],
    [get('http://['), '404'],
    [get('/%'), '404'],
    [get('/.well-known/vms.json?x'), '200'],
    ['OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n', '405'],
    ['POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\nx', '405'],
    [get(`/${'x'.repeat(100_000)}`), '431'],
    [get('/', `a: ${'x'.repeat(100_000)}\r\n`), '431'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400'],
    [Uint8Array.of(0x16, 3, 1, 0), '400'],
    [noise(3_000, 151), ''],
    ['', ''],
    [upgrade('/', ''), '400'],
    [upgrade('/', 'sec-websocket-protocol: chat'), '400'],
    [upgrade('/', `${RPC},,vms.rpc.1`), '400'],
    [upgrade(`/${'y'.repeat(52)}`, RPC), '404'],
    [upgrade('/', RPC, '\xff\xff\xff\xff\xff\xff\xff\xff'), '101'],
    [upgrade('/', RPC, '\x82\x05hello'), '101'],
    [upgrade('/', REPLICATE, '\x89\xff\x00'), '101'],
    [upgrade('/', REPLICATE), '101'],
  ]
  const answers = await Promise.all(
    requests.map(([bytes, status]) => send(port, bytes, status === '')),
  )
  for (const [i, [bytes, status]] of requests.entries()) {
    expect({ bytes, answer: answers[i] }).toEqual({
      bytes,
      answer: expect.stringContaining(status),
    })
  }
  const messages: (string | Uint8Array)[][] = [
    ['text'],
    [new Uint8Array()],
    [noise(10, 7)],
    [Uint8Array.of(49, 0, 0, ...noise(49, 3))],
    [noise(100_000, 11)],
    [noise(17 * 1024 * 1024, 13)],
    Array.from({ length: 200 }, (_, i) => noise(30, i)),
  ]
  for (const protocol of ['vms.rpc.1', 'vms.replicate.1']) {
    await Promise.all(messages.map((sent) => talk(host.url, protocol, sent)))
  }
  expect(await vms(place, ['call', host.url, 'increment'])).toMatchObject({
    code: 0,
    stdout: '1\n',
  })
  const [verified] = await vmsBatch(place, [['verify', host.url, '--json']])
  expect(verified).toMatchObject({ code: 0 })
  expectHarmless('stderr of the host', host.process.stderr)
  expect(host.process.stderr).not.toMatch(/^\s+at /m)
  expect((await host.process.finished('SIGTERM')).code).toBe(143)
})

test('another ledger, other files and methods that there are not are refused by every verb', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  const other = await execHost(place, place.example('rsvp.js'))
  await vms(place, ['key'])
  const wrong = `${host.url}/${other.ledger.slice('vms://'.length)}`
  const unknown = [
    'constructor',
    '__proto__',
    'init',
    'toString',
    'then',
    'hasOwnProperty',
    '\u001b[31mx',
    '',
  ]
  await expectRefusals(place, [
    ...[
      ['info', wrong, '--json'],
      ['call', wrong, 'get'],
      ['repl', wrong, '-e', '1'],
      ['verify', wrong, '--json'],
      ['log', wrong, '--jsonl'],
      ['files', 'ls', wrong],
    ].map((args) => [args, 3, 'ERR_VMS_UNREACHABLE', 'does not serve this ledger'] as const),
    [['verify', host.url, '--log', other.url, '--json'], 2, 'ERR_VMS_USAGE', 'is not that of'],
    [['verify', host.ledger, '--log', other.url], 2, 'ERR_VMS_USAGE', 'is not that of'],
    [['verify', host.url, '--files', other.url], 2, 'ERR_VMS_USAGE', 'not those of this ledger'],
    [['verify', host.url, '--files', other.files], 2, 'ERR_VMS_USAGE', 'not those of this ledger'],
    [['verify', host.url, '--files', other.ledger], 2, 'ERR_VMS_USAGE', 'not those of this ledger'],
    ...unknown.map(
      (method) =>
        [['call', host.url, method], 1, 'ERR_VMS_UNKNOWN_METHOD', 'vms info lists'] as const,
    ),
    [['call', host.url, 'x'.repeat(5_000)], 2, 'ERR_VMS_BAD_METHOD', '256 characters'],
    [['call', host.url, 'get', '-u', 'bob'], 2, 'ERR_VMS_NOT_DEBUG'],
    [['call', host.url, 'get', '-u', 'two words'], 2, 'ERR_VMS_BAD_USER'],
    [
      ['call', host.url, 'get', `${'['.repeat(100)}${']'.repeat(100)}`],
      2,
      'ERR_VMS_VALUE_TOO_DEEP',
    ],
    [['call', host.url, 'get', '"\\ud800"'], 2, 'ERR_VMS_UNSUPPORTED_VALUE'],
    [
      ['call', host.url, 'get', `{"$bigint":"${'9'.repeat(50_000)}"}`],
      2,
      'ERR_VMS_VALUE_TOO_LARGE',
    ],
    [['repl', host.url, '-e', 'nope()'], 1, 'ERR_VMS_EXPRESSION', 'nope is not defined'],
    [['repl', host.url, '-e', 'get('], 1, 'ERR_VMS_EXPRESSION'],
    [['repl', host.url, '-e', 'throw null'], 1, 'ERR_VMS_EXPRESSION'],
    [
      ['repl', host.url, '-e', 'Promise.reject()'],
      1,
      'ERR_VMS_EXPRESSION',
      'rejected with undefined',
    ],
    [['repl', host.url, '-e', '() => 1'], 1, 'ERR_VMS_EXPRESSION', 'cannot be shown as JSON'],
    [
      ['repl', host.url, '-e', 'const a = []; a.push(a); a'],
      1,
      'ERR_VMS_EXPRESSION',
      'holds itself',
    ],
    [['repl', host.url, '-e', '({ get a() { throw 1 } })'], 1, 'ERR_VMS_EXPRESSION'],
    [['repl', host.url, '-e', 'new Proxy({}, { ownKeys() { throw 1 } })'], 1, 'ERR_VMS_EXPRESSION'],
    [
      ['repl', host.url, '-e', 'throw new Error("\\x1b[31m")'],
      1,
      'ERR_VMS_EXPRESSION',
      '\\u{1b}[31m',
    ],
  ])
  for (const { url } of [host, other]) {
    expect(await vms(place, ['info', url])).toMatchObject({ code: 0 })
  }
  expect(await vms(place, ['call', host.url, 'increment'])).toMatchObject({
    code: 0,
    stdout: '1\n',
  })
})
