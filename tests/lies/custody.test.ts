/** Hosts that sign two histories: what was signed convicts them, with nothing but the ledger's key. */
import path from 'node:path'
import { type Evidence, ForkProbe, forkFinding, Ledger, sodiumCrypto } from '@vms/auditor'
import { fromHex } from '@vms/format'
import { ForkedError } from '@vms/ledger'
import { expect } from 'vitest'
import { contradicts, forks, heldEntries } from '../../packages/auditor/test/evidence-check.ts'
import { connectSides } from '../../packages/ledger/test/connect.ts'
import { rewritten } from '../../packages/ledger/test/rewritten.ts'
import { testInTurn } from '../harness/in-turn.ts'
import { setAside } from './past.ts'
import { Scene } from './scene.ts'
import { verify } from './verify.ts'

const test = testInTurn(2)

const CUT = 'the host signed two histories that contradict each other'

test.each([
  ['shorter', 4],
  ['as long', 5],
  ['longer', 9],
])('a ledger that was cut, and is %s again', async (_, length) => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  await scene.host.close()
  const { service, dir } = scene.place
  await using ledger = await Ledger.open(service, { crypto: sodiumCrypto, readOnly: true })
  const { key } = ledger
  const blocks: Uint8Array[] = []
  for await (const block of ledger.entries(3)) blocks.push(block)
  await ledger.close()
  const again = Array.from({ length: length - 3 }, (_, i) => blocks[i % 2] as Uint8Array)
  const host = await rewritten(service, key, { keep: 3, blocks: again })
  await using probe = await ForkProbe.open({
    key,
    directory: path.join(dir, 'probe'),
    crypto: sodiumCrypto,
  })
  const joined = await connectSides(host, probe)
  const proof = await probe.proof(20_000)
  await joined.disconnect()
  await host.close()
  const found = await forkFinding(new ForkedError(key, Promise.resolve(proof)))
  expect(found).toMatchObject({ code: 'LEDGER_FORKED', severity: 'proven', cause: CUT })
  const { evidence } = JSON.parse(JSON.stringify(found)) as { evidence: Evidence }
  expect(evidence.heads).toMatchObject([{ length, fork: 1 }])
  heldEntries(key, evidence)
  expect(forks(evidence)).toBe(true)
})

test.each([
  ['shorter', 0],
  ['as long', 1],
  ['longer', 4],
])('a call whose caller has the receipt is gone, and the history is %s', async (_, calls) => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  await scene.host.close()
  const putBack = await setAside(scene.place.service)
  await scene.serve('honest')
  const alice = await scene.connect(scene.alice)
  const { receipt } = await alice.$receipt('RSVP', [true, 'two of us'])
  await scene.host.close()
  await putBack()
  await scene.serve('honest')
  const bob = await scene.connect(scene.bob)
  for (let i = 0; i < calls; i++) await bob.$call('visit')
  const { code, report } = await verify(scene.host.url, { receipts: [receipt] })
  expect({ code, report }).toMatchObject({
    code: 1,
    report: {
      verdict: 'host-fault',
      findings: [
        {
          code: 'RECEIPT_MISSING',
          severity: 'proven',
          entry: receipt.index,
          method: 'RSVP',
          cause: 'the host dropped or replaced an entry that it had given a receipt for',
        },
      ],
    },
  })
  const evidence = report.findings[0]?.evidence as Evidence
  const key = fromHex(evidence.ledger)
  heldEntries(key, evidence)
  expect(contradicts(evidence, key)).toBe(true)
})
