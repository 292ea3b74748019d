/**
 * Lies about the past: a host goes back to a copy of its directory and lets another history follow, signed with the same
 * keys. What gives it away is what others hold of the first one: a receipt, a later request, a head.
 */
import path from 'node:path'
import type { Evidence } from '@vms/auditor'
import { type Receipt, VmsVerificationError } from '@vms/client'
import { decodeEntry, type Entry, fromHex, verifyReceipt } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { Ledger } from '@vms/ledger'
import { expect, onTestFinished, vi } from 'vitest'
import { forks, heldEntries } from '../../packages/auditor/test/evidence-check.ts'
import { testInTurn } from '../harness/in-turn.ts'
import type { AnyRemote } from '../service/place.ts'
import { setAside } from './past.ts'
import { Scene } from './scene.ts'
import { runInstead } from './told.ts'
import { verify } from './verify.ts'

/** The dropped request: five entries are common to both histories, then each has a boot. */
const DROPPED = 6

const dropped = {
  code: 'RECEIPT_MISSING',
  severity: 'proven',
  entry: DROPPED,
  call: null,
  method: 'RSVP',
  part: 'receipt',
  cause: 'the host dropped or replaced an entry that it had given a receipt for',
}

const test = testInTurn(3)

test('a host that restarts without a lie is verified with the receipts that it gave', async () => {
  const { scene, receipt } = await firstHistory()
  await scene.after()
  expect(await verify(scene.host.url, { receipts: [receipt] })).toMatchObject({
    code: 0,
    report: { verdict: 'verified', findings: [], receipts: 1 },
  })
})

test('a dropped call, whose caller has the reply', async () => {
  const { scene, receipt, goBack } = await firstHistory()
  await goBack()
  await scene.serve('honest')
  await scene.after()
  const got = `another entry stands at ${DROPPED}`
  const caught = { verdict: 'host-fault', findings: [{ ...dropped, got }] }
  const live = await verify(scene.host.url, { receipts: [receipt] })
  expect(live).toMatchObject({ code: 1, report: caught })
  // The history that is shown is faultless in itself: without the receipt nobody could know.
  expect(await verify(scene.host.url)).toMatchObject({ code: 0 })

  await scene.serve('honest')
  await scene.after()
  const restarted = await verify(scene.host.url, { receipts: [receipt] })
  expect(restarted).toMatchObject({ code: 1, report: caught })
  await scene.host.close()
  expect(await scene.place.audit({ receipts: [receipt] })).toMatchObject(caught)

  // Offline, and without the ledger: this host signed that alice's call stands there.
  const claim = verifyReceipt(sodiumCrypto, receipt)
  expect(claim.index).toBe(DROPPED)
  expect(claim.request).toMatchObject({ caller: scene.alice.publicKey, calls: [['RSVP', {}]] })
  expect(await entryOf(scene, DROPPED)).not.toEqual(claim.entry)
})

test('a dropped call, and nothing in its place', async () => {
  const { scene, receipt, goBack } = await firstHistory()
  await goBack()
  await scene.serve('honest')
  const got = expect.stringContaining('are not those under the head of the receipt')
  expect(await verify(scene.host.url, { receipts: [receipt] })).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ ...dropped, got }] },
  })
})

test('a rewritten tail, into which a part of the old one is put back', async () => {
  const { scene, goBack } = await firstHistory()
  // Alice's second request is to stand without her first, whose head it names.
  const lie = runInstead(scene.liar.entry('calls'))
  await goBack()
  await scene.serve('liar')
  scene.liar.tell(lie)
  const accomplice = await scene.connect()
  await expect(accomplice.$call('visit')).rejects.toThrow(VmsVerificationError)
  expect(scene.liar.told).toBe(2)
  scene.liar.repent()
  await scene.after()
  const finding = {
    code: 'HEAD_UNKNOWN',
    severity: 'proven',
    entry: DROPPED,
    call: null,
    method: 'visit',
    part: 'head',
    cause: 'the caller had seen another history: the ledger was rewritten after that',
  }
  const caught = { verdict: 'host-fault', findings: [finding] }
  expect(await verify(scene.host.url)).toMatchObject({ code: 1, report: caught })
  await scene.serve('honest')
  await scene.after()
  expect(await verify(scene.host.url)).toMatchObject({ code: 1, report: caught })
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject(caught)
})

