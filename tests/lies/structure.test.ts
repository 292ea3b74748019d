/** What an auditor and a page say of the same forged ledgers: one broken rule each, and the same code for it, whoever looks. */
import type { Checker } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { webChecker } from '@vms/format/web-crypto'
import { describe, expect, test } from 'vitest'
import { RuleBroken, StructureCheck } from '../../packages/auditor/src/check/structure-check.ts'
import { FindingRaised } from '../../packages/auditor/src/findings/finding.ts'
import { Scribe } from '../../packages/auditor/test/scribe.ts'
import { STRUCTURE_FAULTS } from '../../packages/auditor/test/structure-faults.ts'
import { StructureAudit } from '../../packages/client/src/structure/structure-audit.ts'

type Seen = readonly [code: string, entry: number | null, call: number | null]

function byAuditor({ crypto, key, manifest, blocks }: Scribe): Seen | null {
  const structure = new StructureCheck({
    crypto,
    ledgerKey: key,
    manifest,
  })
  try {
    for (const block of blocks) structure.check(block)
    return null
  } catch (error) {
    if (error instanceof RuleBroken) {
      const { code, detail } = error.rule
      return [code, detail.entry ?? null, detail.call ?? null]
    }
    if (!(error instanceof FindingRaised)) throw error
    const { code, entry, call } = error.finding
    return [code, entry, call]
  }
}

/** All that a page finds, in the order of entries. */
async function byPage(scribe: Scribe, crypto: Checker): Promise<Seen[]> {
  const { key: ledgerKey, manifest, blocks } = scribe
  const audit = new StructureAudit({ crypto, ledgerKey, manifest })
  await audit.add(blocks)
  const { findings } = audit.finish(scribe.head())
  return findings.map(({ code, entry, call }) => [code, entry, call])
}

/** What a page cannot know: which semantics and engines a release has. */
const AUDITORS_OWN = ['SEMANTICS_UNKNOWN', 'ENGINES_UNKNOWN', 'ENGINE_UNLISTED']

const faults = Object.entries(STRUCTURE_FAULTS).filter(([code]) => !AUDITORS_OWN.includes(code))

describe.each([
  ['signatures checked at once', sodiumCrypto],
  ['signatures checked elsewhere', webChecker],
] as const)('%s', (_, crypto) => {
  test.each(faults)('%s', async (code, { ledger }) => {
    const scribe = ledger()
    const seen = byAuditor(scribe)
    expect(seen?.[0]).toBe(code)
    expect((await byPage(scribe, crypto))[0]).toEqual(seen)
  })

  test.each(AUDITORS_OWN)('%s is for auditors', async (code) => {
    const scribe = STRUCTURE_FAULTS[code as 'ENGINE_UNLISTED'].ledger()
    expect(byAuditor(scribe)?.[0]).toBe(code)
    expect(await byPage(scribe, crypto)).toEqual([])
  })

  test('of an honest ledger nothing', async () => {
    const scribe = new Scribe().begin()
    scribe.group([scribe.calls(), scribe.calls()]).group([scribe.calls()])
    expect(byAuditor(scribe)).toBeNull()
    expect(await byPage(scribe, crypto)).toEqual([])
  })

  test('of a ledger with several faults the auditor the first, the page all of them', async () => {
    const scribe = new Scribe().begin()
    const replayed = scribe.calls()
    const { publicKey } = scribe.crypto.keyPair()
    scribe.group([scribe.calls({ request: { caller: publicKey } }), replayed, replayed])
    scribe.group([scribe.calls({ calls: [['a'], ['nothing']] })])
    expect(byAuditor(scribe)).toEqual(['SIGNATURE_INVALID', 2, null])
    expect(await byPage(scribe, crypto)).toEqual([
      ['SIGNATURE_INVALID', 2, null],
      ['REQUEST_REPLAYED', 4, null],
      ['METHOD_UNKNOWN', 5, 1],
    ])
  })
})
