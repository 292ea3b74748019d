/** Directories that earlier releases wrote, and the one to come: today's code verifies them, serves them, and verifies what it added. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Remote } from '@vms/client'
import { decodeEntry, type GenesisEntry, signRequest } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { createHost, type HostOfMany } from '@vms/host'
import { Ledger } from '@vms/ledger'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  hasStore,
  NEXT_STORES,
  REFUSED_REQUEST,
  STORE_KINDS,
  type StoreKind,
  storeAdmin,
  storeReleases,
  unpackStore,
} from '../../vectors/stores/recorded.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'
import { Wire } from '../service/wire.ts'

type Client = Remote<Record<string, (...args: unknown[]) => unknown>>

const PATIENCE = { timeout: 45_000, interval: 50 }

const HINT = `If outcomes changed on purpose and no release had them, record '${NEXT_STORES}' anew: node vectors/stores/record.ts`

interface Unpacked {
  readonly place: Workplace
  readonly dir: string
}

function unpack(release: string, kind: StoreKind): Unpacked {
  const place = makeWorkplace()
  const dir = join(place.path, kind)
  unpackStore(release, kind, dir)
  return { place, dir }
}

async function verify({ place, dir }: Unpacked, ...options: string[]) {
  const { code, stdout, stderr } = await vms(place, ['verify', dir, '--json', ...options])
  const report = JSON.parse(stdout)
  expect({ code, verdict: report.verdict, stderr }, HINT).toMatchObject({
    code: 0,
    verdict: 'verified',
  })
  return report
}

async function connectTo(url: string, asAdmin = false): Promise<Client> {
  const key = asAdmin ? storeAdmin(crypto) : crypto.keyPair()
  const client: Client = await connect(url, { key, timeout: 60_000 })
  onTestFinished(() => client.$close())
  return client
}

describe.each(storeReleases())('stores of release %s', (release) => {
  test.each(STORE_KINDS)('there is one of a %s', (kind) => {
    expect(hasStore(release, kind)).toBe(true)
  })

  test('a service goes on: script, files, alarms', async () => {
    const store = unpack(release, 'service')
    const before = await verify(store)
    const host = await createHost({ dir: store.dir, port: 0, script: await firstScript(store.dir) })
    onTestFinished(async () => void (await host.close()))
    expect(host.created).toBe(false)
    const client = await connectTo(host.url)
    expect(await client.$call('version')).toBe(2)
    expect(await client.$call('note', ['d', 'four'])).toEqual({ calls: 1, notes: ['a', 'c', 'd'] })
    expect(await client.$call('read', ['a'])).toBe('a'.repeat(2_000))
    // One was due while nobody served the directory, the other is due in years.
    await vi.waitFor(async () => expect(await client.$call('rung')).toBe(1), PATIENCE)
    expect(await client.$call('alarms')).toBe(1)
    await client.$close()
    await host.close()
    const after = await verify(store)
    expect(after.entries).toBeGreaterThan(before.entries + 3)
    expect(after.ledger).toBe(before.ledger)
  })

  test('a request that was refused for good is refused again, within its time', async () => {
    const { dir } = unpack(release, 'service')
    const { refused } = JSON.parse(readFileSync(join(dir, 'refused.json'), 'utf8'))
    const [{ code, expires }] = refused as [{ code: string; expires: number }]
    const script = await firstScript(dir)
    const host = await createHost({ dir, port: 0, script, ports: { now: () => expires - 1 } })
    onTestFinished(async () => void (await host.close()))
    const request = new Uint8Array(readFileSync(join(dir, REFUSED_REQUEST)))
    const signature = signRequest(crypto, request, storeAdmin(crypto).secretKey)
    const { length } = host.head
    const answer = await (await Wire.open(host)).call(request, signature)
    expect(answer).toMatchObject(['refused', 1, { code }])
    // It was not run again, which would have taken a boot.
    expect(host.head.length).toBe(length)
  })

  test('a host of many goes on: services that sleep, were faulted, are stopped, are removed', async () => {
    const store = unpack(release, 'host')
    await verify(store, '--all')
    const host = await createHost({ dir: store.dir, port: 0 })
    onTestFinished(async () => void (await host.close()))
    expect(host.created).toBe(false)
    expect(states(host)).toEqual({
      Sleeping: 'running',
      Faulted: 'running',
      Stopped: 'stopped',
      Removed: 'removed',
    })
    const note = async (title: string): Promise<unknown> => {
      const client = await connectTo(`${host.url}/${idOf(host, title)}`)
      expect(await client.$call('read', ['a'])).toBe(title)
      return client.$call('note', ['b', title])
    }
    for (const title of ['Sleeping', 'Faulted'])
      expect(await note(title)).toEqual({ calls: 1, notes: ['a', 'b'] })
    for (const title of ['Stopped', 'Removed'])
      await expect(note(title)).rejects.toMatchObject({ code: 'ERR_VMS_STOPPED' })
    const provisioning = await connectTo(`${host.url}/${host.provisioning.id}`, true)
    await provisioning.$call('start', [idOf(host, 'Stopped')])
    expect(await note('Stopped')).toEqual({ calls: 1, notes: ['a', 'b'] })
    await host.close()
    await verify(store, '--all')
  })
})

/** The script that the service was begun with. */
async function firstScript(dir: string): Promise<GenesisEntry['script']> {
  await using ledger = await Ledger.open(dir, { crypto, readOnly: true })
  for await (const block of ledger.entries(0, 1)) return (decodeEntry(block) as GenesisEntry).script
  throw new Error('no genesis')
}

const states = (host: HostOfMany): Record<string, string> =>
  Object.fromEntries(host.services.map(({ title, state }) => [title, state]))

const idOf = (host: HostOfMany, title: string): string =>
  host.services.find((service) => service.title === title)?.id as string
