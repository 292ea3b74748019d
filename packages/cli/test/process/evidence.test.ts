/** What a lying host said is kept for its owner alone, once, and within bounds. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VmsVerificationError } from '@vms/client'
import { expect, onTestFinished, test } from 'vitest'
import { keepEvidence, lieOf } from '../../src/process/evidence.ts'

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vms-evidence-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return join(dir, 'evidence')
}

const lie = (): VmsVerificationError =>
  new VmsVerificationError('head', 'it is not signed', { message: Uint8Array.of(1, 2, 3) })

test('a lie is one file, however often it is told of', () => {
  const dir = directory()
  const told = lie()
  const kept = keepEvidence(told, dir)
  expect(keepEvidence(told, dir)).toBe(kept)
  const [name = ''] = readdirSync(dir)
  expect(kept).toEqual({ file: join(dir, name) })
  expect(readdirSync(dir)).toHaveLength(1)
  expect([dir, join(dir, name)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600])
  expect(JSON.parse(readFileSync(join(dir, name), 'utf8'))).toMatchObject({
    version: 1,
    code: 'ERR_VMS_VERIFICATION',
    evidence: { message: { $bytes: 'AQID' } },
  })
})

test('no more than a hundred files, and none is pushed out', () => {
  const dir = directory()
  for (let i = 0; i < 100; i++) expect(keepEvidence(lie(), dir)).toHaveProperty('file')
  const before = readdirSync(dir)
  expect(keepEvidence(lie(), dir)).toEqual({ why: expect.stringContaining('100 files') })
  expect(readdirSync(dir)).toEqual(before)
})

test('no more bytes than 256 MiB', () => {
  const dir = directory()
  mkdirSync(dir)
  writeFileSync(join(dir, 'large'), '')
  truncateSync(join(dir, 'large'), 256 * 1024 * 1024)
  expect(keepEvidence(lie(), dir)).toEqual({
    why: expect.stringContaining('move some of them away'),
  })
})

test('a directory that cannot be written is said, and hides no error', () => {
  const dir = directory()
  writeFileSync(dir, 'a file')
  expect(keepEvidence(lie(), dir)).toEqual({ why: expect.any(String) })
})

test('what is no lie is none', () => {
  const none = [
    new VmsVerificationError('ledger', '', {}, { code: 'ERR_VMS_OTHER_LEDGER', isLie: false }),
    new VmsVerificationError('history', '', {}, { code: 'ERR_VMS_BEHIND', isLie: false }),
    new VmsVerificationError('receipt', '', {}, { isLie: false }),
    Object.assign(new Error(), { code: 'ERR_VMS_FORKED', evidence: null }),
    Object.assign(new Error(), { code: 'ERR_VMS_UNREACHABLE', evidence: {} }),
    null,
  ]
  expect(none.map(lieOf)).toEqual(none.map(() => null))
  expect(lieOf(Object.assign(new Error(), { code: 'ERR_VMS_FORKED', evidence: {} }))).not.toBeNull()
})
