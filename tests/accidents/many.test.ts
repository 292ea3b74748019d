/** Honest accidents of hosts of many: whatever they leave, the audit of all accuses nobody. */
import {
  cpSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostFinding } from '@vms/auditor'
import { createHost } from '@vms/host'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { hostMany } from '../harness/vms-many.ts'
import { startVms } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { type AnyRemote, COUNTER, Many } from '../many/many.ts'

const test = testInTurn(4)

const SLOW = { timeout: 240_000 }

interface Found {
  readonly id: string
  readonly verdict: string
  readonly findings: readonly HostFinding[]
}

/** Audits all; fails if anything is held against the host. */
async function audited(address: string, args: readonly string[] = []) {
  const line = ['verify', address, '--all', '--json', ...args]
  const { code, stdout, stderr } = await vms(makeWorkplace(), line)
  const { services = [], verdict } = JSON.parse(stdout) as { services: Found[]; verdict: string }
  expect({ code, verdict }, stdout + stderr).not.toMatchObject({ code: 1 })
  const findings = services.flatMap((service) => service.findings)
  expect(findings.filter(({ severity }) => severity === 'proven')).toEqual([])
  return { code, verdict, codes: findings.map((finding) => finding.code), services }
}

const call = (client: AnyRemote, method: string, ...args: unknown[]): Promise<unknown> =>
  client.$call(method, args as never)

test('hosts that are killed while services are stopped and started', SLOW, async () => {
  const place = makeWorkplace()
  const script = place.example('counter.js')
  let host = await hostMany(place)
  const deployed = await vms(place, ['deploy', script, '--to', host.url, '--json'])
  const { id } = JSON.parse(deployed.stdout) as { id: string }
  const port = new URL(host.url).port
  for (const verb of ['stop', 'start', 'stop', 'start', 'remove']) {
    const running = startVms(place, [verb, `ws://localhost:${port}/${id}`])
    await sleep(300 + Math.random() * 600)
    await host.process.finished('SIGKILL')
    await running.finished('SIGKILL')
    host = await hostMany(place, ['-p', port])
    await vms(place, ['call', `ws://localhost:${port}/${id}`, 'increment'])
  }
  expect(await audited(host.url)).toMatchObject({ code: 0, codes: [] })
})

test(
  'calls that are under way while a service is stopped, and others while it is started again',
  SLOW,
  async () => {
    const many = await Many.make()
    const host = await many.host()
    const { id } = await many.deploy(host, COUNTER)
    const provisioning = await many.provisioning(host)
    const clients = await Promise.all(Array.from({ length: 8 }, () => many.connect(host, id)))
    let isOver = false
    let committed = 0
    const calling = clients.map(async (client) => {
      while (!isOver) {
        await call(client, 'add').then(
          () => (committed += 1),
          (error) => expect(error).toMatchObject({ code: 'ERR_VMS_STOPPED' }),
        )
        await sleep(1)
      }
    })
    for (let round = 0; round < 5; round++) {
      await sleep(50)
      await call(provisioning, 'stop', id)
      await sleep(20)
      await call(provisioning, 'start', id)
    }
    // Both in one request, and again while the group before is being committed.
    await Promise.all([call(provisioning, 'stop', id), call(provisioning, 'start', id)])
    await Promise.all([
      call(provisioning, 'stop', id),
      sleep(1).then(() => call(provisioning, 'start', id)),
    ])
    await sleep(50)
    await call(provisioning, 'stop', id)
    isOver = true
    await Promise.all(calling)
    expect(committed).toBeGreaterThan(8)
    await call(provisioning, 'remove', id)
    expect(await audited(host.url)).toMatchObject({ code: 0, codes: [] })
  },
)

