/** Writing to a computed place does what it does bare: in the same order, to the same place, with the same errors. */
import { describe, it } from 'vitest'
import { expectSame } from './compare.ts'

const programs: Readonly<Record<string, string>> = {
  order:
    "const said = (text, value) => { print(text); return value }; const a = []; said('a', a)[said('i', 20)] = said('v', 1); said('a', a)[said('i', 20)] += said('v', 1); said('a', a)[said('i', 20)]++; print(a.length + ' ' + a[20])",
  'one in another':
    'const a = [], b = [], o = { a, b }; let i = 20; o.a[o.b[i++] = i++] = o.b[i] = 5; o.a[o.b[20]++] ??= 1; print(JSON.stringify(o))',
  'names of all kinds':
    "const a = [], s = Symbol('s'); for (const key of [0, 20, -1, 1.5, NaN, Infinity, 2 ** 32, '7', '07', 'x', true, null, undefined, 3n, s, ['9'], { toString: () => 'length' }]) { a[key] = 30; print(a.length) } print(Reflect.ownKeys(a).map(String).join())",
  lengths:
    "const a = [1, 2, 3], l = 'length'; print(a[l] = 1); print(a[l]++); print(a[l] += 3); print(a[['length']] = 2); print(a.join()); try { a[l] = -1 } catch (e) { print(e.name) } Object.freeze(a); try { a[l] = 9 } catch (e) { print(e.name) }",
  prototypes:
    "function F() {} const p = 'prototype'; F[p] = { x: 1 }; print(new F().x); print(F[p].x); class A {} try { A[p] = {} } catch (e) { print(e.name) }",
  'what is written to':
    "for (const o of [null, undefined, 1, 'text']) { try { o[20] = print('value'); print('none') } catch (e) { print(e.name) } try { o['x' + 1] = 1; print('none') } catch (e) { print(e.name) } }",
  'getters and setters':
    "const o = { get a() { print('get'); return this.list }, list: [], set 20(v) { print('set ' + v) }, get 20() { return 5 } }; let i = 20; o.a[i] = 1; o[i] = 2; o[i] += 1; o[i]++; print(o.list.length)",
  'objects of numbers':
    'const o = {}; for (let i = 3; i < 3000; i *= 3) { o[i] = i; o[i - 1] ??= i; delete o[i - 1] } print(JSON.stringify(o))',
  'typed arrays':
    'const a = new Uint8Array(40), f = new Float64Array(40); for (let i = 0; i < 50; i++) { a[i] = i * 9; f[i] = i / 0; a[i] ^= 1; f[i]-- } print(a.join() + f.join())',
  swapped:
    'const a = Array.from({ length: 40 }, (_, i) => i); for (let i = 0, j = 39; i < j; i++, j--) [a[i], a[j]] = [a[j], a[i]]; print(a.join())',
  'two lists in turn':
    'const a = [], b = []; for (let i = 0; i < 100; i++) { const c = i % 3 ? a : b; c[i] = i; if (i === 50) a.length = 0 } print(a.join() + b.join())',
  'in parameters, fields and generators':
    'const o = { a: [] }; class A { x = (o.a[20] = 1); static y = (o.a[21] = 2); z = () => (o.a[22] = 3) } new A().z(); const f = (i, x = (o.a[i + 1] = i)) => x; f(30); function* g(i = 40) { o.a[i] = yield o.a[i + 1] = 1 } [...g()]; const h = async (i) => { o.a[i] = await i; print(o.a.length) }; h(60); print(JSON.stringify(o))',
  'without semicolons':
    'let i = 20\nconst o = { a: [] }\no.a[i] = 1\no\n.a[i]++\ni\n++i\no.a[i] = 2\nprint(JSON.stringify(o))',
}

describe('a computed place', () => {
  for (const [name, source] of Object.entries(programs)) it(name, () => expectSame(source))
})
