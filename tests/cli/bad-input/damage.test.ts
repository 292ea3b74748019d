/** Directories that hold no service, a damaged one, or one in use. Nothing is verified, served or made anew from them. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { skipLoudly } from '../../harness/skip-loudly.ts'
import { vmsBatch } from '../../harness/vms-batch.ts'
import { execHost } from '../../harness/vms-host.ts'
import { vms as vmsProcess } from '../../harness/vms-process.ts'
import { vms } from '../../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../../harness/workplace.ts'
import { expectRefusals, type Refusal } from './refusal.ts'

/** Counts calls and keeps what they bring, so that the store has blobs. */
const KEEPER = `
exports.init = () => System.files.mkdir('/kept')
exports.keep = (name, text) => System.files.writeFile('/kept/' + name, text)`

/**
 * The directory of a stopped service with a history of five calls a round. After the second, part of it is in the
 * tables of RocksDB and part in its log.
 */
async function stoppedService(place: Workplace, rounds = 1): Promise<string> {
  place.write('keeper.js', KEEPER)
  for (let round = 1; round <= rounds; round++) {
    const { url, process } = await execHost(place, 'keeper.js', ['--no-swarm', '--dir', 'service'])
    const line = `for (let i = 0; i < 5; i++) await keep('${round}-' + i, 'x'.repeat(5_000))`
    expect(await vmsProcess(place, ['repl', url, '-e', `${line}; 1`])).toMatchObject({ code: 0 })
    await process.finished('SIGTERM')
  }
  return join(place.path, 'service')
}

/** Changes a copy of the service; its argument is the path of the copy. */
type Damage = (directory: string) => void

const write =
  (file: string, content: string | Uint8Array): Damage =>
  (directory) =>
    writeFileSync(join(directory, file), content)

const remove =
  (file: string): Damage =>
  (directory) =>
    rmSync(join(directory, file), { recursive: true })

/** A directory where a file is expected, or a file where a directory is. */
const replace =
  (file: string, what: 'file' | 'directory'): Damage =>
  (directory) => {
    rmSync(join(directory, file), { recursive: true, force: true })
    if (what === 'file') writeFileSync(join(directory, file), '')
    else mkdirSync(join(directory, file))
  }

/** The one file of the store's database whose name is like this. */
const inStore = (directory: string, name: RegExp): string => {
  const [found] = readdirSync(join(directory, 'store', 'db')).filter((file) => name.test(file))
  return join(directory, 'store', 'db', found as string)
}

const cut =
  (name: RegExp): Damage =>
  (directory) => {
    const file = inStore(directory, name)
    truncateSync(file, Math.floor(readFileSync(file).length / 2))
  }

/** Flips a bit in every stretch of that many bytes. */
const flip =
  (name: RegExp, every = 512): Damage =>
  (directory) => {
    const file = inStore(directory, name)
    const bytes = readFileSync(file)
    for (let i = every >> 1; i < bytes.length; i += every) bytes[i] = (bytes[i] as number) ^ 0x40
    writeFileSync(file, bytes)
  }

const editJson =
  (file: string, change: (content: Record<string, string>) => void): Damage =>
  (directory) => {
    const path = join(directory, file)
    const content = JSON.parse(readFileSync(path, 'utf8'))
    change(content)
    writeFileSync(path, JSON.stringify(content))
  }

const otherDigit = (hex = ''): string => (hex.startsWith('0') ? '1' : '0') + hex.slice(1)

const verify = (directory: string): string[] => ['verify', directory, '--json']
const log = (directory: string): string[] => ['log', directory, '--jsonl']
const list = (directory: string): string[] => ['files', 'ls', directory]
const exec = (directory: string): string[] => [
  'exec',
  'keeper.js',
  '--dir',
  directory,
  '-p',
  '0',
  '--no-swarm',
  '--json',
]

