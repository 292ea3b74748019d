/** The page's files: there, small, and sent with what keeps the page to itself. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { explorerFile } from '@vms/explorer'
import { expect, test } from 'vitest'

/** Bytes of the whole page, compressed, with all that a reader can open. */
const BUDGET = 60_000

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
  'explorer/',
  'explorer/../index.html',
  'explorer/..%2findex.html',
  'explorer/nothing.js',
  'explorer/main.js.map',
  'elsewhere/main.js',
])('%s is none of them', (path) => {
  expect(explorerFile(path)).toBeNull()
})
