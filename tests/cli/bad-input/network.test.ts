/** Hosts that are not there, and what answers in their place: for every verb that talks to one. */
import { expect, test } from 'vitest'
import { http, saying, sayingAndTaking, tcp } from '../../harness/strange-servers.ts'
import { vmsBatch } from '../../harness/vms-batch.ts'
import { vms } from '../../harness/vms-process.ts'
import { makeWorkplace, type Workplace } from '../../harness/workplace.ts'
import { expectHarmless, expectRefusals, type Refusal } from './refusal.ts'

const KEY = 'y'.repeat(52)

/** A description as a host gives it, with something changed. */
const description = (change: object = {}): string =>
  JSON.stringify({
    version: 1,
    services: [
      {
        id: KEY,
        title: '\u001b[31mtitle\u009b\u202e',
        ledger: `vms://${KEY}`,
        files: `hyper://${KEY}`,
        methods: ['\u001b]0;x\u0007', 'b'],
        authentication: 'signed',
        semantics: 1,
        length: 3,
        ...change,
      },
    ],
  })

/** Command lines that ask over HTTP first. */
const readers = (address: string): string[][] => [
  ['info', address],
  ['info', address, '--json'],
  ['verify', address, '--json'],
  ['verify', '--log', address],
  ['log', address, '--jsonl'],
  ['files', 'ls', address],
  ['files', 'cat', address, '/x'],
  ['files', 'get', address, '/x', 'copy'],
]

/** Command lines that open a WebSocket for calls. */
const callers = (address: string, timeout = '2000'): string[][] => [
  ['call', address, 'x', '--timeout', timeout],
  ['call', address, 'x', '--receipt', 'receipt', '--timeout', timeout],
  ['repl', address, '-e', '1', '--timeout', timeout],
]

const UNREACHABLE = 'ERR_VMS_UNREACHABLE'

const unreachable = (lines: string[][], says: RegExp | string): Refusal[] =>
  lines.map((args) => [args, 3, UNREACHABLE, says])

async function withKey(): Promise<Workplace> {
  const place = makeWorkplace()
  expect(await vms(place, ['key'])).toMatchObject({ code: 0 })
  return place
}

test('names and ports where nothing is', async () => {
  const place = await withKey()
  const all = (address: string): string[][] => [...readers(address), ...callers(address)]
  await expectRefusals(place, [
    ...unreachable(
      all('no-such-host.invalid:5555'),
      /there is no such name|could not be looked up/,
    ),
    ...unreachable(all('localhost:2'), 'nothing listens there'),
    ...unreachable(all('[::1]:2'), /./),
    // Node and browsers refuse to talk to the ports of some other protocols.
    ...unreachable(readers('localhost:6000'), 'browsers and Node refuse to use it'),
    ...unreachable(callers('localhost:6000'), /./),
  ])
})

test('what answers is no host', async () => {
  const place = await withKey()
  const garbage = Uint8Array.from({ length: 300 }, (_, i) => (i * 151) & 255)
  const noHost = 'does not describe a VMS host'
  const noCalls = /takes no such connection/
  const servers: [address: string, read: RegExp | string, called: RegExp | string][] = [
    [await saying('<html>'), noHost, noCalls],
    [await http((_, response) => response.writeHead(404).end()), 'status 404', noCalls],
    [await http((_, response) => response.writeHead(500).end()), 'status 500', noCalls],
    [
      await http((_, response) => response.writeHead(302, { location: '/' }).end()),
      'status 302',
      /./,
    ],
    [
      await http((_, response) => response.end('x'.repeat(5_000_000))),
      'answers with more than',
      noCalls,
    ],
    [await tcp((socket) => socket.end(garbage)), 'cannot reach', 'cannot connect'],
    [await tcp((socket) => socket.destroy()), 'cannot reach', 'cannot connect'],
    [await saying('null'), noHost, noCalls],
    [await saying('{"services":3}'), noHost, noCalls],
    [await saying('{"services":[null]}'), noHost, noCalls],
    [await saying('{"services":[]}'), 'serves nothing', noCalls],
    [await saying(description({ title: 5 })), noHost, noCalls],
    [await saying(description({ methods: 'x' })), noHost, noCalls],
    [await saying(description({ methods: [{}] })), noHost, noCalls],
    [await saying(description({ length: -1 })), noHost, noCalls],
    [await saying(description({ authentication: 'none' })), noHost, noCalls],
    [await saying(description({ ledger: `hyper://${KEY}` })), noHost, noCalls],
    [await saying(description({ files: 'x' })), noHost, noCalls],
  ]
  await expectRefusals(
    place,
    servers.flatMap(([address, read, called]) => [
      ...unreachable(readers(address), read),
      ...unreachable(callers(address), called),
    ]),
  )
})

test('what takes connections is no host', async () => {
  const place = await withKey()
  const replicating = (address: string): string[][] => readers(address).slice(2)
  const plain = await saying(description())
  const closing = await sayingAndTaking(description(), (socket) => socket.close())
  const babbling = await sayingAndTaking(description(), (socket) =>
    socket.send(Uint8Array.of(1, 2, 3)),
  )
  const talking = await sayingAndTaking(description(), (socket) => socket.send('hello'))
  const silent = await sayingAndTaking(description(), () => {})
  await expectRefusals(
    place,
    [
      ...unreachable(replicating(plain), 'refuses this connection'),
      ...unreachable(replicating(closing), 'ended the connection'),
      ...callers(closing).map((args): Refusal => [args, 3, 'ERR_VMS_CONNECTION_LOST']),
      ...callers(babbling).map((args): Refusal => [args, 3, 'ERR_VMS_BAD_FRAME']),
      ...callers(talking).map((args): Refusal => [args, 3, 'ERR_VMS_BAD_FRAME']),
      ...callers(silent, '300').map((args): Refusal => [args, 3, 'ERR_VMS_TIMEOUT', '300 ms']),
    ],
    { atOnce: 20 },
  )
  // What a host says of itself is only shown, and harmlessly.
  const [info, json] = await vmsBatch(place, readers(plain).slice(0, 2))
  expect(info).toMatchObject({ code: 0, stderr: '' })
  expectHarmless('info', info?.stdout ?? '')
  expectHarmless('info --json', json?.stdout ?? '')
  expect(JSON.parse(json?.stdout ?? '')).toMatchObject({
    title: '\u001b[31mtitle\u009b\u202e',
    methods: ['\u001b]0;x\u0007', 'b'],
  })
})

test('what accepts and says nothing is given up', async () => {
  const place = await withKey()
  const silent = await tcp(() => {})
  const slow = await http((_, response) => {
    response.write('{"services":')
    const timer = setInterval(() => response.write(' '), 500)
    response.on('close', () => clearInterval(timer))
  })
  await expectRefusals(
    place,
    [
      ...unreachable([...readers(silent), ...readers(slow)], 'no answer within 10 s'),
      ...callers(silent, '300').map((args): Refusal => [args, 3, 'ERR_VMS_TIMEOUT', '300 ms']),
    ],
    { atOnce: 20 },
  )
})
