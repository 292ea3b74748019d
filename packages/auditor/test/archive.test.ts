/** The published files, compared with what the ledger names: at equal lengths, block by block, and nothing beyond. */
import { expect, test } from 'vitest'
import { type ArchiveSource, audit, type LedgerSource } from '../src/index.ts'
import { Recording } from './recording.ts'
import type { Scribe } from './scribe.ts'

const SCRIPT = `exports.write = (path, text) => System.files.writeFile(path, text)`

const write = (path: string, text: string) => ({ calls: [['write', path, text] as const] })

async function recorded(): Promise<Recording> {
  const recording = await Recording.start(SCRIPT)
  await recording.group([write('/a', 'one'), write('/b', 'x'.repeat(100_000))])
  return recording
}

/** A ledger as it was when it had `length` entries. */
const earlier = (scribe: Scribe, length: number): LedgerSource => scribe.fork(length).source()

test('every byte is compared, and how many there were is in the report', async () => {
  const { scribe, archive } = await recorded()
  expect(await audit({ ledger: scribe.source(), archive })).toMatchObject({
    verdict: 'verified',
    contents: 'all',
    contentBytes: 100_003,
  })
})

test('the head alone is compared where no more is asked, and the report says so', async () => {
  const { scribe, archive } = await recorded()
  const blocks: ArchiveSource['blocks'] = () => {
    throw new Error('no contents were to be fetched')
  }
  const report = await audit({
    ledger: scribe.source(),
    archive: { ...archive, blocks },
    contents: 'head',
  })
  expect(report).toMatchObject({ verdict: 'verified', contents: 'head', contentBytes: 0 })
})

test('without published files the report says that none were compared', async () => {
  const { scribe } = await recorded()
  expect(await audit({ ledger: scribe.source() })).toMatchObject({ contents: null })
})

test('a block that does not come leaves the audit incomplete', async () => {
  const { scribe, archive } = await recorded()
  const blocks: ArchiveSource['blocks'] = (core, start, end) =>
    archive.blocks(core, start, core === 'blobs' ? end - 1 : end)
  expect(await audit({ ledger: scribe.source(), archive: { ...archive, blocks } })).toMatchObject({
    verdict: 'incomplete',
    findings: [{ code: 'WITHHELD', expected: '3 blocks of the contents', got: '2' }],
  })
})

test.each([
  ['db', 'block 1 of the directory tree', null],
  ['blobs', 'block 0 of the contents', '/a'],
] as const)('an altered block of %s is damage, and accuses nobody', async (which, what, path) => {
  const { scribe, archive } = await recorded()
  const blocks: ArchiveSource['blocks'] = async function* (core, start, end) {
    let index = start
    for await (const block of archive.blocks(core, start, end)) {
      const first = core === 'db' ? 1 : 0
      yield core === which && index === first ? block.map((byte) => byte ^ 1) : block
      index += 1
    }
  }
  expect(await audit({ ledger: scribe.source(), archive: { ...archive, blocks } })).toMatchObject({
    verdict: 'incomplete',
    findings: [
      {
        code: 'CONTENTS_DAMAGED',
        severity: 'undecided',
        path,
        expected: expect.stringContaining(what),
      },
    ],
  })
})

test('files that are newer than the ledger are compared where both were', async () => {
  const recording = await recorded()
  const { length } = recording.scribe
  await recording.group([write('/a', 'two')])
  const { scribe, archive } = recording
  const newest = withRoots(scribe)
  const later = async () => newest
  const report = await audit({
    ledger: earlier(scribe, length),
    archive: { ...archive, later },
  })
  expect(report).toMatchObject({ verdict: 'verified', head: { length }, contentBytes: 100_003 })
})

test('a publisher that shows no ledger cannot be held to one', async () => {
  const recording = await recorded()
  const { length } = recording.scribe
  await recording.group([write('/a', 'two')])
  const { scribe, archive } = recording
  expect(await audit({ ledger: earlier(scribe, length), archive })).toMatchObject({
    verdict: 'verified',
  })
})

test.each([
  ['that is no longer', (scribe: Scribe, length: number) => earlier(scribe, length)],
  ['with a signature of somebody else', (scribe: Scribe) => forged(scribe)],
  ['whose roots are of another history', (scribe: Scribe) => withRoots(scribe, scribe.fork(2))],
] as const)('blocks are accounted for by no head %s', async (_, shown) => {
  const recording = await recorded()
  const { length } = recording.scribe
  await recording.group([write('/a', 'two')])
  const { scribe, archive } = recording
  let asked = 0
  const later = async () => {
    asked += 1
    return shown(scribe, length)
  }
  expect(
    await audit({ ledger: earlier(scribe, length), archive: { ...archive, later } }),
  ).toMatchObject({
    verdict: 'incomplete',
    findings: [{ code: 'FILES_UNACCOUNTED', severity: 'undecided', part: 'files' }],
  })
  expect(asked).toBeGreaterThan(1)
})

/** A ledger that gives the roots of its tree, or those of `other`. */
function withRoots(scribe: Scribe, other = scribe): LedgerSource {
  return scribe.source({ roots: async (length) => other.fork(length).roots })
}

function forged(scribe: Scribe): LedgerSource {
  const head = scribe.head()
  return { ...withRoots(scribe), head: { ...head, signature: head.signature.map((b) => b ^ 1) } }
}
