import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { httpUrl, parseServiceAddress, parseTarget } from '../../src/connect/target.ts'
import { tempDirectory } from '../temp-directory.ts'

const KEY = 'y'.repeat(52)

test.each([
  ['localhost:5555', 'ws://localhost:5555/', 'http://localhost:5555/x'],
  [':5555', 'ws://localhost:5555/', 'http://localhost:5555/x'],
  ['example.org', 'wss://example.org/', 'https://example.org/x'],
  ['ws://example.org:8080', 'ws://example.org:8080/', 'http://example.org:8080/x'],
  ['https://example.org', 'wss://example.org/', 'https://example.org/x'],
])('%s is a host', (text, url, http) => {
  const target = parseServiceAddress(text, 'a test')
  expect(target.url).toBe(url)
  expect(httpUrl(target, '/x')).toBe(http)
})

test('a directory that exists is one, whatever else its name could be', () => {
  const cwd = tempDirectory()
  mkdirSync(join(cwd, 'localhost'))
  expect(parseTarget('localhost', cwd)).toEqual({ kind: 'directory', path: join(cwd, 'localhost') })
  expect(parseTarget('.', cwd)).toEqual({ kind: 'directory', path: cwd })
  expect(parseTarget('localhost:1', cwd)).toMatchObject({ kind: 'service' })
})

test('what begins like a path is one', () => {
  const cwd = tempDirectory()
  for (const path of ['./x', '../x', '/nowhere/x', '.vms/x']) {
    expect(() => parseTarget(path, cwd)).toThrow(expect.objectContaining({ code: 'ERR_VMS_USAGE' }))
  }
})

test('keys name ledgers and files', () => {
  const cwd = tempDirectory()
  expect(parseTarget(`vms://${KEY}`, cwd)).toMatchObject({ kind: 'ledger' })
  expect(parseTarget(KEY, cwd)).toMatchObject({ kind: 'ledger' })
  expect(parseTarget(`hyper://${KEY}/a`, cwd)).toMatchObject({ kind: 'files', path: '/a' })
})
