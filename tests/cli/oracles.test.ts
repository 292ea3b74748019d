/** `vms exec --oracles` as an operator uses it: the module, the flag for fetching, and what is wrong with either. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const SCRIPT = 'exports.ask = (...args) => System.oracle(...args)'

/** A page that is served until the test ends: its origin. */
async function servePage(): Promise<string> {
  const server = createServer((_, response) => response.end('{"rate":1.25}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a script asks what the module exports and what the flag allows; log and verify say so', async () => {
  const place = makeWorkplace()
  const origin = await servePage()
  const script = place.write('ask.js', SCRIPT)
  const module = place.write(
    'oracles.mjs',
    `export const twice = (text) => text + text
     export const broken = async () => { throw new RangeError('not today') }
     // Something that keeps a process alive keeps no host from stopping.
     setInterval(() => {}, 1000)`,
  )
  const args = ['--no-swarm', '--oracles', module, '--oracle-fetch', origin]
  const host = await execHost(place, script, args)
  expect(host.process.stderr).toMatch(/Oracles +broken, twice, fetch/)
  expect(await vms(place, ['call', host.url, 'ask', '"twice"', '"ab"'])).toMatchObject({
    stdout: '"abab"\n',
  })
  const fetched = await vms(place, ['call', host.url, 'ask', '"fetch"', JSON.stringify(origin)])
  expect(JSON.parse(fetched.stdout)).toMatchObject({ status: 200, body: '{"rate":1.25}' })
  const refusals: [string[], string][] = [
    [['"fetch"', '"https://example.org/"'], 'ERR_VMS_FETCH_ORIGIN'],
    [['"moon"'], 'ERR_VMS_ORACLE_UNKNOWN'],
    [['"broken"'], 'not today'],
  ]
  for (const [call, words] of refusals) {
    const { code, stderr } = await vms(place, ['call', host.url, 'ask', ...call])
    expect(code).toBe(1)
    expect(stderr).toContain(words)
  }
  expect(host.process.stderr).toContain('oracle "broken": RangeError: not today')
  const log = await vms(place, ['log', host.url])
  expect(log.stdout).toMatch(/ask\("twice", "ab"\) → "abab" \(asked twice\)/)
  const lines = await vms(place, ['log', host.url, '--jsonl'])
  const calls = lines.stdout
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { calls?: unknown[] }).calls ?? [])
  expect(calls[0]).toMatchObject({ oracles: [{ name: 'twice', args: ['ab'], value: 'abab' }] })
  expect(calls[4]).toMatchObject({ oracles: [{ name: 'broken', error: { name: 'RangeError' } }] })
  const report = await vms(place, ['verify', host.url, '--json'])
  expect(JSON.parse(report.stdout)).toMatchObject({ verdict: 'verified', calls: 5, oracles: 5 })
  expect((await host.process.finished('SIGTERM')).code).toBe(143)
})

test('a service goes on without its oracles, and a script is told that there are none', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.write('ask.js', SCRIPT))
  expect(host.process.stderr).not.toContain('Oracles')
  const { stderr } = await vms(place, ['call', host.url, 'ask', '"rate"'])
  expect(stderr).toContain('this host has no oracle "rate"')
})

const modules: [string, string | null, string[], number, RegExp][] = [
  [
    'throws',
    "const set = () => { throw new Error('RATES_KEY is not set') }\nset()",
    [],
    1,
    /oracles\.mjs cannot be loaded: RATES_KEY is not set \[ERR_VMS_ORACLE_MODULE\]\n\n +at set .*oracles\.mjs:1:\d+/,
  ],
  [
    'has a syntax error',
    'export const rate = 1 +\n',
    [],
    1,
    /oracles\.mjs:\d:\d+: Unexpected .*ERR_VMS_SCRIPT_SYNTAX/,
  ],
  [
    'imports what is not there',
    "import './rates.mjs'",
    [],
    1,
    /cannot be loaded: Cannot find module .*rates\.mjs/,
  ],
  ['exports no function', '', [], 1, /exports no function/],
  ['exports by default only', 'export default () => 1', [], 1, /exports no function/],
  [
    'exports what is no function',
    'export const rate = 1.25',
    [],
    1,
    /exports rate, which is no function/,
  ],
  [
    'exports fetch beside the flag',
    'export const fetch = () => 1',
    ['--oracle-fetch', 'https://a.example'],
    2,
    /exports fetch, but --oracle-fetch provides fetch/,
  ],
  ['is not there', null, [], 2, /there is no file oracles\.mjs/],
  [
    'is fine, but the origin is none',
    'export const rate = () => 1',
    ['--oracle-fetch', 'a.example'],
    2,
    /a\.example is no origin/,
  ],
  [
    'is fine, but the origin has a path',
    'export const rate = () => 1',
    ['--oracle-fetch', 'https://a.example/v1'],
    2,
    /is no origin/,
  ],
]
test.each(modules)(
  'a module that %s is a clear error, and nothing is begun',
  async (_, text, more, code, words) => {
    const place = makeWorkplace()
    place.write('ask.js', SCRIPT)
    if (text !== null) place.write('oracles.mjs', text)
    const args = ['exec', 'ask.js', '-p', '0', '--no-swarm', '--oracles', 'oracles.mjs', ...more]
    const end = await vms(place, args)
    expect(end.stderr).toMatch(words)
    expect(end.stderr).not.toContain('unexpected')
    expect(end.code).toBe(code)
    expect(end.stdout).toBe('')
    expect(existsSync(`${place.path}/.vms`)).toBe(false)
  },
)

test('vms dev takes the same flags', async () => {
  const place = makeWorkplace()
  place.write('ask.js', "exports.init = () => System.oracle('rate'); exports.ask = () => 1")
  place.write('oracles.mjs', 'export const rate = () => 1')
  const dev = ['dev', 'ask.js', '--once', '-p', '0']
  expect(await vms(place, [...dev, '--oracles', 'oracles.mjs'])).toMatchObject({ code: 0 })
  const without = await vms(place, dev)
  expect(without).toMatchObject({ code: 1 })
  expect(without.stderr).toContain('this host has no oracle "rate"')
})
