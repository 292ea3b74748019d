/**
 * Holds that what is published works: packs every package as it would go to npm, lints the tarball (publint, attw),
 * installs it by plain npm into an empty project with the tarballs of those it depends on, and there compiles a
 * program that imports all of its entries and runs the examples of its README.
 *
 *     npm run check:packages [-- package…]
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { examplesOf, missingLine } from './readme-examples.ts'

type Manifest = {
  name: string
  config: { pnpm: string }
  exports: Record<string, unknown>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
}

/** Longest that one command may take: an install from a cold cache is the slowest. */
const COMMAND_LIMIT_MS = 5 * 60_000

const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules', '.bin')
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
const { config } = manifestIn(root)
const chosen = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'vms-packages-'))

const all = readdirSync(join(root, 'packages')).map((folder) => {
  const path = join(root, 'packages', folder)
  return { folder, path, manifest: manifestIn(path), tarball: join(scratch, `${folder}.tgz`) }
})
type Package = (typeof all)[number]

let failures = 0
try {
  for (const pkg of all) {
    must('pack', pkg.path, 'npx', [
      '-y',
      '--prefer-offline',
      `pnpm@${config.pnpm}`,
      'pack',
      '--out',
      pkg.tarball,
    ])
  }
  for (const pkg of all) {
    if (chosen.length === 0 || chosen.includes(pkg.folder)) check(pkg)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(failures === 0 ? '\nAll packages are fit to publish.' : `\n${failures} checks failed.`)
process.exitCode = failures === 0 ? 0 : 1

function check(pkg: Package): void {
  console.log(`\n${pkg.manifest.name}`)
  const project = join(scratch, pkg.folder)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  attempt('publint', root, 'publint', ['run', pkg.tarball, '--strict'])
  attempt('attw', root, 'attw', [pkg.tarball, '--profile', 'esm-only'])
  const tarballs = needs(pkg).map(({ tarball }) => tarball)
  if (
    !attempt('npm install', project, 'npm', [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      ...tarballs,
    ])
  )
    return
  compile(pkg, project)
  for (const name of Object.keys(pkg.manifest.bin ?? {})) {
    attempt(`${name} --version`, project, join(project, 'node_modules', '.bin', name), [
      '--version',
    ])
  }
  readme(pkg, project)
}

function readme(pkg: Package, project: string): void {
  const path = join(pkg.path, 'README.md')
  const examples = existsSync(path) ? examplesOf(readFileSync(path, 'utf8')) : []
  if (examples.length === 0) report('README', 'has no example')
  for (const [index, { language, code, prints, line }] of examples.entries()) {
    const what = `README example at line ${line}`
    const file = `example-${index}.${language}`
    writeFileSync(join(project, file), code)
    const stdout = attempt(what, project, 'node', [file])
    const missing = stdout === null ? null : missingLine(prints, stdout)
    if (missing !== null) report(what, `did not print: ${missing}`)
  }
}

/** What a user's compiler sees: every entry resolves and its declarations hold together. */
function compile({ manifest }: Package, project: string): void {
  const entries = Object.entries(manifest.exports).filter(([path]) => path !== './package.json')
  const specifier = (subpath: string): string => `${manifest.name}${subpath.slice(1)}`
  const programs = entries.filter(([, target]) => typeof target === 'string')
  const imports = programs.map(([path], i) => `export * as e${i} from '${specifier(path)}'\n`)
  const nodeTypes = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  typeCheck('compile', project, imports.join(''), nodeTypes)
  // An entry of types alone describes a world that is not Node's, so Node's types stay out.
  for (const [path] of entries.filter(([, target]) => typeof target !== 'string')) {
    const source = `/// <reference types="${specifier(path)}" />\n`
    typeCheck(`compile with ${path}`, project, source, ['--types', ''])
  }
}

function typeCheck(what: string, project: string, source: string, types: string[]): void {
  writeFileSync(join(project, 'consumer.ts'), source)
  const flags = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--lib',
    'es2024,esnext.disposable',
  ]
  const target = ['--module', 'nodenext', '--target', 'es2024']
  attempt(what, project, 'tsc', [...flags, ...target, ...types, 'consumer.ts'])
}

/** The package and those of ours that it depends on, near or far. */
function needs(pkg: Package, found = new Set<Package>()): Package[] {
  found.add(pkg)
  for (const name of Object.keys(pkg.manifest.dependencies ?? {})) {
    const dependency = all.find(({ manifest }) => manifest.name === name)
    if (dependency !== undefined && !found.has(dependency)) needs(dependency, found)
  }
  return [...found]
}

function must(what: string, cwd: string, command: string, args: string[]): void {
  if (attempt(what, cwd, command, args, true) === null) throw new Error(`${what} failed in ${cwd}`)
}

/** Runs a command to its end; its stdout, or null and a report if it failed. */
function attempt(
  what: string,
  cwd: string,
  command: string,
  args: string[],
  quiet = false,
): string | null {
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: COMMAND_LIMIT_MS })
  if (result.status !== 0) {
    report(
      what,
      `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trim(),
    )
    return null
  }
  if (!quiet) console.log(`  ✓ ${what}`)
  return result.stdout
}

function report(what: string, why: string): void {
  failures++
  console.log(`  ✗ ${what}\n${why.replace(/^/gm, '      ')}`)
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
