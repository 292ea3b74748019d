/** Evidence: what is proven is proven to somebody who has the finding and the ledger's key alone. */

import { toHex } from '@vms/format'
import { describe, expect, test } from 'vitest'
import { evidenceFiles } from '../src/check/signed-files.ts'
import { RuleBroken, StructureCheck } from '../src/check/structure-check.ts'
import { accusation } from '../src/findings/finding.ts'
import {
  audit,
  EVIDENCE_BYTES,
  type Evidence,
  type EvidenceFiles,
  FINDINGS,
  type Finding,
  type FindingCode,
  type ProvenCode,
  type SignedFiles,
} from '../src/index.ts'
import { needsOf } from '../src/prove/proof-needs.ts'
import { prove } from '../src/prove/prove.ts'
import { contradicts, convict, forks, heldEntries } from './evidence-check.ts'
import { Recording } from './recording.ts'
import { aborted, bootEntry, returned, Scribe } from './scribe.ts'
import { STRUCTURE_FAULTS } from './structure-faults.ts'

type RuleFault = Exclude<keyof typeof STRUCTURE_FAULTS, 'SEMANTICS_UNKNOWN' | 'ENGINES_UNKNOWN'>

/** The first broken rule of a ledger, as a finding that went through a report. */
async function proven(scribe: Scribe) {
  const { crypto, key, manifest, blocks } = scribe
  const structure = new StructureCheck({
    crypto,
    ledgerKey: key,
    manifest,
  })
  try {
    for (const block of blocks) structure.check(block)
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error
    const { code, detail, needs } = error.rule
    const evidence = await prove({ crypto, source: scribe.source(), needs })
    const found = accusation(code, detail, evidence)
    return JSON.parse(JSON.stringify(found)) as typeof found
  }
  throw new Error('the ledger breaks no rule')
}

const codes = Object.entries(STRUCTURE_FAULTS)
  .filter(([code]) => FINDINGS[code as FindingCode][0] === 'proven')
  .map(([code]) => code as RuleFault)

/** More of the ledger on both sides, so that what is proven is somewhere in the middle of a tree. */
function surrounded(code: RuleFault): Scribe {
  const scribe = STRUCTURE_FAULTS[code].ledger()
  scribe.endGroup()
  for (let i = 0; i < 5; i++) scribe.group([scribe.calls({ entry: { time: 5_000 } })])
  return scribe
}

describe('a stranger is convinced by the finding alone of', () => {
  test.each(codes)('%s', async (code) => {
    for (const scribe of [STRUCTURE_FAULTS[code].ledger(), surrounded(code)]) {
      const found = await proven(scribe)
      expect(found).toMatchObject({ code, severity: 'proven' })
      convict(code, scribe.key, found.entry as number, found.evidence as Evidence)
    }
  })

  test('forks are checked in packages/ledger and tests/lies, the rest here', () => {
    const elsewhere = ['ARCHIVE_DIFFERS', 'FILES_FORKED', 'LEDGER_FORKED', 'RECEIPT_MISSING']
    const known = Object.entries(FINDINGS).filter(([, [severity]]) => severity === 'proven')
    expect([...codes, ...elsewhere].sort()).toEqual(known.map(([code]) => code).sort())
  })
})

describe('a stranger is not convinced', () => {
  const finding = async () => {
    const scribe = surrounded('REQUEST_EXPIRED')
    const found = await proven(scribe)
    return { key: scribe.key, evidence: found.evidence as Evidence }
  }

  test.each<[string, (evidence: Evidence) => Evidence]>([
    [
      'of other bytes',
      (evidence) => ({
        ...evidence,
        entries: evidence.entries.map((entry, i) =>
          i === 1 ? { ...entry, bytes: evidence.entries[0]?.bytes ?? '' } : entry,
        ),
      }),
    ],
    [
      'of another place',
      (evidence) => ({
        ...evidence,
        entries: evidence.entries.map((entry) => ({ ...entry, index: entry.index + 1 })),
      }),
    ],
    [
      'of a head that nobody signed',
      ({ heads, ...evidence }) => ({
        ...evidence,
        heads: heads.map((head) => ({ ...head, length: head.length + 1 })),
      }),
    ],
    [
      'of a ledger of another key',
      (evidence) => ({ ...evidence, manifest: { ...evidence.manifest, signer: '00'.repeat(32) } }),
    ],
  ])('%s', async (_, change) => {
    const { key, evidence } = await finding()
    expect(() => heldEntries(key, evidence)).not.toThrow()
    expect(() => heldEntries(key, change(evidence))).toThrow()
  })

  test.each(codes)('of %s by evidence of an honest entry', async (code) => {
    const scribe = new Scribe().begin()
    scribe.group([scribe.calls()]).group([scribe.calls()])
    const { crypto } = scribe
    const needs = {
      spans: [[0, 4]] as const,
      trees: [2, 3],
      nodes: [1],
      edge: null,
      sameRequest: null,
    }
    const evidence = (await prove({ crypto, source: scribe.source(), needs })) as Evidence
    expect(() => convict(code, scribe.key, 3, evidence)).toThrow()
  })
})

