import { describe, expect, it } from 'vitest'
import { FileError } from '../../src/files/file-error.ts'
import { type CommittedFiles, FileSystem } from '../../src/files/file-system.ts'
import { compareBytes, insidePrefix } from '../../src/files/path.ts'
import type { FileChange, FileStat, ListedFile } from '../../src/index.ts'

/** The committed files, a map of what was last written where. */
class Store implements CommittedFiles {
  readonly entries = new Map<string, Exclude<FileChange, { kind: 'deleted' }>>()

  commit(changes: readonly FileChange[]): void {
    for (const change of changes) {
      if (change.kind === 'deleted') this.entries.delete(change.path)
      else this.entries.set(change.path, change)
    }
  }

  stat(path: string): FileStat | null {
    const entry = this.entries.get(path)
    if (entry === undefined) return null
    return {
      kind: entry.kind,
      size: entry.kind === 'file' ? entry.data.byteLength : 0,
      mtime: entry.mtime,
    }
  }

  read(path: string): Uint8Array | null {
    const entry = this.entries.get(path)
    return entry?.kind === 'file' ? entry.data : null
  }

  list(path: string, recursive: boolean): ListedFile[] {
    const prefix = insidePrefix(path)
    return [...this.entries.keys()]
      .filter(
        (key) => key.startsWith(prefix) && (recursive || !key.slice(prefix.length).includes('/')),
      )
      .map((key) => ({ name: key.slice(prefix.length), stat: this.stat(key) as FileStat }))
      .sort((a, b) => compareBytes(a.name, b.name))
  }
}

/** One number after the other from a seed (Lehmer's generator), so that a failure can be run again. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

const names = ['a', 'b', 'c', 'ä']

type Operation = (files: FileSystem) => unknown

function operation(pick: (below: number) => number): Operation {
  const path = () =>
    `/${Array.from({ length: 1 + pick(3) }, () => names[pick(names.length)]).join('/')}`
  const one = path()
  const other = path()
  const recursive = pick(2) === 0
  const data = new Uint8Array(pick(300)).fill(pick(256))
  const kinds: Operation[] = [
    (files) => files.writeFile(one, data),
    (files) => files.writeFile(one, data),
    (files) => files.mkdir(one),
    (files) => files.mkdir(one),
    (files) => files.stat(one),
    (files) => [...files.readFile(one)],
    (files) => files.readdir(pick(3) === 0 ? '/' : one, recursive),
    (files) => files.readdir('/', true),
    (files) => files.unlink(one),
    (files) => files.rmdir(one, recursive),
    (files) => files.copy(one, other),
    (files) => files.rename(one, other),
  ]
  return kinds[pick(kinds.length)] as Operation
}

function attempt(files: FileSystem, run: Operation): unknown {
  try {
    return run(files) ?? null
  } catch (error) {
    if (error instanceof FileError) return error.name
    throw error
  }
}

describe('the file system', () => {
  it('looks the same whatever is cached and however far commits have got', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const pick = numbers(seed)
      const setups = (
        [
          [0, 0],
          [2_000, 7],
          [1_000_000, 14],
          [1_000_000, 0],
          [5_000, 1],
        ] as const
      ).map(([cacheBytes, lag]) => {
        const store = new Store()
        const files = new FileSystem({
          committed: store,
          cacheBytes,
          fileBytes: 250,
          onChange: () => {},
        })
        // Calls that wait for their commit: none, some, or all of them.
        return {
          store,
          files,
          lag,
          waiting: [] as { position: number; changes: FileChange[] }[],
        }
      })
      for (let position = 1; position <= 30; position++) {
        const length = 1 + pick(4)
        const thrown = pick(5) === 0
        const operationSeeds = Array.from({ length }, () => 1 + pick(1_000_000))
        const seen = setups.map(({ store, files, lag, waiting }) => {
          files.begin(position * 10)
          const answers = operationSeeds.map((operationSeed) =>
            attempt(files, operation(numbers(operationSeed))),
          )
          if (thrown) files.discard()
          const changes = thrown ? [] : files.keep(position)
          waiting.push({ position, changes })
          while (waiting.length > lag) {
            const next = waiting.shift() as (typeof waiting)[number]
            store.commit(next.changes)
            files.committed(next.position)
          }
          return { answers, changes }
        })
        for (const other of seen) expect(other, `seed ${seed}, call ${position}`).toEqual(seen[0])
      }
    }
  })

  it('may be told of a commit before or after the committed files show it', () => {
    const store = new Store()
    const files = new FileSystem({
      committed: store,
      cacheBytes: 1_000_000,
      fileBytes: 250,
      onChange: () => {},
    })
    files.begin(1)
    files.writeFile('/a', new Uint8Array(1))
    const first = files.keep(1)
    files.begin(2)
    expect(files.readdir('/', false).map(({ name }) => name)).toEqual(['a'])
    // Committed, and not known to be.
    store.commit(first)
    expect(files.readdir('/', false).map(({ name }) => name)).toEqual(['a'])
    files.unlink('/a')
    files.keep(2)
    files.committed(1)
    files.begin(3)
    expect(files.readdir('/', false)).toEqual([])
    expect(attempt(files, (files) => files.stat('/a'))).toBe('NotFoundError')
  })

  it('hands over changes sorted, and none where nothing comes of them', () => {
    const files = new FileSystem({
      committed: new Store(),
      cacheBytes: 0,
      fileBytes: 250,
      onChange: () => {},
    })
    files.begin(1)
    for (const name of ['/b', '/a', '/\uffff', '/😀']) files.writeFile(name, new Uint8Array(1))
    files.mkdir('/gone')
    files.rmdir('/gone', false)
    files.unlink('/b')
    expect(files.keep(1).map(({ path }) => path)).toEqual(['/a', '/\uffff', '/😀'])
    files.begin(2)
    expect(files.keep(2)).toEqual([])
  })

  it('asks for the list of a directory once, however often its files change', () => {
    const store = new Store()
    let lists = 0
    const files = new FileSystem({
      committed: {
        stat: (path) => store.stat(path),
        read: (path) => store.read(path),
        list: (path, recursive) => {
          lists += 1
          return store.list(path, recursive)
        },
      },
      cacheBytes: 1_000_000,
      fileBytes: 250,
      onChange: () => {},
    })
    for (let position = 1; position <= 50; position++) {
      files.begin(position)
      files.writeFile(`/${position % 7}`, new Uint8Array(position))
      if (position % 5 === 0) files.unlink(`/${position % 7}`)
      const names = files.readdir('/', false).map(({ name }) => name)
      expect(names).toEqual(files.readdir('/', true).map(({ name }) => name))
      store.commit(files.keep(position))
      files.committed(position)
    }
    expect(lists).toBe(2)
  })
})
