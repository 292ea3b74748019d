/** Tests of test262's `language/`: where they are, what their front matter says, and whether a run passes. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import type { CellResult } from '../../packages/sandbox/test/transform/cell.ts'

/** The tests that the counts are of. */
export const commit = 'be13516fb6441b950ba8a3df97eb34062c186972'
const repository = 'https://github.com/tc39/test262'

export interface Test {
  /** With slashes, below `test/`. */
  readonly path: string
  readonly source: string
  readonly flags: ReadonlySet<string>
  readonly includes: readonly string[]
  readonly negative: { phase: string; type: string } | null
}

/** A folder with the suite: the one that VMS_TEST262 names, or one that is fetched into a temporary one. */
export function suiteFolder(): string {
  const given = process.env['VMS_TEST262']
  if (given !== undefined) return given
  const folder = mkdtempSync(join(tmpdir(), 'vms-test262-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { stdio: 'inherit' })
  git('init', '--quiet')
  git('fetch', '--quiet', '--depth', '1', repository, commit)
  git('checkout', '--quiet', 'FETCH_HEAD')
  return folder
}

export function* testsIn(folder: string, filter: string): Generator<Test> {
  const root = join(folder, 'test')
  const names = readdirSync(join(root, 'language'), { recursive: true, withFileTypes: true })
  const files = names
    .filter((entry) => entry.isFile() && /(?<!_FIXTURE)\.js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files) {
    const path = relative(root, file).split(sep).join('/')
    if (!path.includes(filter)) continue
    const test = read(path, readFileSync(file, 'utf8'))
    if (test !== null) yield test
  }
}

/** Null if it is no test of strict code in a function: of sloppy code, of modules, or of text that nothing may stand before. */
function read(path: string, source: string): Test | null {
  const front = /\/\*---([\s\S]*?)---\*\//.exec(source)?.[1] ?? ''
  const flags = new Set(listOf(front, 'flags'))
  if (flags.has('noStrict') || flags.has('module') || flags.has('raw')) return null
  const phase = /negative:\s*\n\s+phase: (\w+)\s*\n\s+type: (\w+)/.exec(front)
  const type = /negative:\s*\n\s+type: (\w+)\s*\n\s+phase: (\w+)/.exec(front)
  const negative =
    phase !== null
      ? { phase: phase[1] as string, type: phase[2] as string }
      : type !== null
        ? { phase: type[2] as string, type: type[1] as string }
        : null
  return { path, source, flags, includes: listOf(front, 'includes'), negative }
}

/** `key: [a, b]` or one item a line. */
function listOf(front: string, key: string): string[] {
  const inline = new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, 'm').exec(front)?.[1]
  if (inline !== undefined)
    return inline
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  const block = new RegExp(`^${key}:\\s*\\n((?:\\s+- .*\\n?)+)`, 'm').exec(front)?.[1]
  return block === undefined
    ? []
    : Array.from(block.matchAll(/- (\S+)/g), (match) => match[1] as string)
}

const harness = new Map<string, string>()

/** What runs before a test, in the global scope. */
export function harnessOf(folder: string, { flags, includes }: Test): string[] {
  const names = [
    'assert.js',
    'sta.js',
    ...(flags.has('async') ? ['doneprintHandle.js'] : []),
    ...includes,
  ]
  return [
    hostDefined,
    ...names.map((name) => {
      let text = harness.get(name)
      if (text === undefined) {
        text = readFileSync(join(folder, 'harness', name), 'utf8')
        harness.set(name, text)
      }
      return text
    }),
  ]
}

const hostDefined = `var $262 = { global: globalThis, gc() { throw new Error('not here') } }`

export function passes({ flags, negative }: Test, result: CellResult): boolean {
  if (negative !== null) {
    if (negative.phase === 'parse' || negative.phase === 'early') return result.end === 'compile'
    return result.end === 'thrown' && result.name === negative.type
  }
  if (result.end !== 'returned') return false
  if (!flags.has('async')) return true
  return result.printed.includes('Test262:AsyncTestComplete')
}
