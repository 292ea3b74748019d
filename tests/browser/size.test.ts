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
