/** What the host signs of its services, when it signs nothing, and how often for one address. */
import { expect, test } from 'vitest'
import type { Stated } from '../src/http/description.ts'
import { Statements } from '../src/provisioning/statements.ts'
import { VisitorRate } from '../src/rates/visitor-rate.ts'

type Parts = ConstructorParameters<typeof Statements>[0]

const PATHS = [
  '/.well-known/vms-statement.json',
  `/.well-known/vms-statement/${'0a'.repeat(32)}.json`,
]

const NOT_SIGNED = new Error('the test signs nothing')

/** Signing throws, so what comes back without an error was not signed. */
const statements = (fault: object | null, perMinute = 60, now = () => 0): Statements =>
  new Statements({
    rate: new VisitorRate(perMinute, now),
    provisioning: {
      service: { fault },
      get followed() {
        throw NOT_SIGNED
      },
    },
    records: () => [],
  } as unknown as Parts)

const asked = (from: Statements, path: string, visitor: string | null = null): unknown => {
  try {
    return from.at(path, visitor)
  } catch (error) {
    return error
  }
}

test('the list is there before it is signed, and an answer is signed at once', () => {
  expect(asked(statements(null), PATHS[0] as string)).toMatchObject({ statement: {} })
  expect(asked(statements(null), PATHS[1] as string)).toBe(NOT_SIGNED)
})

test.each(PATHS)('%s is not answered once the provisioning log is faulted', (path) => {
  expect(asked(statements({ code: 'ERR_VMS_FAULTED' }), path)).toBe(null)
})

test('other paths are none of a statement', () => {
  for (const path of ['/', '/.well-known/vms-statement/0a.json', `${PATHS[1]}x`])
    expect(asked(statements(null), path)).toBe(null)
})

test('one address has so many answers signed in a minute, a network of IPv6 a few times as many', () => {
  let time = 0
  const limited = statements(null, 3, () => time)
  const ask = (visitor: string | null): unknown => asked(limited, PATHS[1] as string, visitor)
  for (let i = 0; i < 3; i++) expect(ask('203.0.113.5')).toBe(NOT_SIGNED)
  expect(ask('203.0.113.5')).toEqual({ waitMs: 20_000 } satisfies Stated<never>)
  expect(ask('203.0.113.6')).toBe(NOT_SIGNED)
  expect(ask(null)).toBe(NOT_SIGNED)
  expect(asked(limited, PATHS[0] as string, '203.0.113.5')).toMatchObject({ statement: {} })
  time += 20_000
  expect(ask('203.0.113.5')).toBe(NOT_SIGNED)
  expect(ask('203.0.113.5')).toEqual({ waitMs: 20_000 })
  let signed = 0
  for (let net = 0; net < 100; net++)
    if (ask(`2001:db8:0:${net.toString(16)}::/64`) === NOT_SIGNED) signed += 1
  // A /56 has twice as many as an address.
  expect(signed).toBe(6)
})