describe('receipts and the ledger', () => {
  const bare = (): Scribe => {
    const scribe = new Scribe().begin()
    return scribe.group([scribe.calls()])
  }

  test('of two histories are proof, whichever is longer', async () => {
    for (const [more, others] of [
      [3, 1],
      [1, 3],
      [2, 2],
    ] as const) {
      const one = bare()
      const two = one.fork(3)
      for (let i = 0; i < more; i++) one.group([one.calls()])
      for (let i = 0; i < others; i++) two.group([two.calls()])
      const report = await audit({ ledger: one.source(), receipts: [two.receipt(3)] })
      const found = report.findings.find(({ code }) => code === 'RECEIPT_MISSING')
      expect(found).toMatchObject({ severity: 'proven', entry: 3 })
      const { evidence } = found as { evidence: Evidence }
      heldEntries(one.key, evidence)
      expect(contradicts(evidence, one.key)).toBe(true)
    }
  })

  test('of two histories are proof, though the entry of the receipt is not reached', async () => {
    const one = bare()
    const two = one.fork(3)
    for (let i = 0; i < 3; i++) one.group([one.calls()])
    for (let i = 0; i < 6; i++) two.group([two.calls()])
    const { findings } = await audit({ ledger: one.source(), receipts: [two.receipt(7)] })
    const found = findings.find(({ code }) => code === 'RECEIPT_MISSING')
    expect(found).toMatchObject({
      severity: 'proven',
      got: expect.stringContaining('entries 0 to 3'),
    })
    const { evidence } = found as { evidence: Evidence }
    heldEntries(one.key, evidence)
    expect(contradicts(evidence, one.key)).toBe(true)
  })

  test('of one history are none, however short the ledger is', async () => {
    const scribe = bare()
    for (let i = 0; i < 4; i++) scribe.group([scribe.calls()])
    for (const length of [2, 3, 5]) {
      const old = scribe.fork(length)
      const { findings } = await audit({
        ledger: old.source(),
        receipts: [scribe.receipt(2), scribe.receipt(6)],
      })
      const ofReceipts = findings.filter(({ part }) => part === 'receipt')
      expect(ofReceipts.map(({ code, severity }) => [code, severity])).toEqual([
        ['LEDGER_BEHIND', 'undecided'],
        ['LEDGER_BEHIND', 'undecided'],
      ])
      expect(ofReceipts[0]?.expected).toContain('at least 7 entries')
    }
  })
})

test('heads of one history are no fork', () => {
  const scribe = new Scribe().begin()
  const head = { length: 2, treeHash: 'a', fork: 0, signature: 'b' }
  const evidence = { heads: [head, head], trees: [] } as unknown as Evidence
  expect(forks(evidence)).toBe(false)
  expect(forks({ ...evidence, heads: [{ ...head, fork: 1 }] })).toBe(true)
  expect(scribe.length).toBe(2)
})

test('evidence that would be longer than its bound is left out, and the host is at fault for those who audit', async () => {
  const scribe = new Scribe().begin()
  const outcomes = [{ ...returned(null), value: new Uint8Array(12 * 1024 * 1024) }]
  for (let i = 0; i < 3; i++) scribe.group([scribe.calls({ entry: { outcomes } })])
  scribe.group([scribe.calls({ calls: [['unknown']] })])
  expect(3 * 12 * 1024 * 1024).toBeGreaterThan(EVIDENCE_BYTES)
  const found = await proven(scribe)
  expect(found).toMatchObject({ code: 'METHOD_UNKNOWN', severity: 'reproducible', evidence: null })
})