test('a damaged directory is called that, and neither served nor begun anew', async () => {
  const place = makeWorkplace()
  const service = await stoppedService(place, 2)
  const damages: [string, Damage][] = [
    ['service.json is empty', write('service.json', '')],
    ['service.json is cut', write('service.json', '{"layout":')],
    ['service.json is null', write('service.json', 'null')],
    ['service.json is of another layout', write('service.json', '{"layout":2}')],
    ['service.json is noise', write('service.json', Uint8Array.of(0xff, 0, 1))],
    ['service.json is a directory', replace('service.json', 'directory')],
    [
      'service.json has another ledger',
      editJson('service.json', (it) => (it['ledger'] = otherDigit(it['ledger']))),
    ],
    [
      'service.json has other files',
      editJson('service.json', (it) => (it['files'] = otherDigit(it['files']))),
    ],
    [
      'service.json has another genesis',
      editJson('service.json', (it) => (it['genesis'] = otherDigit(it['genesis']))),
    ],
    ['the store is gone', remove('store')],
    ['the store is empty', replace('store', 'directory')],
    ['the store is a file', replace('store', 'file')],
    ['the database is gone', remove('store/db')],
    ['the database is a file', replace('store/db', 'file')],
    ['CURRENT is gone', remove('store/db/CURRENT')],
    ['CURRENT is empty', write('store/db/CURRENT', '')],
    ['CURRENT is noise', write('store/db/CURRENT', 'noise\n')],
    ['CURRENT names what is not there', write('store/db/CURRENT', 'MANIFEST-999999\n')],
    ['CURRENT is a directory', replace('store/db/CURRENT', 'directory')],
    ['the manifest is cut', cut(/^MANIFEST/)],
    ['the manifest has bits flipped', flip(/^MANIFEST/, 64)],
    ['a table is cut', cut(/\.sst$/)],
    ['a table has bits flipped', flip(/\.sst$/)],
    ['blobs are cut', cut(/\.blob$/)],
    ['blobs have bits flipped', flip(/\.blob$/)],
    ['the write-ahead log has bits flipped', flip(/\.log$/)],
    ['the write-ahead log is cut', cut(/\.log$/)],
    ['the write-ahead log is gone', (directory) => rmSync(inStore(directory, /\.log$/))],
    ['the last head is gone', remove('head')],
    ['the last head is noise', write('head', 'noise')],
    ['the last head is a directory', replace('head', 'directory')],
  ]
  const table = damages.flatMap(([name, damage], i): Refusal[] => {
    const copies = [verify, log, exec].map((verb) => {
      const directory = join(place.path, 'copies', `${i} ${name}`, verb.name)
      cpSync(service, directory, { recursive: true })
      // It says that this is a copy, which is not what this is about.
      rmSync(join(directory, 'store', 'CORESTORE'))
      damage(directory)
      return verb(directory)
    })
    return copies.map((args) => [args, 3, 'ERR_VMS_LEDGER_DAMAGED', 'is damaged: '])
  })
  await expectRefusals(place, table)
})

test('keys of the host that are missing, or another’s, keep it from serving, not from being verified', async () => {
  const place = makeWorkplace()
  const service = await stoppedService(place)
  const damages: [string, Damage, RegExp | string][] = [
    ['gone', remove('keys.json'), 'ENOENT'],
    ['empty', write('keys.json', ''), 'JSON'],
    ['null', write('keys.json', 'null'), 'cannot read'],
    ['noise', write('keys.json', '{"transport":"zz"}'), 'cannot read'],
    ['a directory', replace('keys.json', 'directory'), 'EISDIR'],
    // Refusals signed with another key would be taken for lies.
    ['another’s', editJson('keys.json', (it) => (it['refusal'] = '00'.repeat(32))), 'refusal key'],
  ]
  const directories = damages.map(([name, damage]) => {
    const directory = join(place.path, name)
    cpSync(service, directory, { recursive: true })
    rmSync(join(directory, 'store', 'CORESTORE'))
    damage(directory)
    return directory
  })
  await expectRefusals(
    place,
    damages.map(([, , says], i) => [
      exec(directories[i] as string),
      3,
      'ERR_VMS_KEYS_UNREADABLE',
      says,
    ]),
  )
  for (const { code, stdout } of await vmsBatch(place, directories.map(verify))) {
    expect({ code, stdout: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      stdout: { verdict: 'verified', calls: 5 },
    })
  }
})

