/** Mirrors: other places with ledgers of a host, such as a copy of its directory, or another host that serves them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseTarget, serviceUrl, type Target } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'

/** Where a service's ledger may be; null if it is not there. */
export type Mirror = (id: string) => Target | null

/** A directory with services by their ids, that of a host, or a host's address. Throws {@link UsageError}. */
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
      throw new UsageError(`${text} is one ledger; a mirror is a directory, or a host's address`)
  }
}
