/** Operands become numbers, texts and keys as they do bare: at the same time, in the same order, with the same errors. */
import { describe, it } from 'vitest'
import { expectSame } from './compare.ts'

const values =
  "[1, -0, NaN, '7', '', 'x', true, null, undefined, 5n, -3n, Symbol.iterator, [4], {}, { valueOf: () => 3n }, { toString: () => '8' }, new Date(5), { [Symbol.toPrimitive]: (hint) => hint }, { valueOf: () => ({}), toString: () => ({}) }, () => 1]"
const show =
  "const show = (f) => { try { const v = f(); print(typeof v + ' ' + (Object.is(v, -0) ? '-0' : String(v))) } catch (e) { print(e.name) } }"
const said =
  "const o = (name, value) => ({ valueOf() { print(name + ' valueOf'); return value }, toString() { print(name + ' toString'); return value } }); const said = (text, value) => { print(text); return value }"

const programs: Readonly<Record<string, string>> = {
  'values of all kinds, arithmetic': `${show}; for (const a of ${values}) for (const b of ${values}) { show(() => a - b); show(() => a * b); show(() => a & b); show(() => a << b); show(() => a >>> b); show(() => a % b) }`,
  'values of all kinds, sums': `${show}; for (const a of ${values}) for (const b of ${values}) { show(() => a + b); show(() => 'x' + a + b); show(() => a + (b + 1)) }`,
  'values of all kinds, comparisons': `${show}; for (const a of ${values}) for (const b of ${values}) { show(() => a < b); show(() => a >= b); show(() => a == b); show(() => a != b); show(() => a == 5); show(() => a < -b); show(() => true == a); show(() => a == 5n) }`,
  'the same object':
    'const a = {}, b = a, c = [1]; print([a == b, a == c, a != b, c == 1, null == a, a == undefined, c == c].join())',
  'values of all kinds, of one': `${show}; for (const a of ${values}) { show(() => -a); show(() => +a); show(() => ~a); show(() => { let x = a; return [x++, x, ++x, x--, --x].map(String).join() }); show(() => { const p = { x: a, y: [a] }; return [p.x++, --p.x, p.y[0]--, ++p.y[p.y.length - 1]].map(String).join() }) }`,
  'values of all kinds, assigned': `${show}; for (const a of ${values}) for (const b of ${values}) { show(() => { let x = a; x -= b; return x }); show(() => { let x = a; x += b; return x }); show(() => { const p = { q: { x: a } }; p.q.x *= b; p.q['x'] += b; return p.q.x }); show(() => { const p = [a, a]; let i = 0; p[i++] <<= b; p[i + 0] |= b; return p.map(String).join() }) }`,
  'values of all kinds, as keys': `${show}; const p = {}; for (const a of ${values}) { show(() => (p[a] = 1)); show(() => p[a]); show(() => a in p); show(() => Object.keys({ [a]: 1 }).join()); show(() => delete p[a]) }`,
  'the order of two': `${said}; print(o('a', 1) - o('b', 2)); print(o('a', 'x') + o('b', 'y')); print(o('a', 1) < o('b', 2)); print(o('a', 1) > o('b', 2)); print(said('left', o('a', 1)) * said('right', o('b', 2))); print(o('a', 1) == 1); print(o('a', 1) ** o('b', 2)); print(o('a', 1) << o('b', 2)); try { o('a', Symbol.iterator) - o('b', 1) } catch (e) { print(e.name) }`,
  'the order of an assignment': `${said}; const p = { get q() { print('q'); return { get x() { print('get'); return o('x', 4) }, set x(v) { print('set ' + v) } } } }; said('p', p).q.x -= said('value', o('v', 3)); p.q.x++; --p.q.x; p.q['x'] += said('value', 1); said('p', p).q[said('key', { toString() { print('key text'); return 'x' } })] *= said('value', 2)`,
  'a variable that is changed meanwhile':
    'let x = 5; x -= (x = 2); print(x); x += x++ + ++x; print(x); let a = [1, 2], i = 0; a[i++] += a[i] + i++; print(a.join() + i); let n = { m: 1 }, k = n; n.m -= (n = { m: 9 }, 3); print(k.m + n.m)',
  'variables of one name in other blocks': `${said}; let a = 0, b = 1; { let a = 'x'; a += b; print(a++ + a) } { const f = (a) => { a -= b; return a + 1 }; print(f(o('a', '7'))) } switch (a) { case 0: { let a = '5'; print(a * 2 + -a) } } switch (b) { default: let b = 'b'; b += 1; print(b) } for (const a of ['3', o('b', 4)]) print(a * b) for (a of ['8']) print(a++ + b) try { throw '6' } catch (b) { print(b - 1 + b) } print(a + b)`,
  'variables that hold numbers until they do not': `${said}; let a = 0, b = a, c = b + 1; const set = () => { c = o('c', '4') }; print(a + b + c); set(); print(c - b); b = c; print(b * 2); a ||= '7'; print(a + 1); let d = 2; [d] = ['9']; print(d + 1); ({ e: d = 3 } = {}); print(++d); let f = 1; f -= '3'; f **= 2; f /= f; print(f + 1); { print(typeof g); function g() {} } let h = 1; const k = { h: 'p' }; k.h += h; print(k.h); (() => { let h = 'q'; h++; print(h) })()`,
  'constants and what is not there':
    "const c = 1; for (const f of [() => c++, () => { c -= 1 }, () => { u -= 1 }, () => u++, () => { v += ''; let v }, () => { null.x -= print('value') }, () => { undefined[print('key')]++ }]) { try { f(); print('none') } catch (e) { print(e.name) } }",
  'in classes':
    'class A { #x = 1; static y = 2; get z() { return this.#x } set z(v) { this.#x = v } f() { this.#x += 1; this.#x++; --this.#x; A.y -= 1; this.z *= 3; return [this.#x, A.y].join() } } class B extends A { g() { super.z -= 1; super.z++; super["z"] += 1; super[["z"]]--; return this.z } } print(new A().f()); const b = new B(); print(b.g()); print(b.g())',
  'in parameters and generators':
    'const f = (p, x = p.a.b++, y = (p.a.b -= 2), z = p.a[x + y] + y) => [x, y, z, p.a.b].join(); print(f({ a: { b: 5 } })); function* g(p, x = p.a.b++, z = x + p.a.b) { p.a[x] -= yield x + z; p.a.b += yield p.a.b++ } const s = g({ a: { b: 1 } }); print(s.next().value); print(s.next(2).value); print(s.next(3).done); const h = async (p) => { p.a.b += await p.a.b++; p.a.b *= (await p.a.b) - 1; print(p.a.b) }; h({ a: { b: 3 } })',
  'without semicolons':
    'let a = { b: { c: 1 } }, x = 1, y = 2\na.b.c++\n;(a).b.c -= 1\nx\n++y\na.b\n.c *= (4)\nx == y\n-x\nprint([a.b.c, x, y].join())\n(a.b).c++\nprint(a.b.c)'.replace(
      'print([a.b.c, x, y].join())\n',
      'print([a.b.c, x, y].join());\n',
    ),
}

describe('what becomes something else', () => {
  for (const [name, source] of Object.entries(programs)) it(name, () => expectSame(source))
})
