/** Lies about upgrades: a script from somebody else, too early, never, another than the signed one, and old requests on a new script. */
import type { FindingCode, Severity } from '@vms/auditor'
import {
  type BootEntry,
  type CallsEntry,
  encodeRequest,
  encodeValue,
  type KeyPair,
  parseAddress,
  signRequest,
  type Value,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import type { Lie } from './liar.ts'
import { Scene } from './scene.ts'
import { GUESTS } from './script.ts'
import { runInstead } from './told.ts'
import { verify } from './verify.ts'

const NEW = GUESTS.replace('seats: 3', 'seats: 30')
const OTHER = GUESTS.replace('seats: 3', 'seats: 300')

/** Less than a request lives. */
const DELAY_MS = 30_000

const upgradeTo = (source: string): Value => ({ name: 'new.js', title: 'New', source })

interface Told {
  readonly scene: Scene
  readonly admin: KeyPair
  /** A request that its caller signs now, as the entry that would hold it. */
  readonly sign: (caller: KeyPair, method: string, args: Value[]) => CallsEntry
}

/** Served by the liar: genesis, boot, init, a visit, and at entry 4 the upgrade. */
async function upgraded(): Promise<Told> {
  const admin = sodiumCrypto.keyPair()
  const upgrade = { callers: [admin.publicKey], delayMs: DELAY_MS }
  const scene = await Scene.make(GUESTS, { upgrade })
  await scene.serve('liar')
  const boss = await scene.connect(admin)
  await boss.$call('visit')
  await boss.$call('vms:upgrade', [upgradeTo(NEW)])
  const sign = (caller: KeyPair, method: string, args: Value[]): CallsEntry => {
    const { length, treeHash } = scene.host.head
    const request = encodeRequest({
      version: 1,
      ledger: keyOf(scene),
      caller: caller.publicKey,
      head: { length, treeHash },
      expires: Date.now() + 4 * DELAY_MS,
      nonce: sodiumCrypto.randomBytes(16),
      calls: [[method, encodeValue(args)]],
    })
    const signature = signRequest(sodiumCrypto, request, caller.secretKey)
    return { ...scene.liar.entry('calls'), request, signature }
  }
  return { scene, admin, sign }
}

function keyOf({ host }: Scene): Uint8Array {
  const address = parseAddress(host.ledgerUrl)
  if (address.kind !== 'ledger') throw new Error(`${address.url} is no address of a ledger`)
  return address.key
}

interface Caught {
  readonly code: FindingCode
  readonly severity: Severity
  readonly entry: number
  readonly part: string
}

async function caught(scene: Scene, finding: Caught): Promise<void> {
  expect(scene.liar.told).toBeGreaterThan(0)
  const report = { verdict: 'host-fault', findings: [finding] }
  expect(await verify(scene.host.url)).toMatchObject({ code: 1, report })
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject(report)
}

const inBoot = (change: (boot: BootEntry) => Partial<BootEntry>): Lie => ({
  group: (group) => ({
    ...group,
    entries: group.entries.map((entry) =>
      entry.type === 'boot' ? { ...entry, ...change(entry) } : entry,
    ),
  }),
})

/** A visit by somebody, whom the liar may answer with anything. */
const visit = async (scene: Scene): Promise<unknown> => {
  const guest = await scene.connect()
  return guest.$call('visit').catch((error: Error) => error)
}

const test = testInTurn(3)

test('without a lie the upgrade is verified, before, at and after it', async () => {
  const { scene } = await upgraded()
  expect(await verify(scene.host.url)).toMatchObject({ code: 0 })
  scene.liar.aheadMs = 40_000
  const carol = await scene.connect()
  expect(await carol.$call('RSVP', [true])).toMatchObject({ seats: 30 })
  expect(await verify(scene.host.url)).toMatchObject({ code: 0, report: { epochs: 2 } })
})

test('a script from somebody whom the genesis does not name is caught', async () => {
  const { scene, sign } = await upgraded()
  const bob = sign(scene.bob, 'vms:upgrade', [upgradeTo(OTHER)])
  scene.liar.tell({ group: runInstead(bob).group as NonNullable<Lie['group']> })
  await visit(scene)
  await caught(scene, {
    code: 'UPGRADE_FORBIDDEN',
    severity: 'proven',
    entry: 5,
    part: 'caller',
  })
})

test('a script that is taken into effect before its time is caught', async () => {
  const { scene } = await upgraded()
  const before = scene.liar.entry('calls').time
  scene.liar.aheadMs = 40_000
  scene.liar.tell(inBoot(() => ({ time: before + DELAY_MS - 1 })))
  await visit(scene)
  await caught(scene, { code: 'UPGRADE_EARLY', severity: 'proven', entry: 5, part: 'reason' })
})

test('a script that is never taken into effect is caught', async () => {
  const { scene } = await upgraded()
  scene.liar.tell({ alarms: (files) => files, scriptFile: () => null })
  await scene.serve('liar')
  scene.liar.aheadMs = 40_000
  await visit(scene)
  await caught(scene, { code: 'UPGRADE_MISSED', severity: 'proven', entry: 6, part: 'script' })
})

test('another script than the one that was signed is caught', async () => {
  const { scene } = await upgraded()
  scene.liar.aheadMs = 40_000
  scene.liar.tell({
    machine: (options) => (options.script === NEW ? { ...options, script: OTHER } : options),
  })
  await visit(scene)
  await caught(scene, { code: 'BOOT_DIFFERS', severity: 'reproducible', entry: 5, part: 'boot' })
})

test('a request that was signed for the old script and runs on the new one is caught', async () => {
  const { scene, sign } = await upgraded()
  const old = sign(scene.bob, 'visit', [])
  scene.liar.aheadMs = 40_000
  await visit(scene)
  scene.liar.tell(runInstead(old))
  await visit(scene)
  await caught(scene, { code: 'HEAD_BEFORE_UPGRADE', severity: 'proven', entry: 7, part: 'head' })
})

test('an old upgrade that is put in again is caught', async () => {
  const { scene } = await upgraded()
  const first = scene.liar.entry('calls')
  scene.liar.aheadMs = 40_000
  await visit(scene)
  scene.liar.tell({ group: runInstead(first).group as NonNullable<Lie['group']> })
  await visit(scene)
  await caught(scene, { code: 'REQUEST_REPLAYED', severity: 'proven', entry: 7, part: 'request' })
})
