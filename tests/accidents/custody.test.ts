/**
 * Accidents around what an auditor is handed: copies that lag behind, clocks, restarts, peers that talk. The host is honest, and
 * nobody is accused.
 */
import { cp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { type AuditReport, audit, forkFinding, Ledger, Replica, sodiumCrypto } from '@vms/auditor'
import { parseAddress } from '@vms/client'
import { expect, onTestFinished } from 'vitest'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { claimant } from '../../packages/ledger/test/claimant.ts'
import { connectSides, type Side } from '../../packages/ledger/test/connect.ts'
import { testInTurn } from '../harness/in-turn.ts'
import { Scene } from '../lies/scene.ts'
import { verify } from '../lies/verify.ts'
import { Place } from '../service/place.ts'

const test = testInTurn(3)

const accusations = ({ findings }: AuditReport) =>
  findings.filter(({ severity }) => severity !== 'undecided')

/** Audits a copy of a service's directory. */
async function auditCopy(directory: string, options: Partial<Parameters<typeof audit>[0]> = {}) {
  await using ledger = await Ledger.open(directory, { crypto: sodiumCrypto, readOnly: true })
  return await audit({ ledger, ...options })
}

/** A copy of the stopped service, as a backup is. */
async function backup(place: Place, name: string): Promise<string> {
  const directory = path.join(place.dir, name)
  await cp(place.service, directory, { recursive: true })
  return directory
}

test("yesterday's backup, and a receipt of today", async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  await scene.host.close()
  const old = await backup(scene.place, 'yesterday')
  await scene.serve('honest')
  const alice = await scene.connect(scene.alice)
  const { receipt } = await alice.$receipt('RSVP', [true, 'two of us'])
  await scene.after()
  await scene.host.close()
  const report = await auditCopy(old, { receipts: [receipt] })
  expect(report).toMatchObject({
    verdict: 'incomplete',
    findings: [
      {
        code: 'LEDGER_BEHIND',
        severity: 'undecided',
        entry: receipt.index,
        method: 'RSVP',
        expected: expect.stringContaining(`at least ${receipt.index + 1} entries`),
        got: '5 entries',
      },
    ],
  })
  expect(await verify(old, { receipts: [receipt] })).toMatchObject({ code: 3 })
  expect(await auditCopy(scene.place.service, { receipts: [receipt] })).toMatchObject({
    verdict: 'verified',
    findings: [],
  })
})

test('a receipt of before a backup, and the backup', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  const alice = await scene.connect(scene.alice)
  const { receipt } = await alice.$receipt('RSVP', [true, 'early'])
  await scene.host.close()
  const old = await backup(scene.place, 'backup')
  await scene.serve('honest')
  await scene.after()
  await scene.host.close()
  expect(await auditCopy(old, { receipts: [receipt] })).toMatchObject({ verdict: 'verified' })
})

test('a host whose clock is two minutes ahead', async () => {
  const scene = await Scene.make()
  scene.liar.aheadMs = 120_000
  await scene.serve('liar')
  await scene.before()
  await scene.host.close()
  const report = await scene.place.audit()
  expect(report).toMatchObject({ verdict: 'verified', findings: [] })
  expect(report.times?.aheadMs).toBeGreaterThan(0)
  expect(report.times?.aheadMs).toBeLessThanOrEqual(120_000)
})

test('a host whose clock was set back, after it had been ahead', async () => {
  const scene = await Scene.make()
  scene.liar.aheadMs = 60_000
  await scene.serve('liar')
  await scene.before()
  scene.liar.aheadMs = 0
  await scene.serve('liar')
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a host that a supervisor starts again and again', async () => {
  const scene = await Scene.make()
  const STARTS = 6
  for (let i = 0; i < STARTS; i++) await scene.serve('honest')
  await scene.before()
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject({
    verdict: 'verified',
    findings: [],
    boots: { restart: STARTS - 1, refusal: 0 },
  })
})

test('a host that was stopped before an alarm was due', async () => {
  const place = await Place.make()
  const script = `exports.later = () => System.alarm.at(Date.now() + 3_600_000, 'ring')
exports.ring = () => 'rung'`
  const host = await place.host(script)
  await (await place.connect(host)).$call('later')
  await host.close()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', alarms: { overdue: 0 } })
  const now = (): number => Date.now() + 2 * 3_600_000
  const late = await place.audit({ now })
  expect(late).toMatchObject({ verdict: 'verified', findings: [], alarms: { overdue: 1 } })
  expect(late.alarms.overdueMs).toBeGreaterThan(3_500_000)
})

test('two auditors at once, of a host that goes on', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  const both = Promise.all([verify(scene.host.url), verify(scene.host.url)])
  await scene.after()
  for (const { code, report } of await both) {
    expect(accusations(report)).toEqual([])
    expect({ code, verdict: report.verdict }).toEqual({ code: 0, verdict: 'verified' })
  }
})

async function replicaOf(place: Place, ledger: Ledger): Promise<Replica> {
  const directory = path.join(place.dir, 'replica')
  await rm(directory, { recursive: true, force: true })
  return Replica.open({ key: ledger.key, directory, crypto: sodiumCrypto })
}

test('a peer that says, without a signature, that there is another fork', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  await scene.host.close()
  await using ledger = await Ledger.open(scene.place.service, {
    crypto: sodiumCrypto,
    readOnly: true,
  })
  const liar = await claimant(path.join(scene.place.dir, 'claimant'), ledger.key, 7)
  await using replica = await replicaOf(scene.place, ledger)
  const claiming = await connectSides(liar, replica)
  const error = await replica.update({ timeoutMs: 20_000 }).catch((cause: unknown) => cause)
  const found = await forkFinding(error)
  expect(found).toMatchObject({ code: 'FORK_CLAIMED', severity: 'undecided', evidence: null })
  // Beside a peer that has the ledger, it keeps nobody from anything.
  const serving = await connectSides(ledger, replica)
  await replica.update({ atLeast: ledger.length, timeoutMs: 20_000 })
  const { key, manifest, head } = replica
  if (!head) throw new Error('there is no head')
  const source = { key, manifest, head, entries: (a: number, b: number) => replica.entries(a, b) }
  expect(await audit({ ledger: source })).toMatchObject({ verdict: 'verified', findings: [] })
  await claiming.disconnect()
  await serving.disconnect()
  await liar.close()
})

/** Describes itself as the host at `url`, and replicates what `peer` has. */
async function posingAs(url: string, peer: Side): Promise<string> {
  const server = createServer(async (_, response) => {
    const honest = await fetch(new URL('/.well-known/vms.json', url.replace(/^ws/, 'http')))
    response.end(await honest.text())
  })
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'vms.replicate.1' })
  sockets.on('connection', (socket) => {
    const stream = createWebSocketStream(socket)
    const replication = peer.replicate(false)
    stream.pipe(replication).pipe(stream)
    for (const end of [stream, replication]) end.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('whoever answers at the replication socket without a key, and says that there is another fork', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  const address = parseAddress(scene.host.ledgerUrl)
  if (address.kind === 'service') throw new TypeError('the host names no ledger')
  const peer = await claimant(path.join(scene.place.dir, 'claimant'), address.key, 7)
  const { code, report } = await verify(await posingAs(scene.host.url, peer))
  expect({ code, report }).toMatchObject({
    code: 3,
    report: {
      verdict: 'incomplete',
      findings: [{ code: 'FORK_CLAIMED', severity: 'undecided', evidence: null }],
    },
  })
  await peer.close()
  expect(await verify(scene.host.url)).toMatchObject({ code: 0 })
})