// The first history has eight entries; the other has five of them and two boots.
test.each([
  ['shorter', 0, 7],
  ['of the same length', 1, 8],
  ['longer', 2, 9],
])(
  'a client that is connected across the fork refuses a history that is %s',
  async (_, calls, length) => {
    const { scene, alice, goBack } = await firstHistory()
    const refusal = new Promise((resolve) => alice.$on('error', resolve))
    const { port } = scene.host
    await goBack()
    // Elsewhere, so that alice does not see it grow.
    await scene.serve('honest')
    const bob = await scene.connect(scene.bob)
    for (let i = 0; i < calls; i++) await bob.$call('visit')
    await scene.serve('honest', port)
    expect(scene.host.head.length).toBe(length)
    const error = await refusal
    expect(error).toBeInstanceOf(VmsVerificationError)
    expect(error).toMatchObject({
      what: 'history',
      evidence: { held: { length: 8 }, offered: { length } },
    })
    await expect(alice.$call('visit')).rejects.toMatchObject({ code: 'ERR_VMS_CLOSED' })
  },
)

test.each([
  ['shorter', 0, 7],
  ['longer', 2, 9],
])('an audit that kept the first history refuses one that is %s', async (_, calls, length) => {
  const { scene, goBack } = await firstHistory()
  const { port } = scene.host
  // hypercore says it to the console, on the host's side too.
  const said = vi.spyOn(console, 'log').mockImplementation(() => {})
  onTestFinished(() => said.mockRestore())
  const args = ['--dir', path.join(scene.place.dir, 'kept')]
  expect(await verify(scene.host.url, { args })).toMatchObject({ code: 0 })
  await goBack()
  await scene.serve('honest')
  const bob = await scene.connect(scene.bob)
  for (let i = 0; i < calls; i++) await bob.$call('visit')
  await scene.serve('honest', port)
  expect(scene.host.head.length).toBe(length)
  const { code, report } = await verify(scene.host.url, { args })
  expect({ code, report }).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ code: 'LEDGER_FORKED', severity: 'proven' }] },
  })
  const evidence = report.findings[0]?.evidence as Evidence
  expect(evidence.heads.map(({ fork }) => fork)).toEqual([0, 0])
  heldEntries(fromHex(evidence.ledger), evidence)
  expect(forks(evidence)).toBe(true)
})

interface FirstHistory {
  readonly scene: Scene
  readonly alice: AnyRemote
  /** Of alice's first request. */
  readonly receipt: Receipt
  /** Stops the host and takes it back to before alice called. */
  readonly goBack: () => Promise<void>
}

/** Alice calls twice, after the host's directory was set aside. */
async function firstHistory(): Promise<FirstHistory> {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  await scene.host.close()
  const putBack = await setAside(scene.place.service)
  await scene.serve('liar')
  const alice = await scene.connect(scene.alice)
  const { receipt } = await alice.$receipt('RSVP', [true, 'two of us'])
  expect(receipt.index).toBe(DROPPED)
  await alice.$call('visit')
  const goBack = async (): Promise<void> => {
    await scene.host.close()
    await putBack()
  }
  return { scene, alice, receipt, goBack }
}

async function entryOf(scene: Scene, index: number): Promise<Entry> {
  const options = { crypto: sodiumCrypto, readOnly: true }
  await using ledger = await Ledger.open(scene.place.service, options)
  return decodeEntry(await ledger.get(index))
}
