/**
 * Holds the folders of each package: few files in each, and arrows that go one way. `folders.txt` draws them, so that a reader of
 * a change sees a new arrow. After a change that is meant: `npx vitest run tests/repository/folders -u`.
 */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { arrowsOfFolders, folderOf, rings } from './arrows.ts'
import { type Package, packages, sources } from './sources.ts'

/** Most source files in one folder: a reader finds a file among so many by its name. */
const MAX_FILES = 20

describe.each(packages)('$name', (pkg) => {
  test('has folders that import each other in one direction', () => {
    expect(rings(arrowsOfFolders(pkg))).toEqual([])
  })

  test(`has at most ${MAX_FILES} files in a folder`, () => {
    const crowded = [...filesByFolder(pkg)].filter(([, count]) => count > MAX_FILES)
    expect(crowded).toEqual([])
  })
})

test('every arrow between folders is on the drawing', async () => {
  await expect(`${packages.flatMap(drawn).join('\n')}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, 'folders.txt'),
  )
})

function filesByFolder(pkg: Package): Map<string, number> {
  const counts = new Map<string, number>()
  for (const path of sources(pkg)) {
    const folder = folderOf(path)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return counts
}

/** One line for each folder: its name, and the folders that it imports. */
function drawn(pkg: Package): string[] {
  const arrows = [...arrowsOfFolders(pkg)].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    pkg.name,
    ...arrows.map(([folder, targets]) =>
      targets.size === 0 ? `  ${folder}` : `  ${folder} → ${[...targets].sort().join(', ')}`,
    ),
  ]
}
