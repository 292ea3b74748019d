/** Upgrades of a real host: announced, in effect when they are due, dropped if they cannot be served; and requests that had not seen them. */
import { decodeEntry, type Entry, type GenesisEntry, signRequest } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Host, HostOptions } from '@vms/host'
import { Ledger } from '@vms/ledger'
import { expect, test, vi } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { Disk } from './disk.ts'
import { type AnyRemote, Place } from './place.ts'
import { Wire } from './wire.ts'

const V1 = `
let inMemory = 0
exports.init = async () => { await System.files.writeFile('/count', '0') }
exports.add = async (n) => {
  const count = Number(await System.files.readFile('/count')) + n
  await System.files.writeFile('/count', String(count))
  return [1, count, ++inMemory]
}
exports.old = () => 'old'
exports.later = (ms) => System.alarm.at(Date.now() + ms, 'add', 100)
exports.names = () => System.files.readdir('/', { recursive: true })
exports.history = async () => (await System.files.history()).map(({ path }) => path)
`
const V2 = V1.replace('[1, count', '[2, count').replace('exports.old', 'exports.fresh')
const V3 = V1.replace('[1, count', '[3, count')

const admin = sodiumCrypto.keyPair()

const upgradeable = (delayMs: number): GenesisEntry['upgrade'] => ({
  callers: [admin.publicKey],
  delayMs,
})

/** Time of a host that a test sets ahead. */
class Time {
  aheadMs = 0
  readonly now = (): number => Date.now() + this.aheadMs
}

const scriptOf = (source: string) => ({ name: 'new.js', title: 'New', source })

const upgrade = (client: AnyRemote, source: string): Promise<unknown> =>
  client.$call('vms:upgrade', [scriptOf(source)])

async function entriesOf(place: Place): Promise<Entry[]> {
  const ledger = await Ledger.open(place.service, { crypto: sodiumCrypto, readOnly: true })
  const entries: Entry[] = []
  for await (const block of ledger.entries(0, ledger.length)) entries.push(decodeEntry(block))
  await ledger.close()
  return entries
}

async function serve(
  place: Place,
  delayMs: number,
  options: Partial<HostOptions> = {},
): Promise<{ host: Host; boss: AnyRemote; guest: AnyRemote }> {
  const host = await place.host(V1, { upgrade: upgradeable(delayMs), ...options })
  const [boss, guest] = [await place.connect(host, { key: admin }), await place.connect(host)]
  return { host, boss, guest }
}

/** The machines that run the tests are slow and busy. */
const PATIENCE = { timeout: 45_000, interval: 50 }

test('an upgrade without delay is in effect for the next call, files stay and memory does not', async () => {
  const place = await Place.make()
  const { host, boss, guest } = await serve(place, 0)
  expect(await guest.$call('add', [1])).toStrictEqual([1, 1, 1])
  expect(await guest.$call('add', [1])).toStrictEqual([1, 2, 2])
  await upgrade(boss, V2)
  expect(await guest.$call('add', [1])).toStrictEqual([2, 3, 1])
  expect(await guest.$call('fresh')).toBe('old')
  await expect(guest.$call('old')).rejects.toMatchObject({
    refusal: { code: 'ERR_VMS_UNKNOWN_METHOD' },
  })
  // What the machine keeps for itself is not among the files of the script.
  expect(await guest.$call('names')).toStrictEqual(['count'])
  expect(new Set((await guest.$call('history')) as string[])).toStrictEqual(new Set(['/count']))
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', epochs: 2, findings: [] })
  const boots = (await entriesOf(place)).filter(({ type }) => type === 'boot')
  expect(boots).toMatchObject([
    { reason: 'start' },
    { reason: 'upgrade', methods: ['add', 'fresh', 'history', 'later', 'names'] },
  ])
})

