import { BudgetExceededError, type BudgetName } from '@vms/auditor'
import { VmsRemoteError, VmsTimeoutError, VmsUsageError } from '@vms/client'
import { HostError } from '@vms/host'
import { expect, test } from 'vitest'
import { CliError, UsageError } from '../../src/errors/errors.ts'
import { exitOf, failureOf, reportFailure } from '../../src/process/failure.ts'
import { keep } from '../silent-output.ts'

const thrown = (code: string | null): Error =>
  new VmsRemoteError(
    { name: 'TypeError', message: 'no\u001b[31m', code },
    { method: 'RSVP', index: 7, call: 0, receipt: null },
  )

test.each<[string, unknown, number]>([
  ['wrong usage', new UsageError('x'), 2],
  ['an error with a code of its own', new CliError('ERR_VMS_X', 1, 'x'), 1],
  ['what a method threw', thrown('EACCES'), 1],
  ['what a method threw under a code of ours', thrown('ERR_VMS_TIMEOUT'), 1],
  ['a wrong option of the client', new VmsUsageError('ERR_VMS_NOT_DEBUG', 'x'), 2],
  ['a timeout', new VmsTimeoutError('x', 5, true), 3],
  ['another script in the directory', new HostError('ERR_VMS_SCRIPT_DIFFERS', 'x'), 1],
  ['a port that is taken', new HostError('ERR_VMS_PORT_TAKEN', 'x'), 3],
  ['a directory without a ledger', new HostError('ERR_VMS_NO_LEDGER', 'x'), 2],
  ['a fault of ours', new TypeError('x'), 3],
  ['no error at all', 'x', 3],
])('%s', (_name, error, code) => {
  expect(exitOf(error)).toBe(code)
})

test('an expected error has message, code and hint, and no stack', () => {
  const { output, kept } = keep()
  expect(
    reportFailure(
      new UsageError('there is no file x', { hint: 'look again', frame: '> 1 | x' }),
      output,
    ),
  ).toBe(2)
  expect(kept).toEqual({
    stdout: '',
    stderr: '✘ there is no file x [ERR_VMS_USAGE]\n\n> 1 | x\n\n  hint: look again\n',
  })
})

test('what a method threw is told with the method and the entry, harmless to the terminal', () => {
  const { output, kept } = keep()
  reportFailure(thrown('EACCES'), output)
  expect(kept.stderr).toBe('✘ RSVP threw TypeError: no\\u{1b}[31m (entry 7) [EACCES]\n')
})

test('a call whose fate is unknown says so', () => {
  const { output, kept } = keep()
  reportFailure(new VmsTimeoutError('RSVP', 5_000, true), output)
  expect(kept.stderr).toContain('may have executed the call')
})

test('a fault of ours keeps its stack', () => {
  const { output, kept } = keep()
  reportFailure(new TypeError('boom'), output)
  expect(kept.stderr).toMatch(/unexpected: TypeError: boom\n\s+at /)
})

test('a full disk below a database is named, and is no fault of this program', () => {
  const full = new Error('IO error: No space left on device: While appending to file')
  const error = new Error('Batch was not applied', { cause: full })
  expect(failureOf(error)).toMatchObject({
    code: 'ERR_VMS_DISK_FULL',
    hint: expect.stringContaining('TMPDIR'),
  })
  expect(exitOf(error)).toBe(3)
})

test('a rate that is too low asks for a smaller least rate, every other budget for a larger one', () => {
  const hint = (budget: BudgetName): string | null =>
    failureOf(new BudgetExceededError(budget, 1, '2')).hint
  expect(hint('minBytesPerSecond')).toContain('a smaller --min-rate')
  expect(hint('downloadBytes')).toContain('a larger --max-download')
})
