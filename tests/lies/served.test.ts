/** A running host of many that serves something else than its provisioning log says: caught by what it signs of itself. */
import { join } from 'node:path'
import { connect } from '@vms/client'
import { type HostClaim, parseKey } from '@vms/format'
import { createHost } from '@vms/host'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { startLocalDht } from '../harness/local-dht.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { COUNTER, Many } from '../many/many.ts'
import { lyingFront } from './lying-front.ts'
import { provesItself, type Service } from './lying-host.ts'

const test = testInTurn(4)

const SLOW = { timeout: 120_000 }

async function verifyAll(address: string, ...flags: string[]) {
  const { code, stdout, stderr } = await vms(makeWorkplace(), [
    'verify',
    address,
    '--all',
    '--json',
    ...flags,
  ])
  if (stdout === '') throw new Error(stderr)
  const { services, verdict } = JSON.parse(stdout) as { services: Service[]; verdict: string }
  expect(services.flatMap(({ findings }) => findings).every(provesItself)).toBe(true)
  return { code, verdict, services }
}

const listing =
  (...services: readonly { readonly id: string; readonly state: string }[]) =>
  (claim: HostClaim): HostClaim => ({
    ...claim,
    services: services.map(({ id, state }) => ({ id: parseKey(id) as Uint8Array, state })),
  })

/** Starts the host again. Where an audit finds it: at its address, or by the key of its log alone. */
async function served(many: Many, overDht: boolean): Promise<[string, ...string[]]> {
  if (!overDht) return [(await many.host()).url]
  const nodes = await startLocalDht()
  const bootstrap = nodes.split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port) }
  })
  const host = await many.host({ swarm: { bootstrap, pace: { gapMs: 1 } } })
  return [host.provisioning.ledger, '--bootstrap', nodes]
}

/** A service that runs, one that is stopped, and one that is purged. */
async function threeServices() {
  const many = await Many.make()
  const host = await many.host()
  const [runs, stopped, purged] = [
    await many.deploy(host, COUNTER),
    await many.deploy(host, COUNTER),
    await many.deploy(host, COUNTER),
  ]
  const provisioning = await many.provisioning(host)
  await provisioning['stop']?.(stopped.id)
  await provisioning['remove']?.(purged.id, { purge: true })
  const { port } = host
  return { many, host, port, dir: many.dir, runs, stopped, purged }
}

test('a host whose signed list matches its log is verified', SLOW, async () => {
  const { host } = await threeServices()
  expect(await verifyAll(host.url)).toMatchObject({ code: 0, verdict: 'verified' })
})

test('a host that lists a service which its log does not name is caught', SLOW, async () => {
  const { port, dir } = await threeServices()
  const id = 'y'.repeat(52)
  const forge = listing({ id, state: 'running' })
  const { code, services } = await verifyAll(await lyingFront({ port, dir, forge }))
  expect(code).toBe(1)
  expect(services.find((service) => service.id === id)).toMatchObject({
    verdict: 'host-fault',
    findings: [{ code: 'SERVICE_NOT_IN_LOG', severity: 'proven', got: 'running' }],
  })
})

test('a host that lists a purged service is caught', SLOW, async () => {
  const { port, dir, purged } = await threeServices()
  const forge = listing({ id: purged.id, state: 'running' })
  const { code, services } = await verifyAll(await lyingFront({ port, dir, forge }))
  expect(code).toBe(1)
  expect(services.find(({ id }) => id === purged.id)).toMatchObject({
    verdict: 'host-fault',
    findings: [{ code: 'SERVICE_KEPT', severity: 'proven', logged: { entry: 7 } }],
  })
})

test('a host that lists a stopped service as running is caught', SLOW, async () => {
  const { port, dir, stopped } = await threeServices()
  const forge = listing({ id: stopped.id, state: 'running' })
  const { code, services } = await verifyAll(await lyingFront({ port, dir, forge }))
  expect(code).toBe(1)
  expect(services.find(({ id }) => id === stopped.id)).toMatchObject({
    findings: [
      { code: 'SERVICE_STATE_DIFFERS', severity: 'proven', expected: 'stopped', got: 'running' },
    ],
  })
})

test('a list that the host did not sign says nothing about it', SLOW, async () => {
  const { port, dir, purged } = await threeServices()
  const forge = listing({ id: purged.id, state: 'running' })
  const address = await lyingFront({ port, dir, forge, withoutKey: true })
  expect(await verifyAll(address)).toMatchObject({ code: 0, verdict: 'verified' })
})

test('a list at another head than the log has is none of this log', SLOW, async () => {
  const { port, dir, purged } = await threeServices()
  const forge = (claim: HostClaim): HostClaim => ({
    ...listing({ id: purged.id, state: 'running' })(claim),
    treeHash: new Uint8Array(32),
  })
  expect(await verifyAll(await lyingFront({ port, dir, forge }))).toMatchObject({ code: 0 })
})

test.each(['its address', 'the DHT'])(
  'a running host that ran a stopped service is caught at %s',
  SLOW,
  async (where) => {
    const { many, host, stopped } = await threeServices()
    await host.close()
    const script = { name: 'test.js', source: COUNTER }
    const liar = await createHost({ dir: join(many.dir, 'services', stopped.id), port: 0, script })
    const client = await connect(liar.url)
    await client.$call('add', [])
    client.$close()
    await liar.close()
    // By the directories alone, the log may be an older copy, which lacks that the service was started again.
    const copied = await verifyAll(many.dir)
    expect(copied).toMatchObject({ code: 3, verdict: 'incomplete' })
    expect(copied.services.find(({ id }) => id === stopped.id)).toMatchObject({
      findings: [{ code: 'SERVICE_RAN_STOPPED', severity: 'undecided' }],
    })
    // Asked after it had signed the call, the host says itself which log it has, and that one knows of no start.
    const { code, services } = await verifyAll(...(await served(many, where === 'the DHT')))
    expect(code).toBe(1)
    expect(services.find(({ id }) => id === stopped.id)).toMatchObject({
      verdict: 'host-fault',
      findings: [
        {
          code: 'SERVICE_RAN_STOPPED',
          severity: 'proven',
          entry: 4,
          evidence: {
            ledgers: [
              { entries: [{ index: 0 }, { index: 6 }] },
              { entries: [{ index: 0 }, { index: 4 }] },
            ],
            statement: expect.any(String),
          },
        },
      ],
    })
  },
)
