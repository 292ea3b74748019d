/** The runtime as one script, as machines have it, against its modules one by one. */
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { linkRuntime } from '../../../../scripts/link-runtime.ts'
import { childBundle } from '../../src/parent/child-bundle.ts'
import { Bench } from '../bench.ts'

const modules = { childModule: fileURLToPath(new URL('../../src/child.ts', import.meta.url)) }

/** Everything that can be reached by paths, and all that can be told of it, also of functions that are made later. */
const walk = `
const seen = new Map()
const lines = []
const tell = (path, value) => {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  if (!isObject) return lines.push(path + ' ' + typeof value + ' ' + String(value))
  if (seen.has(value)) return lines.push(path + ' = ' + seen.get(value))
  seen.set(value, path)
  lines.push(path + ' ' + (typeof value === 'function' ? Function.prototype.toString.call(value) : typeof value))
  tell(path + '.[[Prototype]]', Object.getPrototypeOf(value))
  for (const key of Reflect.ownKeys(value)) {
    const { value: inner, get, set, ...rest } = Object.getOwnPropertyDescriptor(value, key)
    const name = path + '.' + String(key)
    lines.push(name + ' ' + JSON.stringify(rest))
    if (get) tell(name + ' get', get)
    if (set) tell(name + ' set', set)
    if (!get && !set) tell(name, inner)
  }
}
exports.world = async () => {
  tell('globalThis', globalThis)
  const attempts = [
    () => null.x, () => Buffer.from({}), () => new URL('nowhere'), () => new Uint8Array(-1),
    () => System.files.readFile('/none'), () => Function('1'), () => 'a'.repeat(-1), () => [].reduce(),
  ]
  for (const attempt of attempts) {
    try { await attempt() } catch (error) { tell('error', error) }
  }
  tell('url', new URL('http://example.com/?a=b').searchParams)
  tell('buffer', Buffer.from('héllo'))
  tell('file', System.files.writeFile('/a', 'text'))
  return lines
}`

describe('the runtime as one script', () => {
  it('shows scripts the same world at the same price', async () => {
    expect(childBundle()).not.toBeNull()
    const worlds = []
    for (const options of [{}, modules]) {
      const bench = await Bench.start(walk, options)
      const boot = await bench.boot()
      expect(boot.report).toBeNull()
      const result = await bench.result('world')
      worlds.push({ boot, result, lines: bench.lines })
      await bench.close()
    }
    const [linked, separate] = worlds
    expect(linked?.result).toMatchObject({ status: 'returned' })
    expect(linked).toEqual(separate)
  }, 60_000)
})

describe('linking', () => {
  const run = (texts: Record<string, string>) =>
    vm.runInThisContext(linkRuntime(texts, 'main.js')) as (name: string) => unknown

  it('keeps names, order, and what is assigned later', () => {
    const value = run({
      'main.js': `import { text } from './b.js'
import * as all from './c.js'
import { count, next as step } from './a.js'
const helper = () => { step(); return count }
export { helper as first, text }
export { count } from './a.js'
export const names = [helper.name, all.helper.name]`,
      'a.js': `export let count = 1
export function next() { count += 1 }`,
      'b.js': `import { count, next } from './a.js'
next()
export const { text, from: start } = { text: 'b' + count, from: 0 }`,
      'c.js': `export const helper = () => 'another'`,
    })
    expect(value('text')).toBe('b2')
    expect(value('count')).toBe(2)
    expect((value('first') as () => number)()).toBe(3)
    expect(value('count')).toBe(3)
    expect(value('names')).toEqual(['helper', 'helper'])
  })

  it('refuses what it cannot follow', () => {
    const b = 'export let count = 1'
    for (const main of [
      `import { count as other } from './b.js'`,
      `import * as all from './b.js'`,
      `import { none } from './b.js'`,
      `import { self } from './main.js'\nexport const self = 1`,
      `export * from './b.js'`,
      `export default 1`,
      `import { count } from './b.js'\nexport let other = 1\nexport const [a] = []`,
    ]) {
      expect(() => linkRuntime({ 'main.js': main, 'b.js': b }, 'main.js'), main).toThrow()
    }
  })
})
