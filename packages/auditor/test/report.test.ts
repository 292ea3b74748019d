/** What findings come to. */
import { expect, test } from 'vitest'
import { verdictOf } from '../src/audit/report.ts'
import { accusation, finding } from '../src/findings/finding.ts'
import {
  FINDINGS,
  type Finding,
  type FindingCode,
  type ProvenCode,
  type Verdict,
} from '../src/index.ts'

const EVIDENCE = {
  ledger: '',
  manifest: { signer: '', filesKey: '', genesisHash: '' },
  heads: [],
  roots: [],
  entries: [],
  trees: [],
  subtrees: [],
  rfc6962: null,
  receipt: null,
  files: null,
}

const isProven = (code: FindingCode): code is ProvenCode => FINDINGS[code][0] === 'proven'

const found = (code: FindingCode): Finding =>
  isProven(code)
    ? accusation(code, {}, EVIDENCE)
    : finding(code as Exclude<FindingCode, ProvenCode>)

test.each<[Verdict, FindingCode[]]>([
  ['verified', []],
  ['host-fault', ['SIGNATURE_INVALID']],
  ['host-fault', ['VALUE_DIFFERS']],
  ['incomplete', ['WITHHELD']],
  ['incomplete', ['RECEIPT_INVALID']],
  ['host-fault', ['VALUE_DIFFERS', 'RECEIPT_INVALID']],
  ['nondeterministic-script', ['SCRIPT_NONDETERMINISTIC']],
  ['nondeterministic-script', ['SCRIPT_NONDETERMINISTIC', 'VALUE_DIFFERS']],
  ['engine-differs', ['ENGINE_DIFFERS', 'VALUE_DIFFERS']],
  ['host-fault', ['SCRIPT_NONDETERMINISTIC', 'RECEIPT_MISSING']],
  ['host-fault', ['ENGINE_DIFFERS', 'VALUE_DIFFERS', 'RECEIPT_MISSING']],
  ['host-fault', ['WITHHELD', 'RECEIPT_MISSING']],
])('%s: %j', (verdict, codes) => {
  expect(verdictOf(codes.map(found))).toBe(verdict)
  expect(verdictOf(codes.toReversed().map(found))).toBe(verdict)
})

test('any finding at all keeps a ledger from being verified', () => {
  for (const code of Object.keys(FINDINGS) as FindingCode[])
    expect(verdictOf([found(code)]), code).not.toBe('verified')
})

test('without evidence nothing is proven, and the host is at fault for whoever audits the ledger', () => {
  const bare = accusation('SIGNATURE_INVALID', {}, null)
  expect(bare).toMatchObject({ severity: 'reproducible', evidence: null })
  expect(verdictOf([bare])).toBe('host-fault')
})

test('a finding keeps its texts short', () => {
  const { expected, got, path } = finding('VALUE_DIFFERS', {
    expected: 'x'.repeat(500),
    got: 'x'.repeat(10_000),
  })
  expect(expected).toBe('x'.repeat(500))
  expect(got).toBe(`${'x'.repeat(500)}… (10000 characters)`)
  expect(path).toBeNull()
})
