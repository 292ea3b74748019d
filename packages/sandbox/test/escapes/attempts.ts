/**
 * Attempts to reach the machine's own code, or the outcome of another call. Each is the body of an async function that runs in a
 * service of its own beside `probe`, a method that shows whether everything is as it was. `steal(value)` keeps what was got hold of.
 */
export const attempts: Readonly<Record<string, string>> = {
  'constructors up to Function':
    "for (const start of [System, System.files, System.files.readFile, console.log, setTimeout, Buffer, Date, Math.sin, crypto.subtle.digest, URL]) { let f = start; for (let i = 0; i < 9 && f; i++) { try { steal(f.constructor('return this')()) } catch {} f = f.constructor } }",
  'the constructor of an async function':
    "try { steal(await (await Object.getPrototypeOf(async () => {}).constructor('return this'))()) } catch {}; try { steal(System.files.readFile.constructor('return this')()) } catch {}",
  'Object.prototype':
    "for (const name of ['get', 'set', 'value', 'writable', 'self', 'encode', 'stat', 'then', 'code', 'message', 'next', 'done']) { try { Object.prototype[name] = steal } catch {} try { Object.defineProperty(Object.prototype, name, { get: steal }) } catch {} }",
  'Array.prototype':
    "for (const name of [0, 1, 'push', 'length', Symbol.iterator, 'map', 'join']) { try { Array.prototype[name] = steal } catch {} try { Object.defineProperty(Array.prototype, name, { value: steal }) } catch {} }",
  'Function.prototype':
    "for (const name of ['call', 'apply', 'bind', 'toString', Symbol.hasInstance]) { try { Function.prototype[name] = steal } catch {} try { Object.defineProperty(Function.prototype, name, { value: steal }) } catch {} }",
  'Promise.prototype.then':
    'try { Promise.prototype.then = function (a, b) { steal(a); steal(b) } } catch {} try { Object.defineProperty(Promise, Symbol.species, { get: steal }) } catch {}',
  'prototypes of iterators':
    'const p = Object.getPrototypeOf([][Symbol.iterator]()); try { p.next = steal } catch {} try { Object.getPrototypeOf(p)[Symbol.iterator] = steal } catch {} try { Object.getPrototypeOf((function* () {})()).next = steal } catch {}',
  'prototypes of typed arrays':
    "const p = Object.getPrototypeOf(Uint8Array.prototype); for (const name of ['set', 'length', 'buffer', 'subarray', 'fill']) { try { Object.defineProperty(p, name, { get: steal, value: undefined }) } catch {} try { Object.defineProperty(p, name, { get() { steal(this); return 0 } }) } catch {} }",
  'prototypes of maps and sets':
    "for (const C of [Map, Set, WeakMap, WeakSet]) for (const name of ['get', 'set', 'has', 'add', 'forEach']) { try { C.prototype[name] = steal } catch {} try { Object.defineProperty(C.prototype, name, { value: steal }) } catch {} }",
  'setPrototypeOf of everything':
    'for (const o of [System, System.files, console, Math, Object.prototype, Function.prototype, Error, Buffer, globalThis, crypto]) { try { Object.setPrototypeOf(o, new Proxy({}, { get: (t, k, r) => { steal(r); return undefined }, has: () => { steal(t); return true } })) } catch {} }',
  globals:
    'for (const name of Reflect.ownKeys(globalThis)) { try { globalThis[name] = steal } catch {} try { delete globalThis[name] } catch {} try { Object.defineProperty(globalThis, name, { get: steal }) } catch {} }',
  System:
    "try { System.files = { readFile: steal } } catch {} try { System.files.readFile = steal } catch {} try { System.caller.id = 'eve' } catch {} try { Object.defineProperty(System.caller, 'id', { value: 'eve' }) } catch {} try { delete globalThis.System } catch {}",
  'getters on arguments of files':
    "const tricky = { get encoding() { steal(this.constructor); return 'utf8' }, toString() { steal(new Error().stack); return '/x' }, [Symbol.toPrimitive](hint) { steal(hint === 'bytes'); return '/x' } }; try { await System.files.writeFile(tricky, 'x', tricky) } catch {} try { await System.files.readFile('/x', tricky) } catch {} try { await System.files.readdir('/', new Proxy({}, { get(t, k, r) { steal(r === t); return true } })) } catch {}",
  'a proxy as a result':
    "return new Proxy({ a: 1 }, { ownKeys(t) { steal(this.host); return ['a'] }, get(t, k) { steal(t.constructor('x').host); return 1 }, getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), getPrototypeOf: () => Object.prototype })",
  'getters in a result':
    "let depth = 0; return { get a() { depth++; steal(this.encode); try { System.files.writeFile('/late', 'x').catch(() => {}) } catch {} return 1 } }",
  'toJSON in a result': 'return { toJSON(key) { steal(this.encode); return { key } } }',
  'a thenable as a result':
    "return { then(done, fail) { steal(done.caller); steal(done.constructor); done(1); done(2); fail(new Error('late')); done({ then() {} }) } }",
  'a thenable that never ends':
    'return Promise.race([{ then(done) { setTimeout(() => done(1), 1) } }, { then() {} }])',
  'a getter for then':
    'let times = 0; return { get then() { times++; steal(times > 1 && this.host); return undefined }, times }',
  'an error with getters':
    "throw Object.assign(new Error('x'), { get code() { steal(this.host); return 'E' } })",
  'an error that is a proxy':
    "throw new Proxy(new TypeError('x'), { get(t, k) { steal(k === 'host'); return t[k] }, getPrototypeOf(t) { steal(t.host); return TypeError.prototype } })",
  'an error whose message runs code':
    "class E extends Error { get message() { System.files.writeFile('/late', 'x').catch(() => {}); return 'mine' } get name() { return { toString() { steal(1 === 2); return 'N' } } } } throw new E()",
  'hooks of stacks':
    "Error.prepareStackTrace = (error, frames) => { for (const frame of frames) { steal(frame.getFunction?.()); steal(frame.getThis?.()) } return 'x' }; Error.stackTraceLimit = 100; const o = {}; Error.captureStackTrace?.(o); String(o.stack); try { null.x } catch (e) { String(e.stack) } try { await System.files.readFile(5) } catch (e) { String(e.stack) }",
  'frames of native getters':
    "try { null.x } catch (e) { for (const p of [e, Object.getPrototypeOf(e), Error.prototype]) { const d = Object.getOwnPropertyDescriptor(p, 'stack'); if (d?.get) { const text = d.get.call(e); steal(text !== '' && text); try { steal(d.get.call(System)?.host) } catch {} } } }",
  'species of arrays and bytes':
    "class A extends Array { static get [Symbol.species]() { return function () { return new Proxy([], { set(t, k, v) { steal(v === System && v); t[k] = v; return true }, defineProperty(t, k, d) { return Reflect.defineProperty(t, k, d) } }) } } } A.from([1, 2]).map((x) => x); class B extends Uint8Array { static get [Symbol.species]() { return function (n) { steal(typeof n === 'object' && n instanceof ArrayBuffer && n.byteLength > 1e4 && n); return new Uint8Array(n) } } } const b = new B(8); b.subarray(1, 3); b.slice(1); await System.files.writeFile('/b', b); await System.files.unlink('/b'); Buffer.from(b).slice(1)",
  'species of promises':
    "class P extends Promise { static get [Symbol.species]() { return function (run) { return new Promise((a, b) => run((v) => { steal(v === System && v); a(v) }, b)) } } } const p = System.files.readdir('/'); try { Object.setPrototypeOf(p, P.prototype); p.constructor = P } catch {} await p.then((x) => x)",
  'Symbol.toPrimitive everywhere':
    "const t = { [Symbol.toPrimitive](hint) { steal(hint !== 'string' && hint !== 'number' && hint !== 'default' && hint); return '/tp' } }; for (const run of [() => System.files.readFile(t), () => setTimeout(t, t), () => new Date(t), () => Buffer.from(t), () => new URL(t), () => btoa(t), () => crypto.getRandomValues(t), () => console.log(t), () => Math.hypot(t, t), () => new TextDecoder(t), () => structuredClone(t)]) { try { await run() } catch {} }",
  'memory of the bridge':
    "await System.files.writeFile('/m', Buffer.alloc(50)); const got = await System.files.readFile('/m', 'binary'); await System.files.unlink('/m'); steal(got.buffer.byteLength > 50 && got.buffer); steal(Object.prototype.toString.call(got.buffer) === '[object SharedArrayBuffer]' && got.buffer); const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(3)); steal(digest.byteLength !== 32 && digest); steal(new TextEncoder().encode('abc').buffer.byteLength > 64)",
  'work after the reply':
    "setTimeout(() => System.files.writeFile('/late', 'x'), 1); (async () => { for (let i = 0; i < 50; i++) await null; try { await System.files.writeFile('/late', 'y') } catch {} })(); Promise.resolve().then(() => Promise.resolve()).then(() => System.files.writeFile('/late', 'z')).catch(() => {}); return 1",
  'a promise settled by a later call':
    "globalThis.settleOld?.('old'); return new Promise((done) => { globalThis.settleOld = done; setTimeout(() => done('mine'), 1) })",
  'a rejection that nobody handles':
    "Promise.reject({ get message() { steal(this.host); return 'x' }, get stack() { steal(this.host); return 'y' } }); (async () => { throw new (class extends Error { get message() { try { System.files.writeFile('/late', 'x').catch(() => {}) } catch {} return 'z' } })() })(); return 1",
  'replacing its own exports':
    "exports.probe = () => 'forged'; module.exports = { probe: () => 'forged' }; exports.init = () => {}; Object.defineProperty(exports, 'probe', { get: () => steal })",
  'arguments and callers':
    'const strict = function () { try { steal(arguments.callee) } catch {} try { steal(strict.caller) } catch {} try { steal(strict.arguments) } catch {} }; strict(); [3, 1].sort(function () { try { steal(arguments.callee.caller) } catch {} return 0 }); JSON.stringify({ toJSON() { try { steal(arguments.callee.caller) } catch {} } })',
  'hidden names':
    "for (let i = 0; i < 40; i++) for (const name of ['meter', 'host', 'words', '$', '_', 'vms', '__vms', 'fuel', 'm', 't', 'q']) { steal(globalThis[name]); steal(globalThis['$' + name + i]) }",
  'the module of the machine':
    "try { steal(this.constructor.constructor('return this')()) } catch {} steal(typeof module.require === 'function' && module.require); steal(module.children); steal(module.parent); steal(Object.getPrototypeOf(module) !== Object.prototype && Object.getPrototypeOf(module))",
}
