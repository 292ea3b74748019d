/**
 * The repository as data: its packages, its files, and what each source file imports.
 *
 * Imports are read with expressions rather than a parser. Biome's formatting makes that safe: a declaration
 * begins its line and its specifier stands in single quotes.
 */
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

export type Manifest = {
  name: string
  exports: Record<string, Conditions>
  imports?: Conditions
  dependencies?: Record<string, string>
  publishConfig: { exports: Record<string, Conditions> }
}
/** Where an entry leads: a file, or one per platform. */
export type Conditions = string | { [condition: string]: Conditions }
export type Package = { folder: string; name: string; manifest: Manifest }
export type Import = { specifier: string; typeOnly: boolean }

/** Folders that hold nothing of ours. */
const foreign = /(^|\/)(node_modules|dist|coverage|\.git|\.vms|\.readme-[^/]*)(\/|$)/

export const packages: Package[] = readdirSync(join(root, 'packages')).map((folder) => {
  const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as Manifest
  return { folder, name: manifest.name, manifest }
})

/** Paths from the root, with `/`, of the files that match; sorted. */
export function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => foreign.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}

/** The sources of a package: TypeScript, and the JavaScript that runs inside the isolate. */
export function sources(pkg: Package): string[] {
  return files(`packages/${pkg.folder}/src/**/*.{ts,js}`).filter(
    (path) => !path.includes('/types/'),
  )
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Static, dynamic and `require` imports, re-exports among them, in order of appearance. */
export function importsOf(path: string): Import[] {
  const text = read(path)
  const found: (Import & { at: number })[] = []
  for (const match of text.matchAll(/^(?:import|export)\b([^'"`;]*?)\bfrom '([^']+)'/gm)) {
    const [, clause = '', specifier = ''] = match
    found.push({ specifier, typeOnly: isTypeOnly(clause), at: match.index })
  }
  const others = /^import '([^']+)'|\bimport\('([^']+)'\)|\brequire(?:\.resolve)?\('([^']+)'\)/gm
  for (const match of text.matchAll(others)) {
    if (isInComment(text, match.index)) continue
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    found.push({ specifier, typeOnly: isTypeQuery(text, match.index), at: match.index })
  }
  return found
    .sort((a, b) => a.at - b.at)
    .map(({ specifier, typeOnly }) => ({ specifier, typeOnly }))
}

/** `./x.ts` imported from `packages/p/src/y.ts` is `packages/p/src/x.ts`. */
export function resolveRelative(from: string, specifier: string): string {
  return posix.normalize(posix.join(dirname(from), specifier))
}

/** The files that `#name` may stand for, one per platform; none if the manifest does not say. */
export function resolveInternal(pkg: Package, specifier: string): string[] {
  const { imports = {} } = pkg.manifest
  const target = typeof imports === 'string' ? undefined : imports[specifier]
  return target === undefined
    ? []
    : targets(target).map((path) => posix.join('packages', pkg.folder, path))
}

/** The package that a bare specifier names: `@vms/format/sodium` is `@vms/format`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function targets(conditions: Conditions): string[] {
  return typeof conditions === 'string' ? [conditions] : Object.values(conditions).flatMap(targets)
}

/** `import type …`, or braces in which every name is a `type` name. */
function isTypeOnly(clause: string): boolean {
  const trimmed = clause.trim()
  if (trimmed.startsWith('type ')) return true
  const names = /^\{([^}]*)\}$/
    .exec(trimmed)?.[1]
    ?.split(',')
    .map((name) => name.trim())
  return names?.every((name) => name === '' || name.startsWith('type ')) ?? false
}

/** `typeof import('x')` and `import('x').Name` stand in a type; a called import is awaited or chained. */
function isTypeQuery(text: string, at: number): boolean {
  return /typeof\s+$/.test(text.slice(Math.max(0, at - 10), at))
}

function isInComment(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at)
  return /^\s*(\*|\/\*|\/\/)/.test(line) || line.includes('// ')
}