test(
  'a script that computes on and on is stopped all the same, and nothing of it is held against the host',
  SLOW,
  async () => {
    const many = await Many.make()
    const most = 2 ** 31 - 1
    const settings = { limits: { fuelPerCall: most, fuelPerRequest: most } }
    const host = await many.host({
      policy: { open: true, settings },
      serviceLimits: { callWallMs: 60_000 },
    })
    const source = 'exports.spin = () => { for (let i = 0; i < 1e9; i++) ; }; exports.add = () => 1'
    const { id } = await many.deploy(host, source)
    const clients = await Promise.all(Array.from({ length: 20 }, () => many.connect(host, id)))
    const spinning = Promise.allSettled(clients.map((client) => call(client, 'spin')))
    await sleep(1_000)
    const provisioning = await many.provisioning(host)
    expect(await call(provisioning, 'stop', id)).toMatchObject({ state: 'stopped' })
    const ended = await spinning
    expect(ended.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    await call(provisioning, 'start', id)
    expect(await call(await many.connect(host, id), 'add')).toBe(1)
    // A call that came to its end before the stop has more fuel than an audit spends by default.
    const args = ['--max-call-fuel', String(most)]
    expect(await audited(host.url, args)).toMatchObject({ code: 0, codes: [] })
  },
)

test('other policies, quotas and settings at each start', SLOW, async () => {
  const many = await Many.make()
  const policies = [
    {},
    { quotas: { services: 5 } },
    { settings: { epochCalls: 7, limits: { depth: 200 } } },
    { settings: { window: 100 }, quotas: { callsPerSecond: 10 } },
  ]
  const ids: string[] = []
  for (const policy of policies) {
    const host = await many.host({ policy: { open: true, ...policy } })
    const { id } = await many.deploy(host, COUNTER)
    ids.push(id)
    const provisioning = await many.provisioning(host)
    const signed = { limits: { alarms: 3 }, epochCalls: 2 }
    const own = (await call(provisioning, 'deploy', {
      name: 'own.js',
      title: 'Own',
      source: COUNTER,
      settings: signed,
    })) as { id: string }
    for (let i = 0; i < 3; i++) await call(await many.connect(host, own.id), 'add')
    for (const each of ids) await call(await many.connect(host, each), 'add')
    await expect(
      call(provisioning, 'deploy', {
        name: 'a',
        title: 'A',
        source: COUNTER,
        settings: { window: 2 ** 40 },
      }),
    ).rejects.toMatchObject({ code: 'ERR_VMS_SETTING' })
    await host.close()
  }
  expect(await audited(many.dir)).toMatchObject({ code: 0, codes: [] })
})

test('auditors who ask while services come, stop and go', SLOW, async () => {
  const many = await Many.make()
  const host = await many.host()
  let isOver = false
  const changing = (async () => {
    const provisioning = await many.provisioning(host)
    while (!isOver) {
      const { id } = await many.deploy(host, COUNTER)
      await call(await many.connect(host, id), 'add')
      await call(provisioning, 'stop', id)
      await call(provisioning, 'start', id)
      await call(await many.connect(host, id), 'add')
      await call(provisioning, 'remove', id, { purge: Math.random() < 0.5 })
    }
  })()
  await Promise.all([audited(host.url), audited(host.url)])
  await audited(host.url)
  isOver = true
  await changing
  expect(await audited(host.url)).toMatchObject({ code: 0 })
})

test('copies of services and of the provisioning log that are of other days', SLOW, async () => {
  const many = await Many.make()
  const copy = join(many.dir, 'copy')
  const keep = (name: string): void =>
    cpSync(join(many.dir, name), join(copy, name), { recursive: true })
  const swap = (name: string): void => {
    renameSync(join(many.dir, name), join(many.dir, `${name}.now`))
    renameSync(join(copy, name), join(many.dir, name))
  }
  let host = await many.host()
  const { id } = await many.deploy(host, COUNTER)
  await call(await many.provisioning(host), 'stop', id)
  await host.close()
  keep(`services/${id}`)
  keep('provisioning')
  host = await many.host()
  await call(await many.provisioning(host), 'start', id)
  await call(await many.connect(host, id), 'add')
  const { id: later } = await many.deploy(host, COUNTER)
  await call(await many.connect(host, later), 'add')
  await call(await many.provisioning(host), 'stop', id)
  await host.close()

  swap(`services/${id}`)
  rmSync(join(many.dir, `services/${id}.now`), { recursive: true, force: true })
  const older = await audited(many.dir)
  expect(older).toMatchObject({ code: 3, codes: ['SERVICE_SHORTER'] })
  expect(older.services.flatMap(({ findings }) => findings)).toMatchObject([
    { expected: '5 entries or more', got: '3' },
  ])

  // The newest service with an older log: it was started again, and the other deployed, after that.
  swap('provisioning')
  const newer = await audited(many.dir)
  expect(newer).toMatchObject({ code: 3 })
  expect(newer.codes).toEqual(['SERVICE_NOT_IN_LOG'])
})

test(
  'a service that ran on, beside a log that is older and says that it is stopped',
  SLOW,
  async () => {
    const many = await Many.make()
    let host = await many.host()
    const { id } = await many.deploy(host, COUNTER)
    await call(await many.provisioning(host), 'stop', id)
    await host.close()
    cpSync(join(many.dir, 'provisioning'), join(many.dir, 'older'), { recursive: true })
    host = await many.host()
    await call(await many.provisioning(host), 'start', id)
    await call(await many.connect(host, id), 'add')
    await host.close()
    rmSync(join(many.dir, 'provisioning'), { recursive: true })
    renameSync(join(many.dir, 'older'), join(many.dir, 'provisioning'))
    expect(await audited(many.dir)).toMatchObject({ code: 3, codes: ['SERVICE_RAN_STOPPED'] })
  },
)

test(
  'what crashes leave of deploys and purges, until the next start removes it',
  SLOW,
  async () => {
    const many = await Many.make()
    let host = await many.host()
    const { id } = await many.deploy(host, COUNTER)
    await host.close()
    const kept = join(many.dir, 'kept')
    cpSync(join(many.dir, 'services', id), kept, { recursive: true })
    host = await many.host()
    await call(await many.provisioning(host), 'remove', id, { purge: true })
    await host.close()
    renameSync(kept, join(many.dir, 'services', id))
    const half = join(many.dir, 'half')
    const begun = await createHost({
      dir: half,
      port: 0,
      script: { name: 'a.js', source: COUNTER },
    })
    const unnamed = begun.ledgerUrl.slice('vms://'.length)
    await begun.close()
    renameSync(half, join(many.dir, 'services', unnamed))
    const left = await audited(many.dir)
    expect(left).toMatchObject({ code: 3 })
    expect(left.codes.sort()).toEqual(['SERVICE_KEPT', 'SERVICE_NOT_IN_LOG'])
    host = await many.host()
    await host.close()
    expect(many.directories.services).toEqual([])
    expect(await audited(many.dir)).toMatchObject({ code: 0, codes: [] })
  },
)

test('a disk that spoils a service, and one that loses it before it is removed', SLOW, async () => {
  const many = await Many.make()
  let host = await many.host()
  const spoilt = await many.deploy(host, COUNTER)
  const lost = await many.deploy(host, COUNTER)
  for (let i = 0; i < 20; i++) await call(await many.connect(host, spoilt.id), 'add')
  await host.close()
  spoil(join(many.dir, 'services', spoilt.id))
  expect((await audited(many.dir)).code).not.toBe(0)
  rmSync(join(many.dir, 'services', lost.id), { recursive: true })
  host = await many.host()
  const provisioning = await many.provisioning(host)
  expect(await call(provisioning, 'stop', lost.id)).toMatchObject({ state: 'stopped', head: null })
  expect(await call(provisioning, 'remove', lost.id)).toMatchObject({
    state: 'removed',
    head: null,
  })
  await host.close()
  expect((await audited(many.dir)).code).not.toBe(0)
})

/** Flips a bit in the middle of each file in which the store keeps blocks. */
function spoil(dir: string): void {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  for (const name of names.filter((each) => /\.(sst|log|blob)$/.test(each))) {
    const path = join(dir, name)
    const { size } = statSync(path)
    if (size === 0) continue
    const file = openSync(path, 'r+')
    const byte = Buffer.alloc(1)
    const at = Math.floor(size / 2)
    readSync(file, byte, 0, 1, at)
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at)
  }
}

test('directories of services that somebody exchanged', SLOW, async () => {
  const many = await Many.make()
  const host = await many.host()
  const [one, other] = [await many.deploy(host, COUNTER), await many.deploy(host, COUNTER)]
  for (const { id } of [one, other]) await call(await many.connect(host, id), 'add')
  await host.close()
  const place = (name: string): string => join(many.dir, 'services', name)
  renameSync(place(one.id), place('kept'))
  renameSync(place(other.id), place(one.id))
  renameSync(place('kept'), place(other.id))
  expect(await audited(many.dir)).toMatchObject({
    code: 3,
    codes: ['SERVICE_MISPLACED', 'SERVICE_MISPLACED'],
  })
})
