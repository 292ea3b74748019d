/**
 * Ways to get a NaN into memory that another view shows: by objects that give one, and with something that looks in the middle. In each,
 * `m` is a NaN with a sign and bits of its own, `n()` an object that gives it, and a view shows which bits there are; but what is told is whether they
 * are those of the one NaN, so that a mistake shows without a second machine.
 */
const begin = `
  const f = new Float64Array(24); const u = new BigUint64Array(f.buffer); const z = f[23]; const m = new Float64Array(new BigUint64Array([0xfff8000000001234n]).buffer)[0]; const seen = new Set();
  const show = (bits) => { for (let i = 0; i < bits.length; i++) if (bits[i] !== 0n) seen.add(bits[i].toString(16)) };
  const look = () => show(u); const n = (more) => ({ valueOf() { look(); if (more) more(); return more ? 1 : m } });
  let views = []; const lookAll = () => { for (let i = 0; i < views.length; i++) show(new BigUint64Array(views[i])) };
  class F extends Float64Array { constructor(...given) { super(...(given.length === 0 ? [4] : given)); views.push(this.buffer) } }
`
const end =
  "; look(); lookAll(); seen.delete('3ff0000000000000'); seen.delete('4000000000000000'); return [...seen].sort()"

const ways = {
  'objects that are assigned':
    "let i = 1; f[0] = n(); f[i] = n(); f[i + 1] = n(); f['3'] = n(); f[4] ||= n(); f[5] ??= n(); f[6] = 1; f[6] &&= n(); const o = n(); const r = f[7] = o; const g = { f }; g.f[i + 7] = o; f[{ toString: () => '9' }] = o; f[10n] = o; f.x = o; f['y'] = o; const k = Symbol(); f[k] = o; if (r !== o || f.x !== o || f.y !== o || f[k] !== o) seen.add('lost')",
  'objects that patterns assign':
    'let i = 2; const o = n(); [f[0], f[i]] = [n(), o]; [f[i + 3], f[1]] = [n(), m]; [f[3]] = [...[n()]]; ({ a: f[4] } = { a: n() }); for (f[6] of [n()]) look(); for await (f[7] of [n()]) look()',
  'objects that super assigns':
    'class S extends F { put(i) { super[i] = n(); super[0] = n(); super[i + 1] = m } } new S(4).put(1)',
  'objects by set, fill and with':
    'f.set([n(), n(look), m, n(look)], 1); f.set({ length: 3, 0: m, get 1() { look(); return m }, 2: n() }, 8); f.fill(n(), 12, n(look)); show(new BigUint64Array(f.with(0, n()).buffer)); new F([n(), n(lookAll)]); const g = (a, b) => a; g[0] = m; new F(g)',
  'objects by map, from and of':
    'new F(3).map((x, i) => { lookAll(); return i === 1 ? n(lookAll) : n() }); F.from([n(), n(lookAll)]); F.from([1, 2], (x) => n(lookAll) && n()); F.of(n(), n(lookAll)); attempt(() => Array.from.call(F, [n(), m, n(lookAll)])); attempt(() => Array.of.call(F, n(), n(lookAll))); await Array.fromAsync.call(F, [m, 1]).catch(() => 1)',
  'species of typed arrays':
    'class I extends Int32Array { static get [Symbol.species]() { return F } } new I(3).map((x, i) => { lookAll(); return i ? m : n() }); class G extends Float32Array { static get [Symbol.species]() { return F } } const g = new G(2); new Uint32Array(g.buffer).fill(0xffffffff); g.filter(() => true); g.slice(0)',
  'fields with numbers for names':
    "class G extends F { 0 = m; 1 = n(); ['2'] = m; 'x' = n(); ['y'] = m } new G(); class B { constructor() { return f } } class H extends B { 5 = m; 6 = m; '7' = n() } new H()",
  'objects by reflection':
    "const whole = (value) => ({ value, configurable: true, enumerable: true, writable: true }); Reflect.set(f, 0, n()); Reflect.set({}, '1', n(), f); Object.assign(f, { 2: n(), 3: n(look) }); Object.defineProperty(f, 4, whole(n())); Reflect.defineProperty(f, '5', whole(n())); Object.defineProperties(f, { 6: whole(n()), 7: whole(n(look)) }); const p = new Proxy(f, {}); p[8] = n(); Reflect.set(p, 9, n()); Object.defineProperty(p, 10, whole(n())); new Proxy(f, { set: (t, k, v) => Reflect.set(t, k, v) })[11] = n(); Object.assign(p, { 12: n() })",
  'objects by methods of arrays':
    'const { fill, splice, push, unshift } = Array.prototype; fill.call(f, n(), 0, 3); attempt(() => splice.call(f, 4, 2, n(), n(look))); attempt(() => push.call(f, n())); attempt(() => unshift.call(f, n(), n(look))); fill.call(new Proxy(f, { get: (t, k) => t[k] }), n(), 8, 10)',
  'species of arrays':
    'class G extends F { constructor() { super(4) } } class A extends Array { static get [Symbol.species]() { return G } } const a = new A(); for (let i = 0; i < 3; i++) Object.defineProperty(a, i, { get: () => (lookAll(), i === 1 ? n() : m), configurable: true, enumerable: true }); a.map((x, i) => (lookAll(), i === 1 ? n(lookAll) : m)); for (const run of [() => a.flatMap((x) => (lookAll(), [m, n()])), () => a.filter(() => (lookAll(), true)), () => a.concat([m, n()]), () => a.concat(a), () => a.slice(0), () => a.flat(), () => A.from([m, m, n()]).splice(0, 2), () => a.splice(0, 2)]) attempt(run)',
  'classes of arrays that make floats':
    "class A extends Array { constructor(...given) { if (given[0] === 'real') super(); else return new F(4) } } const a = new A('real'); for (let i = 0; i < 3; i++) Object.defineProperty(a, i, { get: () => (lookAll(), i === 1 ? n() : m), configurable: true, enumerable: true }); const b = [1, 2, 3]; Object.defineProperty(b, 'constructor', { value: A }); for (const run of [() => b.map(() => (lookAll(), m)), () => b.flatMap((x) => (lookAll(), [m, n()])), () => a.map(() => (lookAll(), m)), () => a.filter(() => true), () => a.concat([m, n()]), () => new Proxy(a, {}).map(() => (lookAll(), n())), () => a.slice(0), () => a.flat(), () => a.splice(0, 2)]) attempt(run)",
  'floats in what is revived':
    "JSON.parse('[1,[2,3]]', function (name, value) { if (name === '0' && Array.isArray(this[1])) this[1] = new F(4); lookAll(); return name === '2' ? n() : name === '' ? value : m })",
  'objects in small floats':
    'const g = new Float32Array(4); const h = new Float16Array(g.buffer, 8); const w = new Uint32Array(g.buffer); g[0] = n(); g.set([n()], 1); h[0] = n(); h.fill(n(), 1, 2); for (const x of w) if (x !== 0 && x !== 0x7fc00000 && x !== 0x7e007e00) seen.add(x)',
}

/** Name → body. Each gives at most the bits of the one NaN. */
export const floats: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ways).map(([name, way]) => [`bits of NaN: ${name}`, `${begin}${way}${end}`]),
)
