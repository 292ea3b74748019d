/** One service's fault is that service's: it gets a fault with name and reason, and the host and all others go on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { callerId } from '@vms/client'
import type { CallResult } from '@vms/format'
import type { HostOfMany, HostOfManyOptions, ServiceFault } from '@vms/host'
import { expect, vi } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { type Lies, LyingMachines } from '../harness/lying-machine.ts'
import { type AnyRemote, COUNTER, Many } from './many.ts'

const test = testInTurn(4)

const ALARMED = `${COUNTER}
exports.later = (ms) => System.alarm.at(Date.now() + ms, 'add')
`

/** Methods by the day: the boots of the first day have one, later ones as many as \`count\`. */
const growing = (until: number, count: number) => `
exports.first = () => 1
if (Date.now() > ${until}) for (let i = 0; i < ${count}; i++) exports['m' + i] = () => i
`

/** Time of a host that a test sets ahead. */
class Time {
  aheadMs = 0
  readonly now = (): number => Date.now() + this.aheadMs
}

interface Scene {
  readonly many: Many
  readonly machines: LyingMachines
  readonly onFatal: (error: Error) => void
  readonly faults: [service: string, fault: ServiceFault][]
  readonly options: Partial<HostOfManyOptions>
}

async function scene(given: Partial<HostOfManyOptions> = {}): Promise<Scene> {
  const many = await Many.make()
  const machines = new LyingMachines()
  const onFatal = vi.fn()
  const faults: Scene['faults'] = []
  const options: Partial<HostOfManyOptions> = {
    onFatal,
    onFault: (service, fault) => faults.push([service, fault]),
    metrics: true,
    ...given,
    ports: { startMachine: machines.startMachine, ...given.ports },
  }
  return { many, machines, onFatal, faults, options }
}

interface Described {
  readonly id: string
  readonly state: string
  readonly fault: ServiceFault | null
}

const json = async (
  host: HostOfMany,
): Promise<{ services: Described[]; provisioning: Described }> =>
  (await fetch(`http://localhost:${host.port}/.well-known/vms.json`)).json() as never

const described = async (host: HostOfMany, id: string): Promise<Described | undefined> =>
  (await json(host)).services.find((service) => service.id === id)

const metrics = async (host: HostOfMany): Promise<string> =>
  (await fetch(`http://localhost:${host.port}/metrics`)).text()

/** Alters the results of calls. */
const results = (alter: (result: CallResult) => object): Lies => ({
  run: ({ done, stop }) => ({
    done: done.map(({ results }) => ({
      results: results.map((result) => ({ ...result, ...alter(result as CallResult) })),
    })),
    stop,
  }),
})

const file = (path: string, data: Uint8Array = new Uint8Array(1), mtime = 1) => ({
  changes: [{ path, kind: 'file', data, mtime }],
})

/** What its deployer does once it is mended. */
async function startAgain(many: Many, host: HostOfMany, id: string): Promise<void> {
  const provisioning = await many.provisioning(host)
  await provisioning['stop']?.(id)
  await provisioning['start']?.(id)
}

const MiB = 1024 * 1024

