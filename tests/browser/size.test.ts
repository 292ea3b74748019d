/** What a page loads stays small: measured on the bundle that is published, compressed as servers send it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BundledModule, bundleClient } from '../../scripts/bundle-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'vms-size-'))
let modules: BundledModule[] = []

beforeAll(async () => {
  modules = await bundleClient(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

const named = (name: string): BundledModule => {
  const found = modules.find((module) => module.name === name)
  if (!found) throw new Error(`there is no ${name} in the bundle`)
  return found
}

/** A module and everything that it imports, at once or `later`, but for what holds a source named here. */
function closure(name: string, later: boolean, without: string, seen = new Set<string>()) {
  const module = named(name)
  if (seen.has(name) || module.sources.some((source) => source.includes(without))) return seen
  seen.add(name)
  for (const used of [...module.imports, ...(later ? module.later : [])]) {
    closure(used, later, without, seen)
  }
  return seen
}

const gzipBytes = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + named(name).gzipBytes, 0)

const NOBLE = 'noble-ed25519.ts'

/** What only checks, or only reads what was checked: all of it loaded later. */
const VERIFIER =
  /noble\/hashes|\/(?:ed25519-key|tree|entry|receipt-proof|rfc6962|web-sha256|head-tracker|append|proven-blocks|frames|plain|reply|refused|history|service-info|entry-calls|block-reader|read-entries|web-checker)\.ts|\/(?:files|structure)\//

const startsWith = (): string[] => [...closure('client.js', false, NOBLE)]

test('what a page loads before it connects is at most 21.5 kB', () => {
  const bytes = gzipBytes(startsWith())
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThanOrEqual(21_500)
})

test('what only checks is not among it, and is loaded with the connection', () => {
  const sources = startsWith().flatMap((name) => named(name).sources)
  expect(sources.filter((source) => VERIFIER.test(source))).toEqual([])
  const verifier = modules.find(({ sources: all }) =>
    all.some((source) => source.endsWith('client/src/calls/reply.ts')),
  )
  expect(verifier?.sources.filter((source) => VERIFIER.test(source)).length).toBeGreaterThan(10)
})

test('the whole client with its verifier is at most 46 kB', () => {
  expect(gzipBytes(closure('client.js', true, NOBLE))).toBeLessThanOrEqual(46_000)
})

test('a page that only calls loads neither the reader of files nor a second Ed25519', () => {
  const sources = [...closure('client.js', false, NOBLE)].flatMap((name) => named(name).sources)
  for (const heavy of ['noble/curves', 'pbf', 'msgpackr', 'client/src/files/', 'sodium']) {
    expect(sources.filter((source) => source.includes(heavy))).toEqual([])
  }
  expect(modules.some(({ sources: all }) => all.some((source) => source.includes(NOBLE)))).toBe(
    true,
  )
})
