/** The life of calls through a real host, client and machine, and the audit of what they left. */
import { verifyReceipt } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { expect, test } from 'vitest'
import { Place } from './place.ts'

const GUESTS = `
exports.init = async () => { await System.files.mkdir('/rsvps') }
exports.RSVP = async (isAttending, reason) => {
  await System.files.writeFile('/rsvps/' + System.caller.id + '.json', JSON.stringify({ isAttending, reason, at: Date.now() }))
  return { ok: true, by: System.caller.id }
}
exports.list = async () => {
  const names = await System.files.readdir('/rsvps')
  return Promise.all(names.map(async (name) => JSON.parse(await System.files.readFile('/rsvps/' + name))))
}
exports.fail = async () => {
  await System.files.writeFile('/half', 'half')
  throw Object.assign(new Error('no such guest'), { code: 'ENOGUEST' })
}
exports.has = async (path) => { try { await System.files.stat(path); return true } catch (error) { return error.code } }
exports.echo = (value) => value
`

test('calls are answered with receipts, and the ledger they leave is verified', async () => {
  const place = await Place.make()
  const host = await place.host(GUESTS)
  expect(host.methods).toEqual(['RSVP', 'echo', 'fail', 'has', 'list'])
  const alice = await place.connect(host)
  const bob = await place.connect(host)
  const { value, receipt } = await alice.$receipt('RSVP', [true, 'for the cake'])
  expect(value).toMatchObject({ ok: true })
  await bob['RSVP']?.(false)
  expect(await alice['list']?.()).toHaveLength(2)
  expect(verifyReceipt(sodiumCrypto, receipt).entry.type).toBe('calls')
  await host.close()
  const report = await place.audit({ receipts: [receipt] })
  expect(report).toMatchObject({ verdict: 'verified', findings: [], calls: 3 })
})

test('a call that throws leaves no file, and its error reaches the caller with its code', async () => {
  const place = await Place.make()
  const host = await place.host(GUESTS)
  const client = await place.connect(host)
  await expect(client['fail']?.()).rejects.toMatchObject({ name: 'Error', code: 'ENOGUEST' })
  expect(await client['has']?.('/half')).toBe('ENOENT')
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified' })
})

test('every kind of value makes the round trip through client, machine and ledger', async () => {
  const place = await Place.make()
  const host = await place.host(GUESTS)
  const client = await place.connect(host)
  const value = {
    nothing: null,
    missing: undefined,
    numbers: [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -1],
    big: 2n ** 80n,
    text: 'żółć 𝒳',
    bytes: Uint8Array.of(1, 2, 3),
    when: new Date(0),
    map: new Map<unknown, unknown>([
      [1, 'one'],
      ['two', new Set([2])],
    ]),
    ['__proto__']: 'an ordinary key',
  }
  expect(await client['echo']?.(value)).toEqual(value)
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified' })
})

test('a thousand calls at once share requests and groups, and are all verified', async () => {
  const place = await Place.make()
  const host = await place.host(GUESTS)
  const clients = await Promise.all(Array.from({ length: 5 }, () => place.connect(host)))
  const calls = Array.from({ length: 1_000 }, (_, i) =>
    (clients[i % 5] as (typeof clients)[0])['echo']?.(i),
  )
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  const head = await host.close()
  expect(head.length).toBeLessThan(100)
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 1_000 })
})

test('a thousand calls at once with a signature each are all answered', async () => {
  const place = await Place.make()
  const host = await place.host(GUESTS)
  const client = await place.connect(host, { requestCalls: 1 })
  const calls = Array.from({ length: 1_000 }, (_, i) => client['echo']?.(i))
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  const { length } = await host.close()
  expect(length).toBe(1_003)
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 1_000 })
})

test('a restarted host goes on with the same ledger, and says so in it', async () => {
  const place = await Place.make()
  const first = await place.host(GUESTS)
  const before = await place.connect(first)
  await before['RSVP']?.(true)
  await first.close()
  const second = await place.host(GUESTS)
  expect(second.ledgerUrl).toBe(first.ledgerUrl)
  expect(second.created).toBe(false)
  const client = await place.connect(second)
  expect(await client['list']?.()).toHaveLength(1)
  await second.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', epochs: 2 })
})

test('a ledger is bound to its script', async () => {
  const place = await Place.make()
  const first = await place.host(GUESTS)
  await first.close()
  await expect(place.host(`${GUESTS}\nexports.more = () => 1`)).rejects.toMatchObject({
    code: 'ERR_VMS_SCRIPT_DIFFERS',
  })
})

test('a script that fails to load or to initialise makes no service, and the directory can be used again', async () => {
  const place = await Place.make()
  await expect(place.host("throw new Error('broken')")).rejects.toMatchObject({
    code: 'ERR_VMS_SCRIPT_FAILED',
  })
  await expect(
    place.host("exports.init = () => { throw new Error('no') }; exports.a = () => 1"),
  ).rejects.toMatchObject({
    code: 'ERR_VMS_SCRIPT_FAILED',
  })
  const host = await place.host(GUESTS)
  expect(host.created).toBe(true)
})

test('epochs end after the calls that the genesis allows, and memory with them', async () => {
  const place = await Place.make()
  const host = await place.host('let n = 0; exports.next = () => ++n', { epochCalls: 3 })
  const client = await place.connect(host)
  const got: unknown[] = []
  for (let i = 0; i < 7; i++) got.push(await client['next']?.())
  expect(got).toEqual([1, 2, 3, 1, 2, 3, 1])
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', epochs: 3, calls: 7 })
})

test('debug mode takes names, and the genesis and the report say so', async () => {
  const place = await Place.make()
  const host = await place.host(GUESTS, { debug: true })
  const bob = await place.connect(host, { user: 'bob' })
  expect(await bob['RSVP']?.(true)).toMatchObject({ by: 'debug:bob' })
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', authentication: 'debug' })
})

test('a history of files is the same on replay, however the groups fell', async () => {
  const place = await Place.make()
  const host = await place.host(`
    exports.put = async (path) => {
      await System.files.writeFile(path, path)
      return (await System.files.history()).length
    }
    exports.drop = async (path) => { await System.files.unlink(path); return System.files.history({ reverse: true }) }
  `)
  const clients = await Promise.all(
    Array.from({ length: 4 }, () => place.connect(host, { requestCalls: 1, timeout: 60_000 })),
  )
  const puts = Array.from({ length: 60 }, (_, i) => clients[i % 4]?.['put']?.(`/${i % 7}`))
  await Promise.all(puts)
  for (let i = 0; i < 5; i++) await clients[0]?.['drop']?.(`/${i}`)
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 65, findings: [] })
})