test('the entries that a rule looks back at are in it, and no others', async () => {
  const scribe = new Scribe().begin()
  scribe.group([scribe.calls(), scribe.calls()])
  scribe.group([bootEntry({ reason: 'restart', time: 2_000 })])
  scribe.group([scribe.calls({ entry: { outcomes: [aborted('result-bytes')] } })])
  scribe.group([scribe.calls()])
  const { code, evidence } = await proven(scribe)
  expect(code satisfies FindingCode).toBe('EPOCH_OVERRUN' satisfies ProvenCode)
  expect(evidence?.entries.map(({ index }) => index)).toEqual([0, 4, 5, 6])
})

describe('published files', () => {
  const SCRIPT = `exports.write = (path, text) => System.files.writeFile(path, text)`

  /** A ledger whose files were signed with another block of one core, and what an audit says of them. */
  async function differing(core: 'db' | 'blobs') {
    const recording = await Recording.start(SCRIPT)
    for (let i = 0; i < 3; i++) await recording.group([{ calls: [['write', `/${i}`, 'text']] }])
    const archive = recording.signing((name, blocks) =>
      name === core ? blocks.with(1, Uint8Array.of(1)) : blocks,
    )
    const report = await audit({ ledger: recording.scribe.source(), archive })
    const [found] = JSON.parse(JSON.stringify(report.findings)) as typeof report.findings
    return { recording, found: found as Finding }
  }

  test.each(['db', 'blobs'] as const)('that differ in %s are proof', async (core) => {
    const { recording, found } = await differing(core)
    const { key, length } = recording.scribe
    expect(found).toMatchObject({ code: 'ARCHIVE_DIFFERS', severity: 'proven', entry: length - 1 })
    const evidence = found.evidence as Evidence
    expect(evidence.files?.heads).toMatchObject([{ core }])
    convict('ARCHIVE_DIFFERS', key, length - 1, evidence)
  })

  test('are no proof with the trees that the host signed, or that nobody signed', async () => {
    const { recording, found } = await differing('db')
    const { scribe, archive } = recording
    const evidence = found.evidence as Evidence
    const { dbLength, blobsLength } = await archive.lengths()
    const signed = (await archive.treesAt(dbLength, blobsLength)) as SignedFiles
    const honest = { ...evidence, files: evidenceFiles(signed, ['db', 'blobs']) }
    const accuse = (given: Evidence) => () =>
      convict('ARCHIVE_DIFFERS', scribe.key, scribe.length - 1, given)
    expect(() => heldEntries(scribe.key, honest)).not.toThrow()
    expect(accuse(honest)).toThrow('a broken rule')
    expect(accuse({ ...evidence, files: null })).toThrow('a broken rule')
    const files = evidence.files as EvidenceFiles
    const [head] = files.heads
    const unsigned = { ...files, heads: [{ ...head, signature: '00'.repeat(64) }] }
    expect(accuse({ ...evidence, files: unsigned as EvidenceFiles })).toThrow('a signed head')
    const other = { ...files, signer: toHex(scribe.crypto.keyPair().publicKey) }
    expect(accuse({ ...evidence, files: other })).toThrow('the signer of these files')
  })

  test('of other lengths than the ledger names are no proof', async () => {
    const recording = await Recording.start(SCRIPT)
    for (let i = 0; i < 3; i++) await recording.group([{ calls: [['write', `/${i}`, 'text']] }])
    const { scribe } = recording
    const files = { signer: toHex(scribe.manifest.signer), heads: [], trees: [] } as EvidenceFiles
    const source = scribe.source()
    const needs = needsOf([[scribe.length - 1, scribe.length]])
    const bare = (await prove({ crypto: scribe.crypto, source, needs })) as Evidence
    const shorter = (await recording.archive.treesAt(2, 1)) as SignedFiles
    for (const given of [files, evidenceFiles(shorter, ['db', 'blobs'])])
      expect(() =>
        convict('ARCHIVE_DIFFERS', scribe.key, scribe.length - 1, { ...bare, files: given }),
      ).toThrow('a broken rule')
  })
})