test.each<[string, Lies]>([
  [
    'a boot with 10,001 methods',
    { boot: (r) => ({ ...r, methods: ['add', ...Array(10_000).fill('m')] }) },
  ],
  [
    'a boot of an engine with a long name',
    { boot: (r) => ({ ...r, engine: { ...r.engine, v8: 'v'.repeat(101) } }) },
  ],
  ['a boot without a hash', { boot: (r) => ({ ...r, scriptHash: new Uint8Array(31) }) }],
  ['a boot that is nothing', { boot: () => undefined }],
  ['a result over the size of an entry', results(() => ({ value: new Uint8Array(16 * MiB) }))],
  ['a path that leads out', results(() => file('/../../etc/passwd'))],
  ['a path with half a character', results(() => file('/\ud800'))],
  ['a path over the size of a block', results(() => file(`/${'x'.repeat(16 * MiB)}`))],
  ['negative fuel', results(() => ({ fuel: -1 }))],
  ['an unknown status', results(() => ({ status: 'perhaps' }))],
  [
    'an uncut error',
    results(() => ({
      status: 'thrown',
      value: null,
      error: { name: 'E', message: 'm'.repeat(5_000), code: null },
    })),
  ],
  [
    'an abort with a long name',
    results(() => ({ status: 'aborted', value: null, abort: 'a'.repeat(41) })),
  ],
  ['a use of an oracle with no name', results(() => ({ oracles: [{ args: new Uint8Array(1) }] }))],
  ['results that are none', { run: ({ stop }) => ({ done: [{ results: null }], stop }) }],
])('%s costs its own service only, which starts again once it is mended', async (_, lies) => {
  const { many, machines, onFatal, faults, options } = await scene()
  const host = await many.host(options)
  const { id } = await many.deploy(host, COUNTER, 'Bad')
  const other = await many.connect(host, (await many.deploy(host, COUNTER, 'Good')).id)
  const client = await many.connect(host, id)
  machines.lies.set('Bad', lies)
  const refused = await client['add']?.().then(
    () => null,
    (error: Error & { code: string }) => error.code,
  )
  // A machine that is not believed costs the call; what cannot be recorded costs the service.
  expect(refused).toMatch(/^ERR_VMS_(FAULTED|CRASH|BUSY)$/)
  expect(await other['add']?.()).toEqual({ count: 1, inMemory: 1 })
  if (refused === 'ERR_VMS_FAULTED') {
    expect(faults).toMatchObject([[id, { reason: expect.any(String) }]])
    const fault = (await described(host, id))?.fault
    expect(fault).toEqual(faults[0]?.[1])
    expect(fault).toEqual({
      name: expect.stringMatching(/Error/),
      code: expect.stringMatching(/^ERR_/),
      reason: expect.stringMatching(/^.{1,301}$/),
      since: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(await metrics(host)).toContain('vms_services{state="faulted"} 1')
    expect(await metrics(host)).toContain(`vms_faults_total{service="${id}"} 1`)
    await expect(client['count']?.()).rejects.toMatchObject({ code: 'ERR_VMS_FAULTED' })
    const reader = await many.connect(host, id)
    expect(reader.$ledger.head.length).toBe(3)
  }
  machines.lies.clear()
  await startAgain(many, host, id)
  const again = await many.connect(host, id)
  expect(await again['add']?.()).toEqual({ count: 1, inMemory: 1 })
  expect((await described(host, id))?.fault).toBeNull()
  expect(await metrics(host)).not.toMatch(/state="faulted"/)
  await host.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a faulted service sleeps, wakes for readers, and keeps its alarm until it is started again', async () => {
  const { many, machines, onFatal, options } = await scene({ hostLimits: { idleMs: 200 } })
  const host = await many.host(options)
  const { id } = await many.deploy(host, ALARMED, 'Bad')
  const client = await many.connect(host, id)
  await client['later']?.(2_000)
  machines.lies.set('Bad', { alarm: (result) => ({ ...result, fuel: -1 }) })
  await vi.waitFor(async () => expect((await described(host, id))?.fault).toBeTruthy(), 10_000)
  await vi.waitFor(() => expect(host.services[0]?.awake).toBe(false), 10_000)
  await expect(client['count']?.()).rejects.toMatchObject({ code: 'ERR_VMS_FAULTED' })
  const { length } = (await many.connect(host, id)).$ledger.head
  machines.lies.clear()
  // Put away, nothing is fired.
  await sleep(500)
  expect(host.services[0]?.length).toBe(length)
  await startAgain(many, host, id)
  await vi.waitFor(async () => {
    const reader: AnyRemote = await many.connect(host, id)
    expect(await reader['count']?.()).toBe(1)
  }, 10_000)
  await host.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a host that starts again tries its faulted services, and goes on whatever comes of it', async () => {
  const { many, machines, onFatal, faults, options } = await scene()
  const first = await many.host(options)
  const { id } = await many.deploy(first, COUNTER, 'Bad')
  const good = await many.deploy(first, COUNTER, 'Good')
  machines.lies.set('Bad', {
    boot: (report) => ({ ...report, methods: ['add', ...Array(10_000).fill('m')] }),
  })
  await expect((await many.connect(first, id))['add']?.()).rejects.toMatchObject({
    code: 'ERR_VMS_FAULTED',
  })
  await first.close()
  for (let start = 0; start < 2; start++) {
    const host = await many.host(options)
    expect(await (await many.connect(host, good.id))['count']?.()).toBe(0)
    await expect((await many.connect(host, id))['add']?.()).rejects.toMatchObject({
      code: 'ERR_VMS_FAULTED',
    })
    await host.close()
  }
  expect(faults).toHaveLength(3)
  machines.lies.clear()
  const mended = await many.host(options)
  expect(await (await many.connect(mended, id))['add']?.()).toEqual({ count: 1, inMemory: 1 })
  await mended.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a script whose later boot lists 10,001 methods has failed by itself: others go on, and an upgrade mends it', async () => {
  const time = new Time()
  const { many, onFatal, faults, options } = await scene({ ports: { now: time.now } })
  const host = await many.host(options)
  const provisioning = await many.provisioning(host)
  const deployed = (await provisioning['deploy']?.({
    name: 'growing.js',
    title: 'Growing',
    source: growing(Date.now() + 60_000, 10_001),
    upgrade: { callers: [callerId(many.admin.publicKey)], delayMs: 0 },
  })) as { id: string }
  const good = await many.deploy(host, COUNTER, 'Good')
  const client = await many.connect(host, deployed.id)
  expect(await client['first']?.()).toBe(1)
  await host.close()
  time.aheadMs = 120_000
  for (let start = 0; start < 2; start++) {
    const again = await many.host(options)
    await expect((await many.connect(again, deployed.id)).$call('first', [])).rejects.toMatchObject(
      {
        code: expect.stringMatching(/^ERR_VMS_(UNKNOWN_METHOD|BUSY)$/),
      },
    )
    expect(await (await many.connect(again, good.id))['count']?.()).toBe(0)
    await again.close()
  }
  const mended = await many.host(options)
  const boss = await many.connect(mended, deployed.id)
  await boss.$call('vms:upgrade', [
    { name: 'new.js', title: 'New', source: 'exports.first = () => 2' },
  ])
  expect(await (await many.connect(mended, deployed.id)).$call('first', [])).toBe(2)
  await mended.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(faults).toEqual([])
  expect(await many.audit(deployed.id)).toMatchObject({ verdict: 'verified', findings: [] })
})

test('an upgrade to 10,001 methods comes to nothing, and the script before it goes on', async () => {
  const { many, onFatal, faults, options } = await scene()
  const host = await many.host(options)
  const provisioning = await many.provisioning(host)
  const deployed = (await provisioning['deploy']?.({
    name: 'test.js',
    title: 'Upgraded',
    source: COUNTER,
    upgrade: { callers: [callerId(many.admin.publicKey)], delayMs: 0 },
  })) as { id: string }
  const { id } = deployed
  const client = await many.connect(host, id)
  expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
  const script = { name: 'new.js', title: 'New', source: growing(0, 10_001) }
  await client.$call('vms:upgrade', [script])
  expect(await (await many.connect(host, id))['add']?.()).toEqual({ count: 2, inMemory: 1 })
  await host.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(faults).toEqual([])
  expect(await many.audit(id)).toMatchObject({ verdict: 'verified', findings: [] })
})

test('when provisioning is faulted, services go on and the host says that it takes no deploys', async () => {
  const { many, machines, onFatal, faults, options } = await scene()
  const host = await many.host(options)
  const good = await many.connect(host, (await many.deploy(host, COUNTER, 'Good')).id)
  machines.lies.set(
    'Provisioning',
    results(() => ({ fuel: -1 })),
  )
  await expect(many.deploy(host, COUNTER, 'New')).rejects.toMatchObject({ code: 'ERR_VMS_FAULTED' })
  expect(faults).toMatchObject([[host.provisioning.id, { name: 'GroupRefusedError' }]])
  expect((await json(host)).provisioning.fault).toMatchObject({ name: 'GroupRefusedError' })
  const ready = await fetch(`http://localhost:${host.port}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('faulted')])
  expect(await good['add']?.()).toEqual({ count: 1, inMemory: 1 })
  await host.close()
  machines.lies.clear()
  const again = await many.host(options)
  expect(again.services).toHaveLength(1)
  await many.deploy(again, COUNTER, 'New')
  expect(onFatal).not.toHaveBeenCalled()
  await again.close()
  expect(many.directories.services).toHaveLength(2)
})
