/** Stores that a release recorded stay what they are: raising the versions names those of the release to come, and replaces none. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { nameStores } from '../../scripts/name-release.ts'
import { NEXT_STORES, storeReleases } from '../../vectors/stores/recorded.ts'

test('a release gives its number to the stores that were recorded for it, once', () => {
  const stores = mkdtempSync(join(tmpdir(), 'vms-stores-'))
  onTestFinished(() => rmSync(stores, { recursive: true }))
  const record = (text: string): void => {
    mkdirSync(join(stores, NEXT_STORES), { recursive: true })
    writeFileSync(join(stores, NEXT_STORES, 'host.gz'), text)
  }
  record('first')
  nameStores(stores, '1.2.3')
  expect(existsSync(join(stores, NEXT_STORES))).toBe(false)
  record('second')
  expect(() => nameStores(stores, '1.2.3')).toThrow('are not replaced')
  expect(readFileSync(join(stores, '1.2.3', 'host.gz'), 'utf8')).toBe('first')
  nameStores(stores, '1.2.4')
  expect(readFileSync(join(stores, '1.2.4', 'host.gz'), 'utf8')).toBe('second')
})

test('stores are those of releases, or of the one to come', () => {
  for (const release of storeReleases())
    expect(release).toMatch(new RegExp(`^(${NEXT_STORES}|\\d+\\.\\d+\\.\\d+.*)$`))
  expect(storeReleases()).not.toEqual([])
})
