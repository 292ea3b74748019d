/** Ways to throw dice, and to see what memory, garbage and the order of things depend on. */
export const chance: Readonly<Record<string, string>> = {
  'Math.random': 'return Array.from({ length: 5 }, () => Math.random())',
  'a saved Math.random': 'const { random } = Math; return [random(), random.call(null)]',
  'crypto.getRandomValues': 'return Array.from(crypto.getRandomValues(new Uint32Array(4)))',
  'crypto.randomUUID': 'return [crypto.randomUUID(), crypto.randomUUID()]',
  'crypto.subtle.generateKey':
    "return crypto.subtle.generateKey('Ed25519', true, ['sign']).catch((error) => error.message)",
  'crypto.subtle.digest':
    "return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-512', new Uint8Array(100))))",
  'Buffer.allocUnsafe': 'return [...Buffer.allocUnsafe(64), ...Buffer.allocUnsafeSlow(64)]',
  'memory of a new array': 'return [...new Uint8Array(64), ...new Float64Array(8)]',
  'memory behind a resized buffer':
    'const b = new ArrayBuffer(8, { maxByteLength: 64 }); b.resize(64); return [...new Uint8Array(b)]',
  'memory of a transferred buffer': 'return [...new Uint8Array(new ArrayBuffer(4).transfer(32))]',
  'sort by chance': 'return [1, 2, 3, 4, 5, 6, 7, 8, 9].sort(() => Math.random() - 0.5)',
  'sort with a liar':
    'let i = 0; return Array.from({ length: 50 }, (_, i) => i).sort(() => [1, -1, 0][i++ % 3])',
  'sort with equals':
    'return Array.from({ length: 600 }, (_, i) => [i % 3, i]).sort((a, b) => a[0] - b[0]).map((x) => x[1]).join()',
  'order of keys':
    "const o = {}; for (const k of ['b', 2, 'a', 1, Symbol.iterator, '01']) o[k] = 1; return Reflect.ownKeys(o).map(String)",
  'order of many keys':
    "const o = {}; for (let i = 0; i < 2000; i++) o['k' + ((i * 7919) % 2003)] = i; delete o.k5; o.k5 = 1; return Object.keys(o).join()",
  'for-in over prototypes':
    'const p = { a: 1, b: 2 }; const o = Object.create(p, { c: { value: 1, enumerable: true } }); o.a = 3; const seen = []; for (const k in o) seen.push(k); return seen',
  'for-in that deletes':
    'const o = { a: 1, b: 2, c: 3 }; const seen = []; for (const k in o) { seen.push(k); delete o.b; o.d = 1 } return seen',
  'order of a Map with hashes':
    "const m = new Map(); for (let i = 0; i < 500; i++) m.set({ i }, i); m.set('x', 1); return [...m.values()].join()",
  'order of a Set of symbols':
    'return [...new Set([Symbol("b"), Symbol("a"), Symbol.for("c")])].map(String)',
  'order of readdir':
    "for (const name of ['b', 'a', 'ä', 'Z', '10', '9']) await System.files.writeFile('/' + name, ''); return (await System.files.readdir('/')).filter((n) => n !== 't')",
  'order of microtasks':
    "const seen = []; const add = (x) => async () => { seen.push(x + 1); await null; seen.push(x + 2) }; await Promise.all([add('a')(), add('b')(), Promise.resolve().then(() => seen.push('c'))]); return seen",
  'Promise.race of the ready': 'return Promise.race([1, 2, 3].map((x) => Promise.resolve(x)))',
  'Promise.any of files':
    "await System.files.writeFile('/r', 'r'); return Promise.any(['/none', '/r', '/r'].map((p) => System.files.readFile(p)))",
  'Promise.race of files':
    "await System.files.writeFile('/r1', 'one'); await System.files.writeFile('/r2', 'two'); return Promise.race([System.files.readFile('/r2'), System.files.readFile('/r1')])",
  'thenables in a race':
    "const seen = []; const late = { then(done) { seen.push('then'); done(1) } }; await Promise.all([late, late, null]); return seen",
  WeakRef: 'return attempt(() => new WeakRef({}).deref())',
  FinalizationRegistry: 'return attempt(() => new FinalizationRegistry(() => {}))',
  'a WeakMap that loses keys':
    'const w = new WeakMap(); for (let i = 0; i < 5000; i++) w.set({ i }, new Array(100)); return [Object.keys(w).length, Reflect.ownKeys(WeakMap.prototype).map(String)]',
  'garbage in a WeakSet':
    'const w = new WeakSet(); let kept = {}; for (let i = 0; i < 5000; i++) w.add(kept = { i }); return w.has(kept)',
  gc: 'return [typeof gc, typeof globalThis.gc]',
  'memory of the process': 'return [typeof process, attempt(() => process.memoryUsage())]',
  'performance.memory': 'return attempt(() => performance.memory)',
  'a buffer that is too large': 'return attempt(() => new ArrayBuffer(2 ** 53))',
  'an array that is too long': 'return attempt(() => new Array(2 ** 32))',
  'a text that is too long': "return attempt(() => 'x'.repeat(2 ** 30).length)",
  'a typed array of no length': 'return attempt(() => new Uint8Array(-1))',
  'hashes of texts':
    "const m = new Map(); for (let i = 0; i < 300; i++) m.set('k' + i, i); return [...m.keys()].join('')",
  'async iteration of promises':
    'const seen = []; for await (const x of [Promise.resolve(1), 2, new Promise((r) => setTimeout(r, 3, 3))]) seen.push(x); return seen',
}
