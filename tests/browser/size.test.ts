/** What a page loads stays small: measured on the bundle that is published, compressed as servers send it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
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

/** What only checks: hashes and trees, entries and receipts, proofs of what is read. */
const VERIFIER =
  /noble\/hashes|ed25519-key|web-crypto-probe|noble-ed25519|\/(?:tree|entry|receipt|rfc6962|head-tracker|append|proven-blocks|reply|refused|verifying|service-info|entry-calls|ledger-reader|block-reader|web-sha256)\.ts|\/(?:files|structure)\//

test('without what only checks, the client is at most 23 kB', async () => {
  const rest = mkdtempSync(join(tmpdir(), 'vms-size-'))
  onTestFinished(() => rmSync(rest, { recursive: true }))
  const parts = await bundleClient(rest, VERIFIER)
  const bytes = parts.reduce((sum, { gzipBytes: one }) => sum + one, 0)
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThanOrEqual(23_000)
})

test('the whole client with its verifier is at most 45 kB', () => {
  expect(gzipBytes(closure('client.js', true, NOBLE))).toBeLessThanOrEqual(45_000)
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
