/**
 * Built-ins that are the getter, the setter or the method that they themselves ask for: nothing of the script's stands between one and the
 * next, so each of them has to count. Every row overflowed the engine's stack before they did. The long sweep beside this finds the rows.
 */
import { describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'

/** Function, in the words of the script → what it asks its receiver for; `()` for a method, `=` for a setter. */
const rows: Readonly<Record<string, string>> = {
  'Array.prototype.at': 'length 0',
  'Array.prototype.flat': 'length 0',
  'Array.prototype.includes': '0',
  'Array.prototype.indexOf': '0',
  'Array.prototype.join': 'length',
  'Array.prototype.lastIndexOf': '0',
  'Array.prototype.pop': 'length 0',
  'Array.prototype.push': 'length',
  'Array.prototype.shift': '0',
  'Array.prototype.sort': 'length 0',
  'Array.prototype.toLocaleString': 'length',
  'Array.prototype.toSorted': 'length 0',
  'Uint8Array.prototype.toString': 'join join()',
  'Object.prototype.toString': 'Symbol.toStringTag',
  'Promise.prototype.then': 'constructor',
  'Function.prototype.bind': 'name',
  'Iterator.prototype.drop': 'next return',
  'Iterator.prototype.filter': 'next return',
  'Iterator.prototype.find': 'next return',
  'Iterator.prototype.flatMap': 'next return',
  'Iterator.prototype.map': 'next return',
  'Iterator.prototype.some': 'next return',
  'Iterator.prototype.take': 'next return',
  'Iterator.prototype[Symbol.dispose]': 'return return()',
  'asyncIterators[Symbol.asyncDispose]': 'return return()',
  'RegExp.prototype.test': 'exec exec()',
  'RegExp.prototype[Symbol.match]': 'exec exec() flags lastIndex=',
  'RegExp.prototype[Symbol.matchAll]': 'constructor flags lastIndex',
  'RegExp.prototype[Symbol.replace]': 'exec exec() lastIndex=',
  'RegExp.prototype[Symbol.search]': 'exec exec() lastIndex',
  'RegExp.prototype[Symbol.split]': 'constructor flags',
  'getter(RegExp.prototype, "flags")': 'global hasIndices ignoreCase unicodeSets',
  'String.prototype[Symbol.iterator]': 'Symbol.toPrimitive toString Symbol.toStringTag',
  'String.prototype.at': 'Symbol.toPrimitive toString Symbol.toStringTag',
  'String.prototype.charAt': 'Symbol.toPrimitive toString Symbol.toStringTag',
  'String.prototype.charCodeAt': 'Symbol.toPrimitive toString Symbol.toStringTag',
  'String.prototype.slice': 'Symbol.toPrimitive toString',
  'String.prototype.substr': 'Symbol.toPrimitive toString',
  'String.prototype.substring': 'Symbol.toPrimitive toString',
  'String.prototype.trimLeft': 'Symbol.toPrimitive toString',
  'String.prototype.trimRight': 'Symbol.toPrimitive toString',
  'String.prototype.match': 'Symbol.match()',
  'String.prototype.matchAll': 'Symbol.matchAll()',
  'String.prototype.replace': 'Symbol.replace()',
  'String.prototype.replaceAll': 'Symbol.replace()',
  'String.prototype.search': 'Symbol.search()',
  'String.prototype.split': 'Symbol.split()',
}

const script = `
const asyncIterators = Object.getPrototypeOf(Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())))
const getter = (object, name) => Object.getOwnPropertyDescriptor(object, name).get
const functions = { ${Object.keys(rows)
  .map((name) => `[${JSON.stringify(name)}]: () => ${name}`)
  .join(', ')} }
const keyOf = (name) => name.startsWith('Symbol.') ? Symbol[name.slice(7)] : name
/** Where nobody looks at what was thrown. */
const places = [
  (run) => { new Promise(() => { run() }) },
  (run) => { try { for (const x of { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return: run }) }) throw 1 } catch {} },
  (run) => { for (;;) try { run() } finally { break } },
  (run) => { const s = new DisposableStack(); s.defer(run); s.defer(() => { throw 1 }); try { s.dispose() } catch {} },
  async (run) => { await null; run() },
]
exports.run = async (name, asked, place) => {
  const f = functions[name]()
  const key = keyOf(asked.replace(/\\(\\)|=/, ''))
  const o = name.startsWith('Promise') ? Promise.resolve() : /ort|bind/.test(name) ? () => {} : {}
  const given = { flags: 'g', global: true, source: 'a', lastIndex: 1, ...(name.startsWith('Array') && { length: 1 }) }
  for (const name in given) Object.defineProperty(o, name, { value: given[name], writable: true, configurable: true })
  Object.defineProperty(o, key, asked.endsWith('()') ? { value: f } : { get: asked.endsWith('=') ? () => {} : f, set: f, configurable: true })
  places[place](() => f.call(o, o, o, o))
  await null
  return 'nobody noticed'
}`

describe('a built-in within itself', () => {
  it('counts depth, wherever what it throws is lost', { timeout: 240_000 }, async () => {
    const bench = await Bench.booted(script)
    const survivors: string[] = []
    let place = 0
    for (const [name, keys] of Object.entries(rows)) {
      for (const key of keys.split(' ')) {
        place += 1
        const { done, stop } = await bench.run(['run', name, key, place % 5])
        const result = done[0]?.results[0]
        if (result?.abort !== 'depth')
          survivors.push(
            `${name} ${key}: ${result ? Buffer.from(result.value ?? []) : JSON.stringify(stop)}`,
          )
        if (stop?.kind === 'refused')
          return expect([...survivors, JSON.stringify(stop)]).toEqual([])
        if (stop !== null) await bench.boot()
      }
    }
    expect(survivors).toEqual([])
    await bench.close()
  })
})
