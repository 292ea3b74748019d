/** What the host signs of its services, and when it signs nothing. */
import { expect, test } from 'vitest'
import { Statements } from '../src/provisioning/statements.ts'

type Parts = ConstructorParameters<typeof Statements>[0]

const PATHS = [
  '/.well-known/vms-statement.json',
  `/.well-known/vms-statement/${'0a'.repeat(32)}.json`,
]

const statements = (fault: object | null): Statements =>
  new Statements({ provisioning: { service: { fault } }, records: () => [] } as unknown as Parts)

test.each(PATHS)('%s is answered', (path) => {
  expect(statements(null).at(path)).not.toBe(null)
})

test.each(PATHS)('%s is not answered once the provisioning log is faulted', (path) => {
  expect(statements({ code: 'ERR_VMS_FAULTED' }).at(path)).toBe(null)
})

test('other paths are none of a statement', () => {
  for (const path of ['/', '/.well-known/vms-statement/0a.json', `${PATHS[1]}x`])
    expect(statements(null).at(path)).toBe(null)
})
