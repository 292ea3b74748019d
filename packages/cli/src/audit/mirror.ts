/** Mirrors: other places with the ledgers of a host, such as a copy of its directory, or another host. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseTarget, serviceUrl, type Target } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'

/** Gives the place of a service's ledger in the mirror; null if the mirror does not have it. */
export type Mirror = (id: string) => Target | null

/** Reads a mirror: a directory with services by their ids, the directory of a host, or a host's address. Throws {@link UsageError}. */
export function findMirror(text: string, cwd: string): Mirror {
  const target = parseTarget(text, cwd)
  switch (target.kind) {
    case 'directory':
      return (id) => {
        const places = [join(target.path, id), join(target.path, 'services', id)]
        const path = places.find((place) => existsSync(place))
        return path === undefined ? null : { kind: 'directory', path }
      }
    case 'service':
      return (id) => parseTarget(serviceUrl(target, id), cwd)
    default:
      throw new UsageError(
        `${text} is one ledger; a mirror is a directory, or the address of a host`,
      )
  }
}
