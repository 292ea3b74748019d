/** What a check says and exits with. */
import type { Difference } from '@vms/auditor'
import { expect, test } from 'vitest'
import { tellDifference } from '../../src/check/difference.ts'
import type { CheckFinding } from '../../src/check/finding.ts'
import { createOrigins } from '../../src/check/origin.ts'
import { CHECK_EXIT, verdictOf } from '../../src/check/report.ts'

const SOURCE =
  'exports.draw = async () => {\n  await System.files.writeFile("/a", String(Math.random()))\n}\n'
const script = {
  name: 'draw.js',
  title: 'draw',
  source: SOURCE,
  bundled: false,
  inputs: [],
  map: null,
}
const origins = createOrigins(script, 'draw.js', '/somewhere')

const step = (digest: string) => ({
  operation: 'writeText',
  subject: '/a',
  digest,
  stack: '\n    at exports.draw (draw.js:2:22)',
})

const found: Difference & { perturbation: string } = {
  call: 3,
  method: 'draw',
  part: 'value',
  path: '$.x',
  expected: '1',
  got: '2',
  step: { number: 0, expected: step('a'), got: step('b') },
  lastStep: null,
  perturbation: 'interpreted only',
}

test('a difference is said with its call, what it asked the machine, and its line', () => {
  const { finding, difference } = tellDifference(found, SOURCE, origins)
  expect(finding).toMatchObject({
    code: 'NONDETERMINISTIC',
    severity: 'error',
    file: 'draw.js',
    line: 2,
    column: 22,
    message:
      'draw() (call 3) differs in its value $.x interpreted only: 1 there, 2 here, first at System.files.writeFile("/a"), number 1 of what it asks the machine',
  })
  expect(difference).toMatchObject({
    perturbation: 'interpreted only',
    hostCall: { number: 0, name: 'System.files.writeFile', subject: '/a' },
    line: 2,
  })
  expect(origins.frame(finding, false)).toContain('> 2 |   await System.files.writeFile')
})

test('without anything asked it stands after what was asked last, or at the method', () => {
  const alone = { ...found, step: null }
  expect(tellDifference({ ...alone, lastStep: step('a') }, SOURCE, origins).finding.line).toBe(2)
  expect(tellDifference(alone, SOURCE, origins).finding.line).toBe(1)
  const top = { ...alone, call: null, method: null, part: 'boot', path: '$' }
  expect(tellDifference(top, SOURCE, origins).finding).toMatchObject({
    line: null,
    message: 'the top level differs in its boot interpreted only: 1 there, 2 here',
  })
})

test('the verdict and the exit code', () => {
  const { finding, difference } = tellDifference(found, SOURCE, origins)
  const findings: CheckFinding[] = [finding]
  const verdicts = [
    verdictOf({ difference: null, findings: [], incomplete: null }),
    verdictOf({ difference: null, findings, incomplete: 'slow' }),
    verdictOf({ difference: null, findings: [], incomplete: 'slow' }),
    verdictOf({ difference, findings, incomplete: null }),
  ]
  expect(verdicts).toEqual(['fine', 'findings', 'incomplete', 'nondeterministic'])
  expect(verdicts.map((verdict) => CHECK_EXIT[verdict])).toEqual([0, 1, 3, 4])
})
