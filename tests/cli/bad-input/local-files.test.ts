/** The person's own files: keys and receipts that are none, and places where nothing can be stored. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vmsBatch } from '../../harness/vms-batch.ts'
import { execHost } from '../../harness/vms-host.ts'
import { vms } from '../../harness/vms-warm.ts'
import { makeWorkplace } from '../../harness/workplace.ts'
import { expectRefusals, type Refusal } from './refusal.ts'

const SEED = 'ab'.repeat(32)

test('key files that are none are refused, and never made readable to others', async () => {
  const place = makeWorkplace()
  const good = `vms-caller-key-1 ${SEED}\n`
  const contents: [string, string | Uint8Array][] = [
    ['empty', ''],
    ['noise', Uint8Array.of(0xff, 0, 1, 2)],
    ['text', 'secret'],
    ['short', 'vms-caller-key-1 abcd\n'],
    ['long', `vms-caller-key-1 ${SEED}ab\n`],
    ['upper', good.toUpperCase()],
    ['windows', good.replace('\n', '\r\n')],
    ['two', good + good],
    ['younger', good.replace('-1', '-2')],
    ['pem', '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n'],
    ['\u001b[31mred\u0007\n', 'x'],
    ['large', 'x'.repeat(10_000_000)],
  ]
  for (const [name, content] of contents)
    writeFileSync(join(place.path, name), content, { mode: 0o600 })
  writeFileSync(join(place.path, 'good'), good, { mode: 0o600 })
  mkdirSync(join(place.path, 'directory'))
  symlinkSync('nowhere/at/all', join(place.path, 'dangling'))
  const refused = (file: string, says: RegExp | string): Refusal[] => [
    [['key', '--key', file], 2, 'ERR_VMS_KEY_FILE', says],
    // Before the host is asked.
    [['call', 'localhost:2', 'x', '--key', file], 2, 'ERR_VMS_KEY_FILE', says],
  ]
  const posix = process.platform !== 'win32'
  for (const [name, mode] of [
    ['group', 0o640],
    ['others', 0o604],
  ] as const) {
    writeFileSync(join(place.path, name), good)
    chmodSync(join(place.path, name), mode)
  }
  await expectRefusals(place, [
    ...contents.flatMap(([name]) => refused(name, 'is not a key file')),
    ...refused('directory', /directory: is no regular file(?![\s\S]*chmod)/),
    ...refused('.', /is no regular file(?![\s\S]*chmod)/),
    ...refused('dangling', 'is a link to nothing'),
    ...refused('good/inside', 'ENOTDIR'),
    ...(posix ? refused('/dev/null', /is no regular file(?![\s\S]*chmod)/) : []),
    ...(posix ? refused('group', /mode 640[\s\S]*chmod 600/) : []),
    ...(posix ? refused('others', /mode 604[\s\S]*chmod 600/) : []),
  ])
  const [key] = await vmsBatch(place, [['key', '--key', 'good']])
  expect(key).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^[a-z1-9]{52}\n$/),
  })
})

test('receipts that are none are refused; those that hold nothing prove nothing', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('rsvp.js'), ['--no-swarm', '--dir', 'service'])
  const made = await vms(place, ['call', host.url, 'RSVP', 'true', '--receipt', 'good'])
  expect(made).toMatchObject({ code: 0 })
  const good = readFileSync(join(place.path, 'good'))
  const broken: [string, Uint8Array | string][] = [
    ['empty', ''],
    ['text', 'receipt'],
    ['json', '{}'],
    ['half', good.subarray(0, good.length >> 1)],
    ['cut', good.subarray(0, -1)],
    ['longer', Buffer.concat([good, Buffer.alloc(1)])],
    ['deep', Buffer.alloc(100_000, 0x91)],
    ['large', Buffer.alloc(20_000_000, 1)],
  ]
  for (const [name, content] of broken) writeFileSync(join(place.path, name), content)
  mkdirSync(join(place.path, 'directory'))
  const flips = [0.1, 0.3, 0.5, 0.7, 0.9, 0.999]
  for (const at of flips) {
    const flipped = Buffer.from(good)
    const index = Math.floor(good.length * at)
    flipped[index] = (flipped[index] as number) ^ 1
    writeFileSync(join(place.path, `flip-${at}`), flipped)
  }
  const verify = (receipt: string): string[] => ['verify', host.url, '--json', '--receipt', receipt]
  await expectRefusals(place, [
    ...[...broken.map(([name]) => name), 'directory'].map(
      (name): Refusal => [verify(name), 2, 'ERR_VMS_USAGE', 'is no receipt'],
    ),
    [verify('nowhere'), 2, 'ERR_VMS_USAGE', 'there is no receipt at'],
  ])
  const [intact, ...rest] = await vmsBatch(
    place,
    [verify('good'), ...flips.map((at) => verify(`flip-${at}`))],
    { atOnce: 2 },
  )
  expect(intact).toMatchObject({ code: 0 })
  for (const { code, stdout } of rest) {
    // Some flips leave no receipt at all, the others one that does not hold.
    const { verdict, findings, error } = JSON.parse(stdout)
    if (code === 2) expect(error.code).toBe('ERR_VMS_USAGE')
    else {
      expect({ code, verdict }).toEqual({ code: 3, verdict: 'incomplete' })
      expect(findings).toMatchObject([{ code: 'RECEIPT_INVALID' }])
    }
  }
})

test('a receipt that cannot be stored is found out before the call is made', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  expect(await vms(place, ['call', host.url, 'increment'])).toMatchObject({ stdout: '1\n' })
  mkdirSync(join(place.path, 'directory'))
  place.write('file', 'mine')
  const call = (receipt: string): string[] => ['call', host.url, 'increment', '--receipt', receipt]
  await expectRefusals(
    place,
    ['directory', '.', 'nowhere/receipt', 'file/receipt'].map(
      (file): Refusal => [call(file), 2, 'ERR_VMS_LOCAL_FILE'],
    ),
  )
  expect(await vms(place, ['call', host.url, 'get'])).toMatchObject({ stdout: '1\n' })
})

test('copies of files go nowhere that they cannot, and the person’s files stay', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('registry.js'))
  await vms(place, ['call', host.url, 'publish', '"left-pad"', '"1.0.0"', '"content"'])
  mkdirSync(join(place.path, 'directory'))
  place.write('file', 'mine')
  const get = (path: string, target: string): string[] => ['files', 'get', host.url, path, target]
  const one = '/packages/left-pad/1.0.0'
  const localFile = (args: string[], says: string): Refusal => [args, 2, 'ERR_VMS_LOCAL_FILE', says]
  await expectRefusals(place, [
    localFile(get('/packages', 'file'), 'is a file, not a directory'),
    localFile(get('/', 'file'), 'is a file, not a directory'),
    localFile(get('/packages', 'file/inside'), 'is not in a directory'),
    localFile(get(one, 'directory'), 'is a directory'),
    localFile(get(one, 'file/inside'), 'is a file, not a directory'),
    [get('/nowhere', 'copy'), 1, 'ERR_VMS_NO_FILE', 'there is no /nowhere'],
    [['files', 'cat', host.url, '/'], 2, 'ERR_VMS_USAGE', '/ is a directory'],
    [['files', 'cat', host.url, '/packages'], 2, 'ERR_VMS_USAGE', 'vms files get copies it'],
    [['files', 'cat', host.url, '../../etc/passwd'], 1, 'ERR_VMS_NO_FILE', '/etc/passwd'],
    [['files', 'ls', host.url, `${one}/x`], 1, 'ERR_VMS_NO_FILE'],
    [
      ['verify', host.url, '--dir', 'file', '--json'],
      2,
      'ERR_VMS_LOCAL_FILE',
      'is a file, not a directory',
    ],
    [['verify', host.url, '--dir', 'file/inside'], 2, 'ERR_VMS_LOCAL_FILE', 'not in a directory'],
  ])
  expect(readFileSync(join(place.path, 'file'), 'utf8')).toBe('mine')
  expect(readdirSync(join(place.path, 'directory'))).toEqual([])
  expect(existsSync(join(place.path, 'copy'))).toBe(false)
})
