/** Arrows between files or folders of a package, and the rings among them. */
import { posix } from 'node:path'
import { importsOf, type Package, resolveInternal, resolveRelative, sources } from './sources.ts'

/** By the name of what imports: the names of what it imports. Types count too: they are ideas as well. */
export type Arrows = ReadonlyMap<string, ReadonlySet<string>>

export function arrowsOfFiles(pkg: Package): Arrows {
  const targets = (path: string): string[] =>
    importsOf(path).flatMap(({ specifier }) =>
      specifier.startsWith('.')
        ? [resolveRelative(path, specifier)]
        : resolveInternal(pkg, specifier),
    )
  return new Map(sources(pkg).map((path) => [path, new Set(targets(path))]))
}

/** The folder of a file below `src`; `.` for the entries of the package. */
export const folderOf = (path: string): string =>
  posix.dirname(path).split('/').slice(3).join('/') || '.'

export function arrowsOfFolders(pkg: Package): Arrows {
  const arrows = new Map<string, Set<string>>()
  for (const [path, targets] of arrowsOfFiles(pkg)) {
    const from = folderOf(path)
    const known = arrows.get(from) ?? new Set()
    arrows.set(from, known)
    for (const target of targets) {
      const isSource = target.startsWith(`packages/${pkg.folder}/src/`)
      if (isSource && folderOf(target) !== from) known.add(folderOf(target))
    }
  }
  return arrows
}

/** Each ring once, as `a → b → a`. */
export function rings(arrows: Arrows): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (name: string, trail: string[]): void => {
    if (trail.includes(name)) {
      found.push([...trail.slice(trail.indexOf(name)), name].join(' → '))
      return
    }
    if (done.has(name)) return
    for (const target of arrows.get(name) ?? []) visit(target, [...trail, name])
    done.add(name)
  }
  for (const name of arrows.keys()) visit(name, [])
  return found
}
