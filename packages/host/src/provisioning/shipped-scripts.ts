/**
 * The provisioning scripts of all releases of VMS. The script decides who may deploy on a host, and what its provisioning log means. If a
 * script is not on this list, an auditor cannot rely on those rules.
 */
import { createHash } from 'node:crypto'

/** Placeholder for the next release; `npm run version-packages` replaces it by the number. */
export const NEXT_RELEASE = 'next'

/** A provisioning script of a release. */
export interface ShippedScript {
  /** The first release with it. */
  readonly release: string
  /** SHA-256 of its source in UTF-8, in hexadecimal. */
  readonly sha256: string
}

/** From the oldest to the newest. Released scripts stay on the list: a host keeps the script that it began with. */
export const SHIPPED_SCRIPTS: readonly ShippedScript[] = [
  {
    release: 'next',
    sha256: 'b35e380d56a7a630038471d817651412cfab361a936958039420879109090ffe',
  },
]

/** SHA-256 of a script's source, as the list has it. */
export const scriptHash = (source: string): string =>
  createHash('sha256').update(source).digest('hex')

/** The first release that came with a script, by the hash of its source; null if none did. */
export const releaseOfScript = (sha256: string): string | null =>
  SHIPPED_SCRIPTS.find((shipped) => shipped.sha256 === sha256)?.release ?? null
