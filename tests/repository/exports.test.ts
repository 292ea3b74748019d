/**
 * Holds the public names. What a package exports is a promise: a change of it shows up in `exports.txt`, where a
 * reader of the change sees it. After a change that is meant: `npx vitest run tests/repository/exports -u`.
 */
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { packages, read } from './sources.ts'

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|type|interface) (\w+)/gm
const LIST = /^export (type )?\{([^}]*)\}/gm

const entries = packages.flatMap((pkg) =>
  Object.entries(pkg.manifest.exports)
    .filter(([subpath]) => subpath !== './package.json')
    .map(([subpath, target]) => {
      const file = typeof target === 'string' ? target : String(target['types'])
      const path = posix.join('packages', pkg.folder, file)
      return { specifier: posix.join(pkg.name, subpath), subpath, target, path, pkg }
    }),
)

test('every public name is on the list', async () => {
  const lines = entries.flatMap(({ specifier, path }) => [
    specifier,
    ...names(path).map((name) => `  ${name}`),
  ])
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, 'exports.txt'),
  )
})

test.each(entries)('$specifier is published from dist', ({ subpath, target, path, pkg }) => {
  const built = path.replace(`packages/${pkg.folder}/src/`, './dist/').replace(/\.ts$/, '')
  // An entry of types alone is written as declarations, which are published as they are.
  const published =
    typeof target === 'string' ? { types: `${built}.d.ts`, default: `${built}.js` } : target
  expect(pkg.manifest.publishConfig.exports[subpath]).toEqual(published)
})

/** The names that an entry file exports, types marked as such, in the order of the alphabet. */
function names(path: string): string[] {
  const text = read(path)
  const found: string[] = []
  for (const [line, name = ''] of text.matchAll(DECLARATION)) {
    found.push(/\b(type|interface) \w+$/.test(line) ? `type ${name}` : name)
  }
  for (const [, typeOnly = '', list = ''] of text.matchAll(LIST)) {
    for (const item of list.split(',')) {
      const name = item.replace(/\/\/.*$/gm, '').trim()
      if (name !== '')
        found.push(`${name.startsWith('type ') ? '' : typeOnly}${name.replace(/\S+ as /, '')}`)
    }
  }
  return found.sort()
}
