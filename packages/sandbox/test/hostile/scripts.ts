/**
 * What a hostile script may try against memory, time and stack. Each is the body of an async method; `keep` is a list that outlives the
 * call. The second part says how it ends: an abort, or the code or name of an error of ours.
 */
export type Ending = 'returned' | 'fuel' | 'depth' | 'result-bytes' | `throws ${string}`

export const memoryBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  objects: ['for (;;) keep.push({ a: 1, b: [1, 2, 3] })', 'fuel'],
  'empty objects': ['for (;;) keep.push({})', 'fuel'],
  arrays: ['for (;;) keep.push([1, 2, 3, 4])', 'fuel'],
  closures: ['for (let i = 0; ; i++) keep.push(() => i)', 'fuel'],
  classes: ['for (;;) keep.push(class { a() {} })', 'fuel'],
  'instances of a class': ['class A { x = 1; y = 2 } for (;;) keep.push(new A())', 'fuel'],
  'bound functions': ['const f = () => 1; for (;;) keep.push(f.bind(null, 1))', 'fuel'],
  'async functions': ['const f = async () => { await null }; for (;;) keep.push(f())', 'fuel'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the script
  'templates of text': ['for (let i = 0; ; i++) keep.push(`number ${i} of many`)', 'fuel'],
  'sums of texts': ["for (let i = 0; ; i++) keep.push('abcdefghijklmnop' + i)", 'fuel'],
  'a text and a number': ["let s = ''; for (;;) { s = s + 1; keep.push(s) }", 'fuel'],
  'a text that a counter is added to': [
    "let s = ''; for (let i = 0; ; i++) { s += i; keep.push(s) }",
    'fuel',
  ],
  // Each is copied whole when it is asked. 1,024 units of fuel for 32,768 bound the copies of a text in one piece that may be collected.
  'texts put together, then asked for a unit': [
    "const s = 'x'.repeat(32_767); s[0]; const letters = 'abcdefghij'; for (let i = 0; ; i++) { const t = s + letters[i % 10]; if (t[5] === 'y') keep.push(t) }",
    'fuel',
  ],
  'a list of numbers': ['for (let i = 0; ; i++) keep.push(i)', 'fuel'],
  'a list by its indices': ['for (let i = 0; ; i++) keep[i] = i', 'fuel'],
  'a dictionary': ["const o = {}; for (let i = 0; ; i++) o['k' + i] = i", 'fuel'],
  'a Map': ['const m = new Map(); for (let i = 0; ; i++) m.set(i, i)', 'fuel'],
  'a Set': ['const s = new Set(); for (let i = 0; ; i++) s.add(i)', 'fuel'],
  'a Map of texts': ["const m = new Map(); for (let i = 0; ; i++) m.set('k' + i, 'v' + i)", 'fuel'],
  'a WeakMap': [
    'const m = new WeakMap(); for (;;) { const k = {}; keep.push(k); m.set(k, 1) }',
    'fuel',
  ],
  symbols: ["for (let i = 0; ; i++) keep.push(Symbol('s' + i))", 'fuel'],
  'registered symbols': ["for (let i = 0; ; i++) Symbol.for('s' + i)", 'fuel'],
  errors: ["for (;;) keep.push(new Error('x'))", 'fuel'],
  dates: ['for (let i = 0; ; i++) keep.push(new Date(i))', 'fuel'],
  'regular expressions': ["for (let i = 0; ; i++) keep.push(new RegExp('a' + i))", 'fuel'],
  'literal regular expressions': ['for (;;) keep.push(/abc/)', 'fuel'],
  'results of regular expressions': ["for (;;) keep.push(/(a)(b)/.exec('ab'))", 'fuel'],
  promises: ['for (;;) keep.push(new Promise(() => {}))', 'fuel'],
  proxies: ['for (;;) keep.push(new Proxy({}, {}))', 'fuel'],
  'large buffers': ['for (;;) keep.push(new Uint8Array(1_000_000).fill(1))', 'fuel'],
  'large buffers, caught': [
    'for (;;) try { keep.push(new ArrayBuffer(10_000_000)) } catch {}',
    'fuel',
  ],
  'small buffers': ['for (;;) keep.push(new Uint8Array(8))', 'fuel'],
  'a buffer that can grow': ['keep.push(new ArrayBuffer(1, { maxByteLength: 2 ** 33 }))', 'fuel'],
  Buffers: ['for (;;) keep.push(Buffer.alloc(100_000, 1))', 'fuel'],
  'Buffers of text': ["const t = 'x'.repeat(100_000); for (;;) keep.push(Buffer.from(t))", 'fuel'],
  'views of a buffer': [
    'const b = new ArrayBuffer(8); for (;;) keep.push(new DataView(b))',
    'fuel',
  ],
  'arrays of a length': ['for (;;) keep.push(new Array(100_000))', 'fuel'],
  'one array of a length': ['keep.push(new Array(30_000_000))', 'throws ERR_VMS_ARRAY_TOO_LARGE'],
  'an array of a length by Reflect': [
    'keep.push(Reflect.construct(Array, [30_000_000]))',
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'a length that is set': ['keep.length = 30_000_000', 'throws ERR_VMS_ARRAY_TOO_LARGE'],
  'a length that is defined': [
    "Object.defineProperty(keep, 'length', { value: 30_000_000 })",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'a length by Reflect.set': [
    "Reflect.set(keep, 'length', 30_000_000)",
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'a length by Object.assign': [
    'Object.assign(keep, { length: 30_000_000 })',
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  'copies of a list': [
    'const a = Array.from({ length: 10_000 }, () => 1); for (;;) keep.push(a.slice())',
    'fuel',
  ],
  'copies by spread': [
    'const a = Array.from({ length: 10_000 }, () => 1); for (;;) keep.push([...a])',
    'fuel',
  ],
  'copies by map': [
    'const a = Array.from({ length: 10_000 }, () => 1); for (;;) keep.push(a.map((x) => x))',
    'fuel',
  ],
  'copies of an object': [
    'const o = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [i, i])); for (;;) keep.push({ ...o })',
    'fuel',
  ],
  'keys of an object': [
    "const o = {}; for (let i = 0; i < 1_000; i++) o['k' + i] = i; for (;;) keep.push(Object.entries(o))",
    'fuel',
  ],
  'a list that doubles': ['let a = [1]; for (;;) a = a.concat(a)', 'fuel'],
  repeat: ["for (;;) keep.push('x'.repeat(1_000_000))", 'fuel'],
  'one repeat': ["keep.push('x'.repeat(2 ** 29 - 100))", 'throws ERR_VMS_TEXT_TOO_LONG'],
  padStart: ["for (;;) keep.push('x'.padStart(1_000_000, 'ab'))", 'fuel'],
  'a text that doubles': ["let s = 'x'; for (;;) s += s", 'throws ERR_VMS_TEXT_TOO_LONG'],
  'a text that grows': ["let s = ''; for (;;) { s += 'some more text'; keep.push(s) }", 'fuel'],
  'a text that is made flat again and again': [
    "let s = 'x'.repeat(1_000_000); for (;;) { s += 'x'; s.indexOf('y') }",
    'fuel',
  ],
  'join of large texts': [
    "const t = 'x'.repeat(1_000_000); [t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t].join()",
    'throws ERR_VMS_TEXT_TOO_LONG',
  ],
  'replaceAll that multiplies': [
    "const t = 'x'.repeat(4_000); t.replaceAll('x', t + t).replaceAll('x', t)",
    'throws ERR_VMS_TEXT_TOO_LONG',
  ],
  'replace by a pattern that multiplies': [
    "const t = 'x'.repeat(5_000); t.replace(/x/g, t)",
    'throws ERR_VMS_TEXT_TOO_LONG',
  ],
  'a replacement that multiplies': [
    "'x'.repeat(20_000).replace(/x+/, '$&'.repeat(10_000))",
    'throws ERR_VMS_TEXT_TOO_LONG',
  ],
  'split into units': ["const t = 'x'.repeat(1_000_000); for (;;) keep.push(t.split(''))", 'fuel'],
  'numbers as text': [
    'for (let i = 0; ; i++) keep.push(String(i) + Math.sqrt(i).toString(2))',
    'fuel',
  ],
  structuredClone: [
    'const a = Array.from({ length: 10_000 }, () => ({})); for (;;) keep.push(structuredClone(a))',
    'fuel',
  ],
  TextEncoder: [
    "const t = 'x'.repeat(100_000); for (;;) keep.push(new TextEncoder().encode(t))",
    'fuel',
  ],
  base64: ["const t = 'x'.repeat(100_000); for (;;) keep.push(btoa(t))", 'fuel'],
  URLs: ["for (let i = 0; ; i++) keep.push(new URL('https://example.com/' + i))", 'fuel'],
}

/** What makes a number of a text `s` of 4,194,304 units, `o.gives` being an object that gives it. */
const toNumber = [
  '+s',
  '-s',
  '~s',
  's * 1',
  '1 - s',
  's % 2',
  's | 0',
  's >>> 0',
  's << 1',
  's ** 2',
  'let t = s; t++',
  'let t = s; t -= 1',
  'o.p = s; o.p--',
  'o.p = s; o.a.b *= 2; o.a.b = s',
  'o.list[0] = s; ++o.list[o.zero + 0]',
  's < 1',
  's >= -o.one',
  's == 1',
  's == o.one',
  'o.one != s',
  'o.gives * 1',
  'o.gives < 1',
  'o.gives == o.one',
  '[s] - 1',
  'Number(s)',
  'new Number(s)',
  'isNaN(s)',
  'isFinite(s)',
  'parseFloat(s)',
  'parseInt(s)',
  'Math.floor(s)',
  'Math.max(s, 1)',
  'Math.sin(s)',
  '[s].map(Math.abs)',
]

/** What makes text of a BigInt `n` of 112,000 bits, `o.gives` being an object that gives it. */
const toText = [
  "'' + n",
  "n + ''",
  'n + o.text',
  'o.text + n',
  "let t = n; t += ''",
  'o.p = n; o.p += o.text',
  "o.gives + ''",
  'o.text + o.gives',
  'o.one + o.text + n',
  'String(n)',
  'new String(n)',
  "[n] + ''",
  '[n].join()',
  'n.toString()',
  'o[n]',
  'o[o.gives]',
  'o.a[n] = 1',
  'n in o',
  '({ [n]: 1 })',
  '({ [n]: t } = o)',
  'Object.hasOwn(o, n)',
  'o.hasOwnProperty(n)',
  'Reflect.get(o, n)',
  'Reflect.has(o, n)',
  "'x'.includes(n)",
  "'x'.indexOf(n)",
  "'x'.concat(n)",
  "'x'.padStart(3, n)",
  'parseFloat(n)',
  'encodeURIComponent(n)',
]

const others = "one: 1, zero: 0, text: 'x', a: { b: s }, list: [s]"

/** Conversions that an operator or a built-in makes of what it is given. */
export const conversions: Readonly<Record<string, readonly [body: string, ending: Ending]>> =
  Object.fromEntries([
    ...toNumber.map((body) => [
      body,
      [
        `const s = ' '.repeat(2 ** 22) + '1'; const o = { ${others}, gives: { valueOf: () => s } }; for (;;) { ${body} }`,
        'fuel',
      ],
    ]),
    ...toText.map((body) => [
      body,
      [
        `const n = 7n ** 40_000n; const s = 'x'; let t; const o = { ${others}, gives: { toString: () => n, valueOf: () => n } }; for (;;) { ${body} }`,
        'fuel',
      ],
    ]),
  ])

export const timeBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'sines of large angles': ['for (let i = 1e10; ; i += 1e5) Math.sin(i)', 'fuel'],
  'hyperbolic functions': ['for (let i = 0; ; i++) Math.asinh(i / 1e3)', 'fuel'],
  powers: ['for (let i = 2; ; i++) i ** 1.5', 'fuel'],
  'sort of a large list': [
    'const a = Array.from({ length: 300_000 }, (_, i) => -i); for (;;) a.sort()',
    'fuel',
  ],
  'a sort of large texts': [
    "const t = 'x'.repeat(100_000); const a = [t + 'a', t + 'b', t + 'c', t + 'd']; for (;;) a.sort()",
    'fuel',
  ],
  'a sparse giant, forEach': ['const a = []; a.length = 2 ** 32 - 1; a.forEach(() => {})', 'fuel'],
  'a sparse giant, indexOf': ['const a = []; a.length = 2 ** 32 - 1; a.indexOf(1)', 'fuel'],
  'a sparse giant, join': ['const a = []; a.length = 2 ** 32 - 1; a.join()', 'fuel'],
  'a sparse giant, fill': ['const a = []; a.length = 2 ** 32 - 1; a.fill(0)', 'fuel'],
  'a sparse giant, sort': ['const a = []; a.length = 2 ** 32 - 1; a.sort()', 'fuel'],
  'a sparse giant, reverse': ['const a = [1]; a.length = 2 ** 32 - 1; a.reverse()', 'fuel'],
  'a list that is none': ['Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)', 'fuel'],
  'a list whose length is a getter': [
    'Array.prototype.fill.call({ get length() { return 2 ** 40 } }, 0)',
    'throws ERR_VMS_LENGTH',
  ],
  'a proxy of a giant': [
    'Array.prototype.forEach.call(new Proxy({ length: 2 ** 40 }, {}), () => {})',
    'fuel',
  ],
  'Array.from of a giant': ['Array.from({ length: 2 ** 40 })', 'fuel'],
  'an iterator without end': ['[...Array.prototype.values.call({ length: 2 ** 53 - 1 })]', 'fuel'],
  'an iterator without end, as a Set': [
    'new Set(Array.prototype.values.call({ length: 2 ** 53 - 1 }))',
    'fuel',
  ],
  'an iterator without end, filtered': [
    'Array.prototype.values.call({ length: 2 ** 53 - 1 }).filter(Boolean).next()',
    'fuel',
  ],
  'a native callback': [
    'const a = Array.from({ length: 100_000 }, () => 1); for (;;) a.map(Number)',
    'fuel',
  ],
  'a large BigInt': ['let x = 3n; for (;;) x *= x', 'throws ERR_VMS_BIGINT_TOO_LARGE'],
  'a power of BigInts': ['2n ** 1_000_000_000n', 'throws ERR_VMS_BIGINT_TOO_LARGE'],
  'powers of BigInts': ['for (;;) 7n ** 20_000n', 'fuel'],
  'a shift of a BigInt': ['const n = 1_000_000_000n; 1n << n', 'throws ERR_VMS_BIGINT_TOO_LARGE'],
  'a BigInt of many bits': ['BigInt.asUintN(2 ** 30, -1n)', 'throws ERR_VMS_BIGINT_TOO_LARGE'],
  'a BigInt of a long text': ["BigInt('9'.repeat(1_000_000))", 'throws ERR_VMS_BIGINT_TOO_LARGE'],
  'texts of BigInts': ['const x = 7n ** 20_000n; for (;;) x.toString()', 'fuel'],
  'products of BigInts': ['const x = 7n ** 20_000n; for (;;) x * x', 'fuel'],
  'JSON of a large text': [
    "const t = '[' + '1,'.repeat(500_000) + '1]'; for (;;) JSON.parse(t)",
    'fuel',
  ],
  'JSON of a deep text': ["JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))", 'returned'],
  'JSON of a deep text, revived': [
    "JSON.parse('['.repeat(100_000) + ']'.repeat(100_000), (k, v) => v)",
    'depth',
  ],
  'JSON of a deep value': [
    'let v = []; for (let i = 0; i < 100_000; i++) v = [v]; JSON.stringify(v)',
    'depth',
  ],
  'JSON of a value that doubles': [
    'let v = [1]; for (let i = 0; i < 40; i++) v = [v, v]; JSON.stringify(v)',
    'fuel',
  ],
  'JSON with wide gaps': [
    "let v = []; for (let i = 0; i < 90; i++) v = [v, v]; JSON.stringify(v, null, '          ')",
    'throws ERR_VMS_TEXT_TOO_LONG',
  ],
  'JSON that calls itself': ['const o = { toJSON() { return { o } } }; JSON.stringify(o)', 'depth'],
  'flat without end': ['const a = []; a.push(a, a); a.flat(Infinity)', 'depth'],
  'flat that doubles': [
    'let v = [1]; for (let i = 0; i < 40; i++) v = [v, v]; v.flat(Infinity)',
    'fuel',
  ],
  'a deep list as text': [
    'let v = []; for (let i = 0; i < 100_000; i++) v = [v]; String(v)',
    'depth',
  ],
  'a deep value to be cloned': [
    'let v = []; for (let i = 0; i < 100_000; i++) v = [v]; structuredClone(v)',
    'depth',
  ],
  'proxies within each other': [
    'let p = {}; for (let i = 0; i < 100_000; i++) p = new Proxy(p, {}); p.x',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'bound functions within each other': [
    'let f = () => 1; for (let i = 0; i < 100_000; i++) f = f.bind(null); f()',
    'throws ERR_VMS_TOO_DEEP',
  ],
  'a proxy that asks itself': ['const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x', 'depth'],
  'a getter that asks itself': ['const o = { get a() { return this.a } }; o.a', 'depth'],
  'a prototype that asks a proxy': [
    'const o = {}; const p = new Proxy(o, {}); Object.setPrototypeOf(o, p); o.x',
    'depth',
  ],
  recursion: ['const f = () => f() + 1; f()', 'depth'],
  'recursion of async functions': ['const f = async () => (await f()) + 1; await f()', 'depth'],
  'recursion that catches': [
    'const f = () => { try { f() } catch { f() } finally { f() } }; f()',
    'depth',
  ],
  'recursion of a sort': ['const f = () => [2, 1].sort(f); f()', 'depth'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the script
  'recursion of toString': ['const o = { toString: () => `${o}` }; `${o}`', 'depth'],
  'recursion of a replacement': ["const f = () => 'x'.replace(/x/, f); f()", 'depth'],
  'recursion of constructors': ['class A { constructor() { new A() } } new A()', 'depth'],
  'recursion of valueOf': ['const o = { valueOf: () => o + 1 }; o + 1', 'depth'],
  'recursion of iterators': ['function* g() { yield* g() } [...g()]', 'depth'],
  'many arguments': [
    'Math.max.apply(null, Array.from({ length: 200_000 }, () => 1))',
    'throws ERR_VMS_TOO_MANY_ARGUMENTS',
  ],
  'many arguments by spread': [
    'const a = Array.from({ length: 200_000 }, () => 1); Math.max(...a)',
    'depth',
  ],
  'microtasks without end': [
    'const f = () => Promise.resolve().then(f); f(); await new Promise(() => {})',
    'fuel',
  ],
  'a flood of microtasks': ['for (;;) Promise.resolve().then(() => {})', 'fuel'],
  'a flood of queueMicrotask': ['for (;;) queueMicrotask(() => {})', 'fuel'],
  'awaits without end': ['for (;;) await null', 'fuel'],
  'a promise that never settles': ['await new Promise(() => {})', 'throws ERR_VMS_NEVER_SETTLES'],
  'promises that wait for each other': [
    'let p = new Promise(() => {}); for (;;) p = p.then(() => {})',
    'fuel',
  ],
  'generators that are never started': [
    'function* g() { yield 1 } for (;;) keep.push(g())',
    'fuel',
  ],
  'async generators that are never started': [
    'const o = { async *g(a, ...b) { yield a } }; for (;;) keep.push(o.g(1, 2))',
    'fuel',
  ],
  'an iterator without end, destructured': [
    'const [a, ...rest] = Array.prototype.values.call({ length: 2 ** 53 - 1 })',
    'fuel',
  ],
  'an iterator without end, assigned': [
    'let rest; [...rest] = Array.prototype.values.call({ length: 2 ** 53 - 1 })',
    'fuel',
  ],
  'an iterator without end, as a parameter': [
    'const f = ([...all]) => all; f(Array.prototype.values.call({ length: 2 ** 53 - 1 }))',
    'fuel',
  ],
  'a length that is added to': ['keep.length += 30_000_000', 'throws ERR_VMS_ARRAY_TOO_LARGE'],
  'a length that is given if there is none': [
    'keep.length ||= 30_000_000',
    'throws ERR_VMS_ARRAY_TOO_LARGE',
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the script
  'templates of BigInts': ['const x = 7n ** 40_000n; for (;;) `${x}`', 'fuel'],
  'templates of what gives a BigInt': [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the script
    'const x = 7n ** 40_000n; const o = { toString: () => x }; for (;;) `${o}`',
    'fuel',
  ],
  'comparisons of long texts': [
    "const s = '9'.repeat(2 ** 22); const t = '9'.repeat(2 ** 22); for (;;) s === t",
    'fuel',
  ],
  'an order of long texts': [
    "const s = '9'.repeat(2 ** 22); const t = '9'.repeat(2 ** 22); for (;;) s < t",
    'fuel',
  ],
  'cases of long texts': [
    "const s = '9'.repeat(2 ** 22); const t = '9'.repeat(2 ** 22); for (;;) switch (s) { case t: }",
    'fuel',
  ],
  'a BigInt beside a long text': [
    "const s = '9'.repeat(2 ** 22); const n = 1n; for (;;) n == s",
    'fuel',
  ],
  'long keys of a Map': [
    "const s = '9x'.repeat(2 ** 21); const m = new Map([[s.slice(2), 1]]); for (;;) m.get(s.slice(2))",
    'fuel',
  ],
  'BigInts that a Map finds in one place': [
    'const m = new Map(); for (let i = 0; ; i++) m.set(BigInt(i) << 64n, i)',
    'fuel',
  ],
  'a large Promise.all': [
    'const a = Array.from({ length: 50_000 }, () => 1); for (;;) Promise.all(a)',
    'fuel',
  ],
  'a thenable without end': ['await { then(f) { f(this) } }', 'fuel'],
  'intervals without end': ['setInterval(() => {}, 1); await new Promise(() => {})', 'fuel'],
  'a flood of timers': ['for (let i = 0; ; i++) setTimeout(() => {}, i)', 'fuel'],
  'timers that make timers': [
    'const f = () => { setTimeout(f); setTimeout(f) }; f(); await new Promise(() => {})',
    'fuel',
  ],
  'console without end': ["for (;;) console.log('x'.repeat(100))", 'fuel'],
  'files without end': ["for (;;) await System.files.stat('/')", 'fuel'],
  'large files without end': [
    "const t = 'x'.repeat(1_000_000); for (let i = 0; ; i++) await System.files.writeFile('/f', t)",
    'fuel',
  ],
  'random bytes': ['for (;;) crypto.getRandomValues(new Uint8Array(65_536))', 'fuel'],
  'encoded texts': ["const t = '&'.repeat(100_000); for (;;) encodeURIComponent(t)", 'fuel'],
  'normalised texts': [
    "const t = '\\u1e9b\\u0323'.repeat(50_000); for (;;) t.normalize('NFKD')",
    'fuel',
  ],
  'a search for the last': [
    "const t = 'a'.repeat(1_000_000); for (;;) t.lastIndexOf('b' + 'a'.repeat(1_000))",
    'fuel',
  ],
  'a large result': ["return 'x'.repeat(1_100_000)", 'result-bytes'],
  'a large error': ["throw new Error('x'.repeat(10_000_000))", 'throws Error'],
  'a result that is asked for ever': ['return new Proxy({}, { ownKeys() { for (;;); } })', 'fuel'],
  'work after the reply': ['(async () => { for (;;) await null })(); return 1', 'fuel'],
}
