/** `vms verify`, `log`, `files` and `info` on a service with a history, live and stopped. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { startVms } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

async function serveWithHistory(place: Workplace) {
  const host = await execHost(place, place.example('rsvp.js'))
  await vms(place, ['call', host.url, 'RSVP', 'true'])
  await vms(place, ['call', host.url, 'RSVP', 'false', '"busy"'])
  await vms(place, ['call', host.url, 'RSVP', '"maybe"'])
  return host
}

test('a live service: the steps of 2017, then the verdict', async () => {
  const place = makeWorkplace()
  const { url, ledger } = await serveWithHistory(place)
  const { code, stdout, stderr } = await vms(place, ['verify', url])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  const steps = [
    'Connecting to',
    'Connected',
    'Downloading ledger',
    'Downloading files archive',
    'Replaying 3 calls',
    'Comparing outputs',
    '✔ Ledger verified',
    '✔ Output files verified',
  ]
  expect(stderr).toMatch(new RegExp(steps.join('[\\s\\S]*')))
  expect(stderr).toContain(ledger)
  expect(stderr).toContain('6 of 6 entries, 3 calls')
})

test('--json is one object on stdout', async () => {
  const place = makeWorkplace()
  const { url, ledger, files } = await serveWithHistory(place)
  const { code, stdout } = await vms(place, ['verify', url, '--json'])
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    verdict: 'verified',
    head: { length: 6, treeHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    entries: 6,
    calls: 3,
    ledger,
    files,
    findings: [],
  })
})

test('the stopped directory verifies too, a running one says who holds it', async () => {
  const place = makeWorkplace()
  const host = await serveWithHistory(place)
  expect(await vms(place, ['verify', '.vms/rsvp'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('ERR_VMS_LEDGER_LOCKED'),
  })
  await host.process.finished('SIGTERM')
  const { code, stderr } = await vms(place, ['verify', '.vms/rsvp'])
  expect(code).toBe(0)
  expect(stderr).toContain(host.ledger)
})

test('log and files from the host itself by --log and --files; files of another service are not taken', async () => {
  const place = makeWorkplace()
  const host = await serveWithHistory(place)
  const other = await execHost(place, place.example('counter.js'))
  expect(await vms(place, ['verify', '--log', host.url, '--files', host.url])).toMatchObject({
    code: 0,
  })
  expect(await vms(place, ['verify', host.url, '--files', other.url])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not those of this ledger'),
  })
  expect(await vms(place, ['verify', host.url, '--files', other.files])).toMatchObject({ code: 2 })
})

test('--dir keeps the download; without it nothing is left', async () => {
  const place = makeWorkplace()
  const { url } = await serveWithHistory(place)
  expect(await vms(place, ['verify', url, '--dir', 'kept'])).toMatchObject({ code: 0 })
  expect(readdirSync(join(place.path, 'kept'))).toEqual(['replica'])
  expect(await vms(place, ['verify', url])).toMatchObject({ code: 0 })
  expect(readdirSync(join(place.path, 'tmp'))).toEqual([])
})

test('a receipt of another ledger is found out', async () => {
  const place = makeWorkplace()
  const { url } = await serveWithHistory(place)
  const other = await execHost(place, place.example('counter.js'))
  await vms(place, ['call', other.url, 'increment', '--receipt', 'other.receipt'])
  const { code, stdout } = await vms(place, ['verify', url, '--receipt', 'other.receipt', '--json'])
  expect(code).toBe(3)
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'incomplete',
    findings: [{ code: 'RECEIPT_INVALID' }],
  })
  place.write('junk.receipt', 'junk')
  expect(await vms(place, ['verify', url, '--receipt', 'junk.receipt'])).toMatchObject({ code: 2 })
})

test('log prints entries for people and for programs, from a host and from a directory', async () => {
  const place = makeWorkplace()
  const host = await serveWithHistory(place)
  const { stdout: id } = await vms(place, ['key'])
  const text = await vms(place, ['log', host.url])
  expect(text).toMatchObject({ code: 0, stderr: '' })
  expect(text.stdout.trim().split('\n')).toHaveLength(6)
  expect(text.stdout).toMatch(/#4 .* RSVP\(false, "busy"\) → \{.*"reason":"busy"/)
  expect(text.stdout).toMatch(/#5 .* RSVP\("maybe"\) → ✘ TypeError: /)
  const jsonl = await vms(place, ['log', host.url, '--jsonl', '-n', '2'])
  const entries = jsonl.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(entries).toMatchObject([
    {
      index: 4,
      type: 'calls',
      caller: id.trim(),
      calls: [
        { method: 'RSVP', args: [false, 'busy'], status: 'returned', value: { reason: 'busy' } },
      ],
    },
    { index: 5, calls: [{ status: 'thrown', error: { name: 'TypeError' } }] },
  ])
  await host.process.finished('SIGTERM')
  const stopped = await vms(place, ['log', '.vms/rsvp', '--jsonl'])
  expect(stopped.stdout).toContain(jsonl.stdout)
  expect(JSON.parse(stopped.stdout.split('\n')[0] as string)).toMatchObject({
    type: 'genesis',
    script: { name: 'rsvp.js', source: expect.stringContaining('exports.RSVP') },
  })
})

test('log -f goes on with what is added, until it is stopped', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  const following = startVms(place, ['log', host.url, '-f', '-n', '1'])
  await following.until(({ stdout }) => stdout.includes('init'))
  await vms(place, ['call', host.url, 'increment'])
  await following.until(({ stdout }) => stdout.includes('increment() → 1'))
  await vms(place, ['call', host.url, 'increment'])
  await following.until(({ stdout }) => stdout.includes('increment() → 2'))
  expect(await following.finished('SIGINT')).toMatchObject({ code: 130 })
})

test('files: ls, cat, get, from a host and from a directory', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('registry.js'))
  await vms(place, ['call', host.url, 'publish', '"left-pad"', '"1.0.0"', '"content"'])
  await vms(place, ['call', host.url, 'publish', '"left-pad"', '"1.0.1"', '{"$bytes":"AAEC/w=="}'])
  const check = async (address: string, copy: string) => {
    const top = await vms(place, ['files', 'ls', address])
    expect(top).toMatchObject({ code: 0, stdout: expect.stringMatching(/packages\/$/m) })
    const all = await vms(place, ['files', 'ls', address, 'packages', '-r'])
    expect(
      all.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/).at(-1)),
    ).toEqual(['left-pad/', 'left-pad/1.0.0', 'left-pad/1.0.1', 'left-pad/package.json'])
    expect(await vms(place, ['files', 'cat', address, '/packages/left-pad/1.0.0'])).toMatchObject({
      code: 0,
      stdout: 'content',
    })
    expect(await vms(place, ['files', 'get', address, '/packages', copy])).toMatchObject({
      code: 0,
    })
    expect([...readFileSync(join(place.path, copy, 'left-pad', '1.0.1'))]).toEqual([0, 1, 2, 255])
    expect(
      await vms(place, ['files', 'get', address, '/packages/left-pad/1.0.0', `${copy}.txt`]),
    ).toMatchObject({ code: 0 })
    expect(readFileSync(join(place.path, `${copy}.txt`), 'utf8')).toBe('content')
    for (const verb of ['ls', 'cat', 'get']) {
      expect(await vms(place, ['files', verb, address, '/nowhere'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('ERR_VMS_NO_FILE'),
      })
    }
    expect(await vms(place, ['files', 'cat', address, '/packages'])).toMatchObject({ code: 2 })
  }
  await check(host.url, 'from-host')
  await host.process.finished('SIGTERM')
  await check('.vms/registry', 'from-directory')
})

test('info says what a host serves', async () => {
  const place = makeWorkplace()
  const { url, ledger, files } = await execHost(place, place.example('counter.js'))
  const { code, stdout } = await vms(place, ['info', url, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    url: `${url}/`,
    title: 'counter',
    ledger,
    files,
    methods: ['get', 'increment'],
    authentication: 'signed',
    semantics: 1,
    entries: 3,
  })
  const text = await vms(place, ['info', url])
  for (const words of [ledger, files, 'get, increment', 'signed'])
    expect(text.stdout).toContain(words)
})
