/** Ways to see which engine runs, how deep its stack is, and what its compilers do. */
export const engine: Readonly<Record<string, string>> = {
  'error.stack': 'return [new Error("x").stack, attempt2(() => null.x).stack]',
  'own properties of errors':
    'return [Object.getOwnPropertyNames(new Error("x")), Object.getOwnPropertyNames(attempt2(() => null.x)), Object.getOwnPropertyNames(attempt2(() => JSON.parse("{")))]',
  'Error.captureStackTrace':
    'const o = {}; Error.captureStackTrace(o); return [Object.getOwnPropertyNames(o), o.stack === undefined]',
  'Error.prepareStackTrace':
    'Error.prepareStackTrace = (e, frames) => frames.length; const s = new Error("x").stack; return [s, typeof Error.prepareStackTrace]',
  'Error.stackTraceLimit':
    'Error.stackTraceLimit = 3; return [Error.stackTraceLimit, new Error("x").stack]',
  'a getter for the stack':
    "return [typeof Object.getOwnPropertyDescriptor(Error.prototype, 'stack').get.call(new Error('x')), Object.getOwnPropertyDescriptor(new Error('x'), 'stack') === undefined]",
  'message of null.x': 'return attempt(() => null.x)',
  'message of undefined()': 'return attempt(() => undefined())',
  'message of a constant': 'return attempt(() => { const c = 1; c = 2 })',
  'message of a missing name': 'return attempt(() => thereIsNoSuchName)',
  'message of the dead zone': 'return attempt(() => { x; let x })',
  'message of JSON.parse':
    "return [attempt(() => JSON.parse('{a')), attempt(() => JSON.parse(''))]",
  'message of a cycle in JSON': 'const o = {}; o.o = o; return attempt(() => JSON.stringify(o))',
  'message of BigInt':
    "return [attempt(() => BigInt(1.5)), attempt(() => 1n + 1), attempt(() => BigInt('x'))]",
  'message of a frozen object': 'return attempt(() => { Object.freeze({}).x = 1 })',
  'message of new': 'return attempt(() => new (() => {}))',
  'message of instanceof': 'return attempt(() => ({}) instanceof 5)',
  'message of in': "return attempt(() => 'a' in 'b')",
  'message of iteration':
    'return [attempt(() => [...5]), attempt(() => { const [a] = null }), attempt(() => new Map([1]))]',
  'message of a regular expression': "return attempt(() => new RegExp('('))",
  'message of decodeURI': "return attempt(() => decodeURIComponent('%'))",
  'message of toFixed': 'return [attempt(() => (1).toFixed(101)), attempt(() => (1).toString(1))]',
  'message of a private name':
    'return attempt(() => { class A { #x; static get(o) { return o.#x } } return A.get({}) })',
  'message of a symbol': 'return attempt(() => Symbol() + "")',
  'message in a promise':
    'return Promise.resolve().then(() => null.x).catch((e) => [e.message, e.stack])',
  'message in allSettled':
    'const [r] = await Promise.allSettled([(async () => null.x)()]); return [r.status, r.reason.message]',
  'message in an AggregateError':
    'return Promise.any([(async () => null.x)()]).catch((e) => [e.message, e.errors.map((x) => x.message)])',
  'message in a promise class':
    'const seen = []; class P extends Promise { constructor(run) { super((a, b) => run(a, (r) => { seen.push(r.message); b(r) })) } } P.all(5).catch(() => {}); P.try(() => null.x).catch(() => {}); for (let i = 0; i < 9; i++) await null; return seen',
  'message in a generator':
    'function* g() { try { yield null.x } catch (e) { yield e.message } } return [...g()]',
  'message in an async generator':
    'async function* g() { null.x } try { for await (const x of g()); } catch (e) { return e.message }',
  'message in a handler of finally':
    'return Promise.reject(new Error("mine")).finally(() => null.x).catch((e) => e.message)',
  'message in a thenable': 'return Promise.resolve({ then() { null.x } }).catch((e) => e.message)',
  'message of a proxy': 'return attempt(() => Object.keys(new Proxy({}, { ownKeys: () => [1] })))',
  'cause of an error':
    'return attempt(() => { try { null.x } catch (cause) { throw new Error("outer", { cause }) } })',
  'text of a built-in':
    'return [String(Array.prototype.push), String(Math.sin), String(Date), String(class A {}), Function.prototype.toString.call(Map)]',
  'text of an accessor':
    "return [String(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get), String(Array.prototype[Symbol.iterator])]",
  'text of a bound function': 'return String((() => {}).bind())',
  'names and lengths of built-ins':
    "return Reflect.ownKeys(Array.prototype).map((k) => typeof Array.prototype[k] === 'function' ? Array.prototype[k].name + Array.prototype[k].length : String(k)).join()",
  'the globals': 'return Reflect.ownKeys(globalThis).map(String).join()',
  'the order of properties':
    "return [Math, Map.prototype, Function.prototype, DataView.prototype, Error, String.prototype, RegExp].map((o) => Reflect.ownKeys(o).map(String).join()).join(';')",
  'newer built-ins':
    'return [typeof Iterator.concat, typeof Map.prototype.getOrInsert, typeof Uint8Array.fromBase64, typeof Math.sumPrecise, typeof Error.isError, typeof Temporal]',
  'arguments.callee': 'return attempt(function () { return arguments.callee })',
  'function.caller':
    'return [attempt(() => (function f() { return f.caller })()), attempt(() => (() => {}).arguments)]',
  'sloppy this':
    'return [(function () { return this })() === undefined, attempt(() => { undeclared = 1 })]',
  'RegExp.$1':
    "/(a)/.test('a'); return [typeof RegExp.$1, typeof RegExp.lastMatch, typeof RegExp.input]",
  'depth of recursion':
    'let depth = 0; const f = () => { depth++; if (depth < 500) f() }; f(); return depth',
  'depth in a getter':
    'let depth = 0; const o = { get x() { return ++depth < 300 ? this.x : depth } }; return o.x',
  'depth in JSON':
    'let o = 1; for (let i = 0; i < 100; i++) o = [o]; return JSON.stringify(o).length',
  'a loop that gets hot':
    'let x = 0; for (let i = 0; i < 300000; i++) x = (x * 31 + i) | 0; return x',
  'a function that is optimised':
    'const f = (a, b) => a * b + 0.1; let x = 0; for (let i = 0; i < 100000; i++) x = f(x % 7, 1.1); return x',
  'a function that is deoptimised':
    "const f = (a, b) => a + b; const seen = []; for (let i = 0; i < 20000; i++) f(i, 1); seen.push(f('a', 1), f(1n, 2n).toString(), f({}, [])); return seen",
  'Proxy and Reflect':
    "const log = []; const p = new Proxy({ b: 1, a: 2 }, { ownKeys(t) { log.push('k'); return Reflect.ownKeys(t) }, getOwnPropertyDescriptor(t, k) { log.push('d' + String(k)); return Reflect.getOwnPropertyDescriptor(t, k) }, get(t, k) { log.push('g' + String(k)); return t[k] } }); ({ ...p }); JSON.stringify(p); Object.assign({}, p); return log",
  'the host':
    'return [typeof process, typeof require, typeof module, typeof global, typeof Deno, typeof navigator, typeof os, typeof __dirname, typeof window, typeof self, typeof ivm, typeof isolate]',
  'the environment': 'return attempt(() => process.env.HOME)',
  navigator: 'return attempt(() => navigator.hardwareConcurrency)',
  'the network':
    "return [attempt(() => fetch('http://localhost')), attempt(() => new WebSocket('ws://localhost')), attempt(() => new XMLHttpRequest())]",
  workers:
    "return [attempt(() => new Worker('x')), attempt(() => new MessageChannel()), attempt(() => new BroadcastChannel('x'))]",
  WebAssembly: 'return attempt(() => new WebAssembly.Memory({ initial: 1 }))',
  Function:
    "return [attempt(() => Function('return 1')()), attempt(() => new Function('return this')()), attempt(() => (() => {}).constructor('return 1')())]",
  'kin of Function':
    "return [attempt(() => (async () => {}).constructor('return 1')), attempt(() => (function* () {}).constructor('yield 1')), attempt(() => (async function* () {}).constructor('yield 1'))]",
  'a timer of text': "return attempt(() => setTimeout('1', 1))",
  'indirect eval':
    "return [typeof globalThis['ev' + 'al'], attempt(() => (0, globalThis['eval'])('1'))]",
  'RegExp with a bad text':
    "return [attempt(() => /(?<a>x)\\k<a>/.exec('xx').groups.a), attempt(() => new RegExp('[', 'u'))]",
}