test('directories without a service, copies, and what is no directory', async () => {
  const place = makeWorkplace()
  const service = await stoppedService(place)
  mkdirSync(join(place.path, 'empty'))
  place.write('other/notes.txt', 'mine')
  place.write('file', 'x')
  cpSync(service, join(place.path, 'copy'), { recursive: true })
  cpSync(service, join(place.path, 'lost'), { recursive: true })
  rmSync(join(place.path, 'lost', 'service.json'))
  rmSync(join(place.path, 'lost', 'store', 'CORESTORE'))
  place.write('another.js', 'exports.a = () => 1')
  mkdirSync(join(place.path, 'many', 'provisioning'), { recursive: true })
  mkdirSync(join(place.path, 'kept', 'replica'), { recursive: true })
  const at = (script: string, directory: string, ...flags: string[]): string[] => [
    ...['exec', script, '--dir', directory, '-p', '0', '--no-swarm', '--json', ...flags],
  ]
  await expectRefusals(place, [
    ...['empty', 'other', '.', 'lost'].flatMap((directory) =>
      [verify, log, list].map(
        (verb): Refusal => [verb(directory), 2, 'ERR_VMS_NO_LEDGER', 'there is no ledger in'],
      ),
    ),
    [
      at('keeper.js', 'copy'),
      3,
      'ERR_VMS_LEDGER_MOVED',
      /is a copy[\s\S]*vms log -n 1[\s\S]*older copy is a fork/,
    ],
    [verify('many'), 2, 'ERR_VMS_NO_LEDGER', /--all audits all of it/],
    [log('many'), 2, 'ERR_VMS_NO_LEDGER', /--all audits all of it/],
    [verify('kept'), 2, 'ERR_VMS_NO_LEDGER', /vms verify <address> --dir/],
    [list('kept'), 2, 'ERR_VMS_NO_LEDGER', /vms verify <address> --dir/],
    [at('keeper.js', 'lost'), 3, 'ERR_VMS_LEDGER_DAMAGED', 'service.json is not there'],
    [at('keeper.js', 'file'), 2, 'ERR_VMS_DIRECTORY', 'EEXIST'],
    [at('keeper.js', 'file/inside'), 2, 'ERR_VMS_DIRECTORY', 'ENOTDIR'],
    [
      at('keeper.js', 'new', '--host', 'no-such-host.invalid'),
      3,
      'ERR_VMS_LISTEN',
      'cannot listen',
    ],
  ])
  // One after the other: these open the same directory for writing.
  await expectRefusals(
    place,
    [
      [at('another.js', 'service'), 1, 'ERR_VMS_SCRIPT_DIFFERS', '--dir'],
      [at('keeper.js', 'service', '--debug'), 2, 'ERR_VMS_SETTING_DIFFERS', 'signed, not debug'],
    ],
    { atOnce: 1 },
  )
  expect(readdirSync(join(place.path, 'other'))).toEqual(['notes.txt'])
  // None of this has done anything to the service itself.
  const [verified] = await vmsBatch(place, [verify('service')])
  expect(verified).toMatchObject({ code: 0 })
})

test('a directory in use is refused, and the host goes on', async () => {
  const place = makeWorkplace()
  const { url, directory } = await execHost(place, place.example('counter.js'))
  const locked = (args: string[]): Refusal => [args, 3, 'ERR_VMS_LEDGER_LOCKED', directory]
  await expectRefusals(place, [
    ...[verify, log, list].map((verb) => locked(verb(directory))),
    locked(['exec', 'counter.js', '-p', '0', '--no-swarm', '--json']),
  ])
  expect(await vms(place, ['call', url, 'increment'])).toMatchObject({ code: 0, stdout: '1\n' })
})

test('what one may not read or write is said to be that', async (context) => {
  if (process.platform === 'win32') return skipLoudly(context, 'Windows has other rights')
  // The rights of root know no limits, so this runs as nobody then.
  const as = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
  const place = makeWorkplace()
  chmodSync(place.path, 0o777)
  place.write('keeper.js', KEEPER)
  place.write('secret.js', KEEPER)
  place.write('secret.key', `vms-caller-key-1 ${'00'.repeat(32)}\n`)
  mkdirSync(join(place.path, 'closed', 'inside'), { recursive: true })
  const mine = as ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const closed = as ? 0o700 : 0o000
  for (const file of ['secret.js', 'secret.key'])
    chmodSync(join(place.path, file), as ? 0o600 : 0o000)
  chmodSync(join(place.path, 'closed'), closed)
  const started = await vmsBatch(place, [['--version']], { as: mine }).catch(() => null)
  // The checkout itself may be out of nobody's reach.
  if (!started) return skipLoudly(context, 'nobody else may read this checkout')
  try {
    await expectRefusals(
      place,
      [
        [['exec', 'secret.js', '-p', '0', '--no-swarm'], 2, 'ERR_VMS_USAGE', 'EACCES'],
        [exec('closed/service'), 2, 'ERR_VMS_DIRECTORY', 'EACCES'],
        [['key', '--key', 'secret.key'], 2, 'ERR_VMS_KEY_FILE', 'EACCES'],
        [['key', '--key', 'closed/mine.key'], 2, 'ERR_VMS_KEY_FILE', 'EACCES'],
        [['verify', 'localhost:2', '--receipt', 'secret.key'], 2, 'ERR_VMS_USAGE', 'EACCES'],
        [['call', 'localhost:2', 'x', '--receipt', 'closed/receipt'], 2, 'ERR_VMS_LOCAL_FILE'],
      ],
      { as: mine },
    )
  } finally {
    chmodSync(join(place.path, 'closed'), 0o700)
  }
})
