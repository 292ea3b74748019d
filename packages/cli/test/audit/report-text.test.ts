import type { AuditReport, Finding } from '@vms/auditor'
import { expect, test } from 'vitest'
import { tellReport } from '../../src/audit/report-text.ts'
import { keep } from '../silent-output.ts'

const report: AuditReport = {
  version: 1,
  verdict: 'verified',
  head: { length: 6, treeHash: 'ab'.repeat(32), signature: 'cd'.repeat(64) },
  entries: 6,
  calls: 1,
  epochs: 1,
  oracles: 0,
  boots: { restart: 0, refusal: 0 },
  times: null,
  alarms: { fired: 0, skipped: 0, latestMs: 0, pending: 0, overdue: 0, overdueMs: 0 },
  ledger: `vms://${'y'.repeat(52)}`,
  files: `hyper://${'y'.repeat(52)}`,
  script: null,
  authentication: 'signed',
  receipts: 0,
  contents: 'all',
  contentBytes: 2_048,
  engine: null,
  findings: [],
  elapsedMs: 1_234,
}

const found: Finding = {
  code: 'VALUE_DIFFERS',
  severity: 'reproducible',
  entry: 4,
  call: 0,
  method: 'RSVP\u001b[2J',
  part: 'value',
  path: '$.reason',
  expected: '"busy"',
  got: '"\u0007"',
  cause: 'the host altered the returned value',
  evidence: null,
}

function told(report: AuditReport): string {
  const { output, kept } = keep()
  tellReport(output, report)
  expect(kept.stdout).toBe('')
  return kept.stderr
}

test('a good report has the two ticks of 2017 and the head that it is about', () => {
  const text = told(report)
  expect(text).toContain('✔ Ledger verified\n✔ Output files verified\n')
  expect(text).toContain(`head 6 ${'ab'.repeat(32)}`)
  expect(text).toContain('6 of 6 entries, 1 call, 1 epoch, 2.0 KiB of files, 1.2 s')
})

test('a finding says where, what, and the likely cause, and cannot move the cursor', () => {
  const text = told({ ...report, verdict: 'host-fault', findings: [found] })
  expect(text).not.toContain('✔')
  expect(text).toContain('NOT VERIFIED: the host is at fault.')
  expect(text).toContain('✘ VALUE_DIFFERS at entry 4, call 0, RSVP\\u{1b}[2J() (reproducible)')
  expect(text).toMatch(
    /altered the returned value\n +differs +value \$\.reason\n +expected +"busy"\n +got +"\\u\{7\}"\n/,
  )
})

test.each(['host-fault', 'nondeterministic-script', 'incomplete', 'engine-differs'] as const)(
  '%s is not verified',
  (verdict) => {
    expect(told({ ...report, verdict })).toMatch(/^NOT VERIFIED: /m)
  },
)

test('what the rules leave to the host is shown, in words that accuse nobody', () => {
  const text = told({
    ...report,
    boots: { restart: 12, refusal: 1 },
    times: { first: 0, last: 3_600_000, aheadMs: 90_000 },
    alarms: { fired: 1, skipped: 0, latestMs: 500, pending: 3, overdue: 2, overdueMs: 61_000 },
  })
  expect(text).toContain('from 1970-01-01T00:00:00.000Z to 1970-01-01T01:00:00.000Z')
  expect(text).toContain("90.0 s ahead of this computer's clock")
  expect(text).toContain(
    '12 restarts, 1 boot after a refused request: the ledger does not show why',
  )
  expect(text).toContain('2 alarms overdue at the head, the first by 61.0 s')
  expect(text).toContain('Verified: replaying')
  expect(told(report)).not.toMatch(/ahead|restart|overdue/)
})

test('what was believed is said: debug callers, oracles', () => {
  const text = told({ ...report, authentication: 'debug', oracles: 2 })
  expect(text).toContain('DEBUG MODE')
  expect(text).toContain('2 calls used an oracle')
  expect(told({ ...report, oracles: 1 })).toContain('1 call used an oracle')
  expect(told(report)).not.toContain('oracle')
})

test('alarms: how many, how late, and what did not run', () => {
  const alarms = { ...report.alarms, fired: 2, skipped: 1, latestMs: 1_250, pending: 3 }
  const text = told({ ...report, alarms })
  expect(text).toContain('2 alarms fired, at most 1.3 s late; 3 pending')
  expect(text).toContain('1 alarm did not run: the host says that its machine could not')
  expect(told(report)).not.toContain('alarm')
})

test('a report on the hash of the files alone does not say that their contents were verified', () => {
  const text = told({ ...report, contents: 'head', contentBytes: 0 })
  expect(text).toContain('✔ Hash of the output files verified; their contents were not fetched')
  expect(text).not.toContain('Output files verified')
  expect(text).not.toContain('of files,')
})
