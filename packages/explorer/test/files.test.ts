/** The page's files: there, small, and sent with what keeps the page to itself. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { explorerFile } from '@vms/explorer'
import { expect, test } from 'vitest'

/** Bytes of the whole page, compressed, with all that a reader can open. */
const BUDGET = 63_000

/** What only a browser loads that cannot check signatures itself, as on plain http from another machine. */
const RARE = 'noble-ed25519.js'

const names = readdirSync(join(import.meta.dirname, '..', 'dist', 'page'))
const pathOf = (name: string): string => (name === 'index.html' ? '' : `explorer/${name}`)

test('are within the budget, all together', () => {
  const bytes = names.map((name) => {
    const file = explorerFile(pathOf(name))
    expect(file, name).not.toBeNull()
    if (name === RARE) return 0
    return file?.gzip.length ?? 0
  })
  const total = bytes.reduce((sum, size) => sum + size, 0)
  expect(names).toContain(RARE)
  expect(total).toBeGreaterThan(10_000)
  expect(total).toBeLessThanOrEqual(BUDGET)
})

test('has the page a second time, in the folder of its files, which it then names beside it', () => {
  const text = (path: string): string => Buffer.from(explorerFile(path)?.body ?? []).toString()
  const named = (page: string): string[] =>
    [...page.matchAll(/(?:href|src)="([^#"]+)"/g)].map(([, name = '']) => name)
  const atHost = named(text(''))
  const inFolder = named(text('explorer/'))
  expect(atHost.length).toBeGreaterThan(2)
  expect(inFolder.map((name) => `explorer/${name}`)).toEqual(atHost)
  for (const name of atHost) expect(explorerFile(name), name).not.toBeNull()
  const [page, other] = [explorerFile(''), explorerFile('explorer/')]
  expect(other?.headers['content-security-policy']).toBe(page?.headers['content-security-policy'])
  expect(other?.headers['etag']).not.toBe(page?.headers['etag'])
})

test('come with a policy that lets nothing in from elsewhere', () => {
  const { headers } = explorerFile('') ?? { headers: {} as Record<string, string> }
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/)
  expect(headers['x-content-type-options']).toBe('nosniff')
})

test.each([
  'index.html',
  'explorer/index.html',
  'explorer/../index.html',
  'explorer/..%2findex.html',
  'explorer/nothing.js',
  'explorer/main.js.map',
  'elsewhere/main.js',
])('%s is none of them', (path) => {
  expect(explorerFile(path)).toBeNull()
})
