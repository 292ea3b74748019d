/** What findings come to. */
import { expect, test } from 'vitest'
import { finding } from '../src/finding.ts'
import { FINDINGS, type FindingCode, type Verdict } from '../src/index.ts'
import { verdictOf } from '../src/report.ts'

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
  expect(verdictOf(codes.map((code) => finding(code)))).toBe(verdict)
  expect(verdictOf(codes.toReversed().map((code) => finding(code)))).toBe(verdict)
})

test('any finding at all keeps a ledger from being verified', () => {
  for (const code of Object.keys(FINDINGS) as FindingCode[])
    expect(verdictOf([finding(code)]), code).not.toBe('verified')
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
