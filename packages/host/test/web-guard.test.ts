/** Which names and origins a host takes requests from. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { WebGuard } from '../src/http/web-guard.ts'

const from = (headers: { host?: string; origin?: string }) => ({ headers }) as IncomingMessage

const AT_LOOPBACK = { atLoopback: true, isProxied: false }
const OPEN = { atLoopback: false, isProxied: false }

describe('a host that only its own machine reaches', () => {
  const guard = new WebGuard({ publicHosts: ['vms.example.org', '10.0.0.7', '::2'] }, AT_LOOPBACK)

  test.each([
    'localhost',
    'localhost:5555',
    'LOCALHOST.:5555',
    'rsvp.localhost:80',
    '127.0.0.1:5555',
    '127.9.9.9',
    '[::1]:5555',
    'vms.example.org:8080',
    'VMS.example.org.',
    '10.0.0.7:5555',
    '[::2]:5555',
  ])('takes requests for %s', (host) => {
    expect(guard.refusesHost(from({ host }))).toBe(null)
  })

  test.each([
    'evil.example',
    'evil.example:5555',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    '10.0.0.8:5555',
    '[::3]',
    '128.0.0.1',
    '0x7f000001',
    '',
    'localhost:5555@evil.example',
    'a b',
  ])('refuses requests for %s', (host) => {
    expect(guard.refusesHost(from({ host }))).toMatchObject({ status: '421 Misdirected Request' })
  })

  test('takes requests that name no host', () => {
    expect(guard.refusesHost(from({}))).toBe(null)
  })
})

test('a host that others reach takes requests under every name', () => {
  const guard = new WebGuard({}, OPEN)
  expect(guard.refusesHost(from({ host: 'evil.example' }))).toBe(null)
})

describe('a debug host', () => {
  const guard = new WebGuard({ publicHosts: ['pages.example.org'] }, OPEN)

  test.each([
    [undefined, 'vms.example.org'],
    ['http://localhost:3000', '10.0.0.7:5555'],
    ['https://127.0.0.1', '10.0.0.7:5555'],
    ['http://[::1]:8080', '10.0.0.7:5555'],
    ['http://10.0.0.7:8080', '10.0.0.7:5555'],
    ['https://vms.example.org', 'vms.example.org:443'],
    ['https://pages.example.org', 'vms.example.org'],
  ])('takes calls from %s at %s', (origin, host) => {
    expect(guard.refusesOrigin(from({ host, ...(origin && { origin }) }))).toBe(null)
  })

  test.each([
    ['https://evil.example', 'vms.example.org'],
    ['https://evil.example', 'localhost:5555'],
    ['https://localhost.evil.example', 'localhost:5555'],
    ['null', 'localhost:5555'],
    ['', 'localhost:5555'],
    ['file://', 'localhost:5555'],
    ['chrome-extension://abcdef', 'localhost:5555'],
    ['https://vms.example.org.evil.example', 'vms.example.org'],
  ])('refuses calls from %s at %s', (origin, host) => {
    expect(guard.refusesOrigin(from({ host, origin }))).toMatchObject({ status: '403 Forbidden' })
  })

  test('takes calls from pages without an origin only where it was told to', () => {
    const open = new WebGuard({ allowNullOrigin: true }, AT_LOOPBACK)
    expect(open.refusesOrigin(from({ host: 'localhost', origin: 'null' }))).toBe(null)
  })
})

test.each(['https://vms.example.org', 'vms.example.org:443', '*.example.org', 'a b', ''])(
  '%s is no name of a host',
  (name) => {
    expect(() => new WebGuard({ publicHosts: [name] }, AT_LOOPBACK)).toThrow(
      expect.objectContaining({ code: 'ERR_VMS_PUBLIC_HOST' }),
    )
  },
)