test('with a delay it waits, also across a restart with either script at hand', async () => {
  const place = await Place.make()
  const time = new Time()
  const first = await serve(place, 30_000, { ports: { now: time.now } })
  const due = Number(await upgrade(first.boss, V2))
  expect(due).toBeGreaterThan(Date.now())
  expect(await first.guest.$call('add', [1])).toStrictEqual([1, 1, 1])
  await first.host.close()
  const second = await serve(place, 30_000, { ports: { now: time.now } })
  expect(await second.guest.$call('add', [1])).toStrictEqual([1, 2, 1])
  const { length } = second.host.head
  await second.host.close()
  time.aheadMs = 40_000
  const third = await serve(place, 30_000, { ports: { now: time.now } })
  expect(third.host.head.length).toBe(length + 1)
  expect(third.host.methods).toContain('fresh')
  expect(await third.guest.$call('add', [1])).toStrictEqual([2, 3, 1])
  await third.host.close()
  const fourth = await place.host(V2, { ports: { now: time.now } })
  expect(fourth.methods).toContain('fresh')
  await fourth.close()
  await expect(place.host(V3)).rejects.toMatchObject({ code: 'ERR_VMS_SCRIPT_DIFFERS' })
  const other = { upgrade: upgradeable(0) }
  await expect(place.host(V1, other)).rejects.toMatchObject({ code: 'ERR_VMS_SETTING_DIFFERS' })
  expect(await place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
})

test('it takes effect by itself when it is due, before alarms that are due then', async () => {
  const place = await Place.make()
  const { host, boss, guest } = await serve(place, 1_500)
  await guest.$call('later', [1_500])
  await upgrade(boss, V2)
  const { length } = host.head
  await vi.waitFor(() => expect(host.head.length).toBe(length + 2), PATIENCE)
  await host.close()
  const entries = await entriesOf(place)
  const [one, two] = entries.slice(-2)
  // The alarm was due at most a little before the upgrade.
  const kinds = [one, two].map((entry) => (entry?.type === 'boot' ? entry.reason : entry?.type))
  expect(kinds.toSorted()).toStrictEqual(['alarm', 'upgrade'])
  expect(await place.audit()).toMatchObject({ verdict: 'verified', alarms: { fired: 1 } })
})

test('who calls while the boot of a new script is being committed is heard after it', async () => {
  const place = await Place.make()
  const time = new Time()
  const disk = new Disk()
  const ports = { now: time.now, ...disk.ports }
  const { host, boss, guest } = await serve(place, 30_000, { ports })
  await upgrade(boss, V2)
  time.aheadMs = 40_000
  disk.hold()
  const first = guest.$call('add', [1])
  await disk.reached()
  const second = boss.$call('add', [1])
  // Time for more answers than the client takes as many refusals.
  for (let i = 0; i < 20; i++) await boss.$ledger.entry(0)
  disk.release()
  expect(await Promise.all([first, second])).toStrictEqual([
    expect.arrayContaining([2]),
    expect.arrayContaining([2]),
  ])
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', epochs: 2, findings: [] })
})

test('the newest one takes the place of one that is pending', async () => {
  const place = await Place.make()
  const time = new Time()
  const { host, boss, guest } = await serve(place, 30_000, { ports: { now: time.now } })
  await upgrade(boss, V2)
  time.aheadMs = 20_000
  await upgrade(boss, V3)
  time.aheadMs = 40_000
  // The first would be in effect by now.
  expect(await guest.$call('add', [1])).toStrictEqual([1, 1, 1])
  time.aheadMs = 60_000
  expect(await guest.$call('add', [1])).toStrictEqual([3, 2, 1])
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', epochs: 2 })
})

testInTurn(4).each([
  ['throws at its top level', `${V2}; throw new Error('no')`, 'thrown'],
  ['is no script', 'exports.add = (', 'thrown'],
  ['never ends', 'for (;;);', 'aborted'],
  ['has no methods', 'exports.add = 1', 'returned'],
])('one that %s is dropped, and the script before goes on', async (_, source, status) => {
  const place = await Place.make()
  const { host, boss, guest } = await serve(place, 0)
  expect(await guest.$call('add', [1])).toStrictEqual([1, 1, 1])
  await upgrade(boss, source)
  expect(await guest.$call('add', [1])).toStrictEqual([1, 2, 1])
  await upgrade(boss, V3)
  expect(await guest.$call('add', [1])).toStrictEqual([3, 3, 1])
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
  const boots = (await entriesOf(place)).filter((entry) => entry.type === 'boot')
  expect(boots.map(({ reason }) => reason)).toStrictEqual([
    'start',
    'upgrade',
    'restart',
    'upgrade',
  ])
  expect(boots[1]?.outcome.status).toBe(status)
})

test('nobody else may, and nobody at all where the genesis names none', async () => {
  const place = await Place.make()
  const { host, guest } = await serve(place, 0)
  const refusal = { refusal: { code: 'ERR_VMS_NOT_UPGRADER' } }
  await expect(upgrade(guest, V2)).rejects.toMatchObject(refusal)
  await expect(guest.$call('vms:other')).rejects.toMatchObject({
    refusal: { code: 'ERR_VMS_UNKNOWN_METHOD' },
  })
  await host.close()
  const other = await Place.make()
  const closed = await other.connect(await other.host(V1), { key: admin })
  await expect(upgrade(closed, V2)).rejects.toMatchObject(refusal)
})

test.each([
  ['no script', []],
  ['text', [V2]],
  ['a field too many', [{ ...scriptOf(V2), map: '' }]],
  ['two scripts', [scriptOf(V2), scriptOf(V3)]],
])('%s is no upgrade', async (_, args) => {
  const place = await Place.make()
  const { boss } = await serve(place, 0)
  await expect(boss.$call('vms:upgrade', args)).rejects.toMatchObject({
    refusal: { code: 'ERR_VMS_BAD_REQUEST' },
  })
})

test('what was signed before it is refused, an old upgrade too', async () => {
  const place = await Place.make()
  const { host, boss } = await serve(place, 0)
  const wire = await Wire.open(host)
  const sign = (method: string, args: unknown[]) => {
    const bytes = wire.request([[method, args]], { caller: admin.publicKey })
    return [bytes, signRequest(sodiumCrypto, bytes, admin.secretKey)] as const
  }
  const call = sign('add', [1])
  const downgrade = sign('vms:upgrade', [scriptOf(V1)])
  const first = sign('vms:upgrade', [scriptOf(V2)])
  expect((await wire.call(...first))?.[0]).toBe('reply')
  expect(await boss.$call('add', [1])).toStrictEqual([2, 1, 1])
  for (const old of [call, downgrade])
    expect((await wire.call(...old))?.[2]).toMatchObject({ code: 'ERR_VMS_UPGRADED' })
  // The same bytes again are the same upgrade, whose reply is at hand, and nothing else happens.
  const { length } = host.head
  expect((await wire.call(...first))?.[0]).toBe('reply')
  expect(await boss.$call('add', [1])).toStrictEqual([2, 2, 2])
  expect(host.head.length).toBe(length + 1)
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', epochs: 2 })
})

test('an upgrade needs no machine: it mends a service whose script does not boot any more', async () => {
  const place = await Place.make()
  const time = new Time()
  const until = Date.now() + 20_000
  const script = `if (Date.now() > ${until}) throw new Error('over')\n${V1}`
  const options = { upgrade: upgradeable(0), ports: { now: time.now } }
  const first = await place.host(script, options)
  const guest = await place.connect(first)
  await guest.$call('later', [10_000])
  await first.close()
  time.aheadMs = 30_000
  const second = await place.host(script, options)
  const boss = await place.connect(second, { key: admin })
  await expect(boss.$call('add', [1])).rejects.toMatchObject({
    code: 'ERR_VMS_UNKNOWN_METHOD',
  })
  await upgrade(boss, V2)
  expect(await boss.$call('add', [1])).toStrictEqual([2, 101, 2])
  await second.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', alarms: { fired: 1 } })
})

test('a client reads the scripts back from the one in effect, or to come, to the first', async () => {
  const place = await Place.make()
  const time = new Time()
  const { boss, guest } = await serve(place, 20_000, { ports: { now: time.now } })
  const read = async () => {
    const found = []
    for await (const { script, entry, boot, by, methods } of guest.$ledger.scripts()) {
      const state = boot === null ? 'pending' : (await guest.$ledger.entry(boot)).entry.type
      found.push([script.source, state, by === null ? by : entry, methods?.includes('fresh')])
    }
    return found
  }
  expect(await read()).toStrictEqual([[V1, 'boot', null, false]])
  const bring = async (source: string): Promise<number> =>
    (await boss.$receipt('vms:upgrade', [scriptOf(source)])).receipt.index
  // Of two that are announced the later one counts, and one that cannot be served comes to nothing.
  await bring(V3)
  const second = await bring(V2)
  expect(await guest.$call('add', [1])).toStrictEqual([1, 1, 1])
  expect(await read()).toStrictEqual([
    [V2, 'pending', second, undefined],
    [V1, 'boot', null, false],
  ])
  time.aheadMs += 21_000
  expect(await guest.$call('add', [1])).toStrictEqual([2, 2, 1])
  await bring('throw new Error("no")')
  time.aheadMs += 21_000
  expect(await guest.$call('add', [1])).toStrictEqual([2, 3, 1])
  const third = await bring(V3)
  time.aheadMs += 21_000
  expect(await guest.$call('add', [1])).toStrictEqual([3, 4, 1])
  expect(await read()).toStrictEqual([
    [V3, 'boot', third, false],
    [V2, 'boot', second, true],
    [V1, 'boot', null, false],
  ])
})
