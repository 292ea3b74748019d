/**
 * Puts the number of the release that is being made in the list of provisioning scripts, where one stands there that no
 * release has had yet, and gives it to the recorded stores. Runs with `npm run version-packages`, after the versions were raised.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The text of the list, with `version` for the release that was still to come. */
export const nameRelease = (text: string, version: string): string =>
  text.replace("release: 'next'", `release: '${version}'`)

/** The stores of the release to come become those of the release `version`. What a release recorded stays as it is. */
export function nameStores(stores: string, version: string): void {
  const named = join(stores, version)
  if (existsSync(named)) throw new Error(`${named} is there: stores of a release are not replaced`)
  renameSync(join(stores, 'next'), named)
}

if (import.meta.main) {
  const host = join(import.meta.dirname, '..', 'packages', 'host')
  const { version } = JSON.parse(readFileSync(join(host, 'package.json'), 'utf8')) as {
    version: string
  }
  const list = join(host, 'src', 'provisioning', 'shipped-scripts.ts')
  writeFileSync(list, nameRelease(readFileSync(list, 'utf8'), version))
  nameStores(join(import.meta.dirname, '..', 'vectors', 'stores'), version)
}
