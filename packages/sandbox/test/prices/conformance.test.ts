/** A priced built-in gives what the engine's own gives: each expression is run here and in the machine. */
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'
import {
  arrayExpressions,
  bytesExpressions,
  jsonExpressions,
  otherExpressions,
  textExpressions,
} from './expressions.ts'

/** Text of a result that keeps what JSON loses; `E:` and the kind of an error. */
const show = `
  const show = (value) => {
    switch (typeof value) {
      case 'bigint': return value + 'n'
      case 'number': return Object.is(value, -0) ? '-0' : String(value)
      case 'string': return JSON.stringify(value)
      case 'function': return 'function ' + value.name + '/' + value.length
      case 'symbol': return String(value)
      case 'object': break
      default: return String(value)
    }
    if (value === null) return 'null'
    if (Array.isArray(value)) {
      let text = ''
      for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + (i in value ? show(value[i]) : '<hole>')
      return '[' + text + ']' + ('groups' in value ? show({ index: value.index, groups: value.groups, indices: value.indices }) : '')
    }
    if (value instanceof Map || value instanceof Set) return value.constructor.name + show([...value])
    if (ArrayBuffer.isView(value)) return value.constructor.name + '(' + [].slice.call(value).map(show) + ')'
    if (value instanceof ArrayBuffer) return 'ArrayBuffer(' + value.byteLength + ')'
    return '{' + Reflect.ownKeys(value).map((key) => String(key) + ':' + show(value[key])).join() + '}'
  }
  const attempt = (run) => { try { return show(run()) } catch (error) { return 'E:' + error.name } }
`
const body = (expressions: readonly string[]) =>
  `${show}; const results = [${expressions.map((text) => `attempt(() => (${text}))`).join(',\n')}]`

async function compare(expressions: readonly string[]): Promise<void> {
  const bench = await Bench.booted(`exports.run = () => { ${body(expressions)}; return results }`)
  const inMachine = (await bench.call('run')) as string[]
  await bench.close()
  const inNode = runInNewContext(
    `(() => { 'use strict'; ${body(expressions)}; return results })()`,
  ) as string[]
  const pairs = (results: string[]) => expressions.map((text, i) => `${text} → ${results[i]}`)
  expect(pairs(inMachine)).toEqual(pairs([...inNode]))
}

describe('priced built-ins give what the engine gives', () => {
  it('arrays', () => compare(arrayExpressions))
  it('texts', () => compare(textExpressions))
  it('bytes', () => compare(bytesExpressions))
  it('objects, collections, functions and numbers', () => compare(otherExpressions))
  it('JSON', () => compare(jsonExpressions))
})

describe('priced built-ins look like the engine’s', () => {
  it('in name, length, text, and in that they construct nothing', async () => {
    const script = `exports.run = () => {
      const strange = []
      const look = (path, object) => {
        for (const key of Reflect.ownKeys(object)) {
          const { value } = Object.getOwnPropertyDescriptor(object, key)
          if (typeof value !== 'function' || key === 'constructor') continue
          const name = path + '.' + String(key)
          if (!/\\[native code\\]/.test(Function.prototype.toString.call(value))) strange.push(name + ' shows its text')
          if ('prototype' in value && !/^[A-Z]/.test(String(key))) strange.push(name + ' has a prototype')
          if (!/^[A-Z]/.test(String(key))) try { Reflect.construct(Object, [], value); strange.push(name + ' constructs') } catch {}
        }
      }
      for (const name of ['Object', 'Array', 'String', 'Number', 'BigInt', 'Map', 'Set', 'Promise', 'Reflect', 'JSON', 'ArrayBuffer', 'Uint8Array', 'Function', 'Proxy', 'RegExp', 'globalThis']) {
        const value = globalThis[name]
        look(name, value)
        if (value.prototype !== undefined) look(name + '.prototype', value.prototype)
      }
      look('TypedArray', Object.getPrototypeOf(Uint8Array))
      look('TypedArray.prototype', Object.getPrototypeOf(Uint8Array.prototype))
      look('Iterator.prototype', Iterator.prototype)
      return strange
    }`
    const bench = await Bench.booted(script)
    expect(await bench.call('run')).toEqual([])
    await bench.close()
  })
})
