/** Patterns whose sources are metered do what they do bare: in the same order, with the same errors, and to the same names. */
import { describe, it } from 'vitest'
import { expectSame } from './compare.ts'

/** Says in which order it is asked for what. */
const told = `
  const told = (object, name = 'o') => {
    const asked = (key) => { print('get ' + name + '.' + String(key)); return object[key] }
    const made = {}
    for (const key of Reflect.ownKeys(object)) Object.defineProperty(made, key, { enumerable: true, get: () => asked(key) })
    return made
  }
  function* steps(...all) { try { for (const one of all) { print('step'); yield one } } finally { print('closed') } }
  const show = (...all) => print(JSON.stringify(all))
`
const programs: Readonly<Record<string, string>> = {
  'nested objects':
    "const { a: { b, ...c }, d = print('default'), ...e } = told({ a: told({ b: 1, c: 2 }, 'a'), f: 3 }); show(b, c, d, e)",
  'nested lists':
    'const [a, [b, ...c], { d, ...e }] = steps(1, steps(2, 3, 4), { d: 5, f: 6 }, 7); show(a, b, c, d, e)',
  'nested defaults':
    "const [{ ...a } = (print('default'), { b: 1 }), [...c] = steps(2)] = []; show(a, c)",
  'computed names':
    "const { [print('name')]: { ...a } = { b: 1 }, ['c']: [...d] } = { c: 'text' }; show(a, d)",
  'rest within rest':
    'const [a, ...[b, ...{ length, ...c }]] = steps(1, 2, 3, 4); show(a, b, length, c)',
  getters:
    "const { a: { ...b }, c: [...d] } = { get a() { print('a'); return { get e() { print('e'); return this } } }, get c() { print('c'); return [1] } }; show(Object.keys(b), d)",
  'primitive values':
    "const { length: l, ...a } = 'text'; const { a: { ...b } } = { a: 'xy' }; const { ...c } = 5; show(l, a, b, c)",
  nothing:
    'try { const { a: { ...b } } = { a: null } } catch (e) { print(e.name) } try { const [[...a]] = [1] } catch (e) { print(e.name) } try { const { ...c } = undefined } catch (e) { print(e.name) }',
  'values of assignments':
    'let a, b, c; const list = steps(1, 2); show((([a, ...b] = list) === list)); const o = { a: [3], b: 4 }; show((({ a: [...c], ...b } = o) === o), b, c)',
  'targets that are places':
    'const o = {}; [o.a, [...o.b], { c: o.c, ...o.d }] = steps(1, steps(2, 3), { c: 4, d: 5 }); show(o)',
  'a list that is not gone to its end':
    'const [[a], { ...b }] = steps([1], { c: 2 }, 3); show(a, b)',
  'an error on the way':
    'try { const [{ ...a }, [...b]] = steps({}, null, 3) } catch (e) { print(e.name) }',
  'heads of loops':
    'for (const { a, ...b } of [{ a: 1, c: 2 }]) { let a = 3; show(a, b) } let x, y; for ({ x, ...y } of [{ x: 1, z: 2 }]) show(x, y); for (const [a, ...b] in { text: 1 }) show(a, b); for (var [p, ...q] of [[1, 2]]); show(p, q)',
  'closures of heads':
    'const all = []; for (let [a, ...b] of [[1, 2], [3, 4]]) { all.push(() => [a++, b]) } for (const f of all) show(f(), f())',
  'loops that are left':
    'outer: for (const i of [1, 2]) { for (const { a, ...b } of steps({ a: 1 }, { a: 2 })) { show(i, a, b); if (a === 1) continue outer; break outer } }',
  'a loop that waits':
    "const run = async () => { for await (const { a, ...b } of [Promise.resolve({ a: 1, c: 2 }), { a: 3 }]) { show(a, b); if (a === 3) break } print('end') }; run()",
  'an error in a head':
    "try { for (const { ...a } of steps(null)) print('never') } catch (e) { print(e.name) }",
  parameters:
    "const f = ({ a: { ...b } = told({ c: 1 }, 'default') } = {}, ...[d, ...e]) => show(b, d, e); f(); f({ a: 'x' }, 1, 2, 3); function* g({ a, ...b }, [c, ...d]) { yield [a, b, c, d] } show(...g({ a: 1, e: 2 }, steps(3, 4)))",
  'what is caught':
    'try { throw { a: { b: 1 }, c: 2 } } catch ({ a: { ...b }, ...c }) { let a = b; show(a, c) }',
  'names of functions':
    'const { a = () => {}, ...b } = {}; const [c = function () {}, ...d] = []; print(a.name + c.name)',
  'objects that are copied':
    "const o = told({ a: 1, [Symbol('s')]: 2 }); show({ ...o, b: 3, ...null, ...undefined, ...'xy', ...[1] })",
  'keys of loops':
    "for (const k in Object.create({ a: 1 }, { b: { value: 1 }, c: { value: 2, enumerable: true } })) print(k); for (const k in told({ d: 1 })) print(k); for (const k in null) print(k); for (const k in 'xy') print(k); for (const k in Object.assign([1], { z: 1 })) print(k); const o = { a: 1, b: 2 }; for (const k in o) { print(k); delete o.b }",
}

describe('what a pattern takes apart', () => {
  for (const [name, source] of Object.entries(programs)) {
    it(name, () => expectSame(told + source))
  }
})
