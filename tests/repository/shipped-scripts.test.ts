/** Holds that auditors know the provisioning script that hosts are given: the list of those that were shipped has it. */
import {
  NEXT_RELEASE,
  provisioningScript,
  releaseOfScript,
  SHIPPED_SCRIPTS,
  scriptHash,
} from '@vms/host'
import { expect, test } from 'vitest'
import { nameRelease } from '../../scripts/name-release.ts'
import { read } from './sources.ts'

const LIST = 'packages/host/src/provisioning/shipped-scripts.ts'

test('the provisioning script of now is on the list, as the newest', () => {
  const sha256 = scriptHash(provisioningScript().source)
  const last = SHIPPED_SCRIPTS.at(-1)
  expect(
    last?.sha256,
    `packages/host/src/provisioning/script.js has changed: its SHA-256 is ${sha256}. ` +
      `In ${LIST}, put it in the entry of '${NEXT_RELEASE}' if there is one, which nobody was given yet; ` +
      `else add { release: '${NEXT_RELEASE}', sha256 } at the end. Entries with a number stay as they are.`,
  ).toBe(sha256)
  expect(releaseOfScript(sha256)).toBe(last?.release)
})

test('each is there once, and only the last may be still to come', () => {
  const hashes = SHIPPED_SCRIPTS.map(({ sha256 }) => sha256)
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true)
  for (const { release } of SHIPPED_SCRIPTS.slice(0, -1)) expect(release).toMatch(/^\d+\.\d+\.\d+/)
  expect(SHIPPED_SCRIPTS.at(-1)?.release).toMatch(
    new RegExp(`^(${NEXT_RELEASE}|\\d+\\.\\d+\\.\\d+.*)$`),
  )
})

test('a release puts its number there', () => {
  const entry = `{ release: '${NEXT_RELEASE}', sha256: '' }`
  expect(nameRelease(entry, '1.2.3')).toBe("{ release: '1.2.3', sha256: '' }")
  // As the list writes it.
  expect(read(LIST)).toContain(`release: '${SHIPPED_SCRIPTS.at(-1)?.release}',`)
})

test('another script is on no list', () => {
  expect(releaseOfScript(scriptHash(`${provisioningScript().source}\n`))).toBeNull()
})
