/** Holds the import graph: between packages, to the engines, and between the files of one package. */
import { isBuiltin } from 'node:module'
import { describe, expect, test } from 'vitest'
import { arrowsOfFiles, rings } from './arrows.ts'
import {
  importsOf,
  type Package,
  packageOf,
  packages,
  resolveInternal,
  resolveRelative,
  sources,
} from './sources.ts'

/** Who may import whom, and nothing else. */
const allowed: Record<string, string[]> = {
  '@vms/format': [],
  '@vms/sandbox': ['@vms/format'],
  '@vms/rpc': ['@vms/format'],
  '@vms/ledger': ['@vms/format'],
  '@vms/client': ['@vms/format', '@vms/rpc'],
  '@vms/auditor': ['@vms/format', '@vms/ledger', '@vms/sandbox'],
  '@vms/explorer': ['@vms/client'],
  '@vms/host': ['@vms/explorer', '@vms/format', '@vms/ledger', '@vms/rpc', '@vms/sandbox'],
  '@vms/cli': ['@vms/auditor', '@vms/client', '@vms/host'],
}

/** What is bundled into a package when it is built: it is there to build it, and nobody who installs the package gets it. */
const bundled: Record<string, string> = { 'packages/explorer/src/page/': '@vms/client' }

/** Engines, and the packages that may run them: one file in each, so that there is one place to replace. */
const engines: Record<string, string[]> = {
  'isolated-vm': ['@vms/sandbox'],
  hypercore: ['@vms/ledger'],
  hyperdrive: ['@vms/ledger'],
  'sodium-native': ['@vms/format'],
  ws: ['@vms/host', '@vms/cli'],
}

/** What runs in a browser as well, but for the adapters to Node that are named: it imports no built-in module. */
const isomorphic: Record<string, string[]> = {
  '@vms/format': ['packages/format/src/crypto/sodium.ts'],
  '@vms/rpc': [],
  '@vms/client': ['packages/client/src/platform/platform.node.ts'],
}

describe('packages', () => {
  test('are those of the graph', () => {
    expect(packages.map((pkg) => pkg.name).sort()).toEqual(Object.keys(allowed).sort())
  })

  test.each(packages)('$name depends on what the graph allows', ({ name, manifest }) => {
    const ours = Object.keys(manifest.dependencies ?? {}).filter((dep) => dep.startsWith('@vms/'))
    expect(allowed[name]).toEqual(expect.arrayContaining(ours))
  })

  test.each(packages)('$name imports its dependencies and nothing else', (pkg) => {
    const declared = Object.keys(pkg.manifest.dependencies ?? {})
    const wrong = sources(pkg).flatMap((path) =>
      importsOf(path)
        .filter(({ specifier }) => !isAllowed(path, specifier, pkg, declared))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  test.each(Object.entries(isomorphic))('%s runs in a browser', (name, exempt) => {
    const pkg = packages.find((candidate) => candidate.name === name) as Package
    const wrong = sources(pkg)
      .filter((path) => !exempt.includes(path))
      .flatMap((path) =>
        importsOf(path)
          .filter(({ specifier, typeOnly }) => isBuiltin(specifier) && !typeOnly)
          .map(({ specifier }) => `${path} imports ${specifier}`),
      )
    expect(wrong).toEqual([])
  })
})

describe('engines', () => {
  test.each(Object.entries(engines))('%s is imported by one file', (engine, owners) => {
    for (const pkg of packages) {
      const users = sources(pkg).filter((path) =>
        importsOf(path).some(
          ({ specifier, typeOnly }) => packageOf(specifier) === engine && !typeOnly,
        ),
      )
      if (!owners.includes(pkg.name)) expect(users, pkg.name).toEqual([])
      else expect(users.length, `${pkg.name}: ${users.join(', ')}`).toBeLessThanOrEqual(1)
    }
  })
})

describe('files', () => {
  test.each(packages)('of $name import each other in one direction', (pkg) => {
    expect(rings(arrowsOfFiles(pkg))).toEqual([])
  })
})

function isAllowed(path: string, specifier: string, pkg: Package, declared: string[]): boolean {
  if (isBuiltin(specifier)) return specifier.startsWith('node:')
  if (specifier.startsWith('.')) {
    const target = resolveRelative(path, specifier)
    return target === `packages/${pkg.folder}/package.json` || sources(pkg).includes(target)
  }
  if (specifier.startsWith('#')) return resolveInternal(pkg, specifier).length > 0
  const built = Object.keys(bundled).find((folder) => path.startsWith(folder))
  return built ? bundled[built] === specifier : declared.includes(packageOf(specifier))
}
