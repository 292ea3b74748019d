/** Rows for exceptions: each cause that the engine has, each way in which one ends. `long` functions are those with a long text. */
import type { Row } from './row.ts'

const causes: readonly (readonly [name: string, body: string])[] = [
  ['null.x', 'y.x'],
  ['undefined.x', '(void 0).x'],
  ['null.x = 1', 'y.x = 1'],
  ['null[x]', 'y[x]'],
  ['destructuring null', 'const { a } = y'],
  ['undeclared name', 'nobodyDeclaredThis'],
  ['refused global', 'fetch'],
  ['before its declaration', 'z; let z = 1'],
  ['constant assigned', 'const z = 1; z = 2'],
  ['no function', 'x()'],
  ['no method', '({}).method()'],
  ['method of null', 'y.a.b()'],
  ['no constructor', 'new x()'],
  ['not iterable', 'const [a] = 5'],
  ['not iterable, spread', '[...5]'],
  ['for of a number', 'for (const a of 5);'],
  ['frozen', 'Object.freeze({ a: 1 }).a = 2'],
  ['global property', 'Math.PI = 3'],
  ['length', 'new Array(-1)'],
  ['mixed BigInt', '1n + 1'],
  ['division by 0n', '1n / 0n'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in the swept script
  ['symbol as text', '`${Symbol()}`'],
  ['in no object', "'a' in 5"],
  ['instanceof no class', '5 instanceof 5'],
  ['private name', 'new (class { #a; static of(y) { return y.#a } static { this.of({}) } })()'],
  ['JSON.parse', "JSON.parse('{')"],
  ['JSON.parse of n units', "JSON.parse('['.repeat(Math.min(n, 100)) + 'x'.repeat(n))"],
  ['JSON.stringify of a circle', 'const o = {}; o.o = o; JSON.stringify(o)'],
  ['JSON.stringify of a BigInt', 'JSON.stringify(1n)'],
  ['BigInt of text', "BigInt('x')"],
  ['BigInt of a fraction', 'BigInt(1.5)'],
  ['decodeURIComponent', "decodeURIComponent('%')"],
  ['encodeURIComponent', "encodeURIComponent('\\ud800')"],
  ['new RegExp', "new RegExp('(')"],
  ['toFixed', '(1).toFixed(101)'],
  ['repeat', "'x'.repeat(-1)"],
  ['normalize', "'x'.normalize('x')"],
  ['invalid date', "new Date('x').toISOString()"],
  ['receiver', 'Map.prototype.get.call({}, 1)'],
  ['reduce of nothing', '[].reduce((a) => a)'],
  ['URL', "new URL('x')"],
  ['class without new', '(class {})()'],
  ['this before super', 'new (class extends Object { constructor() { this.a = 1 } })()'],
  ['proxy', 'new Proxy({}, { get: 5 }).x'],
  ['revoked', 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy.x'],
  ['throw a number', 'throw 1'],
  ['throw an error', "throw new Error('x')"],
  ['throw an error of a class', 'throw new (class Mine extends Error {})()'],
  ['throw the same error', 'throw same'],
  ['AggregateError', 'throw new AggregateError([1, 2])'],
]

const long = `if (t < -1) { ${'kept = [x, y, kept, (a) => a + 1, "text"];\n'.repeat(400)} }`
const wayOf: readonly (readonly [name: string, text: (body: string) => string])[] = [
  ['caught', (body) => `try { ${body} } catch {}`],
  ['caught with a name', (body) => `try { ${body} } catch (e) { kept = e.message }`],
  ['caught outside', (body) => `try { (() => { ${body} })() } catch {}`],
]
const ways: readonly (readonly [name: string, text: (body: string) => string])[] = [
  ['ended by a finally', (body) => `(() => { try { ${body} } finally { return } })()`],
  [
    'caught 100 functions below',
    (body) =>
      `{ const g = (d) => { if (d > 0) return g(d - 1) + 1; ${body} }; try { g(100) } catch {} }`,
  ],
  [
    'caught 100 loops below',
    (body) =>
      `{ const g = (d) => { for (const e of [1]) { if (d > 0) return g(d - 1) + 1; ${body} } }; try { g(100) } catch {} }`,
  ],
  ['rethrown', (body) => `try { try { ${body} } catch (e) { throw e } } catch {}`],
  ['rethrown by a finally', (body) => `try { try { ${body} } finally { kept = 1 } } catch {}`],
  ['in a long function', (body) => `try { ${body}\n${long} } catch {}`],
  ['in a long function in another', (body) => `try { (() => { ${body}\n${long} })() } catch {}`],
  ['in a long async function, not handled', (body) => `(async () => { ${body}\n${long} })()`],
  ['in an async function, not handled', (body) => `(async () => { ${body} })()`],
  [
    'in an async function after a wait, not handled',
    (body) => `(async () => { await 1; ${body} })()`,
  ],
  ['in an executor, not handled', (body) => `new Promise(() => { ${body} })`],
  ['in a long executor, not handled', (body) => `new Promise(() => { ${body}\n${long} })`],
  ['in a thenable', (body) => `Promise.resolve({ get then() { ${body} } })`],
  ['in then, handled', (body) => `Promise.resolve().then(() => { ${body} }).catch(f)`],
  [
    'in the return of an iterator, behind another',
    (body) =>
      `try { for (const e of { [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { ${body} } }) }) throw 1 } catch {}`,
  ],
  ['in a getter that console.log shows', (body) => `console.log({ get a() { ${body} } })`],
  [
    'in a dispose',
    (body) => `try { using e = { [Symbol.dispose]() { ${body} } }; kept = e } catch {}`,
  ],
  ['in a field', (body) => `try { new (class { a = (() => { ${body} })() })() } catch {}`],
  ['in a sort', (body) => `try { [1, 2].sort(() => { ${body} }) } catch {}`],
]

export function exceptionRows(): Row[] {
  const made = "(same = new Error('x'), undefined)"
  const rowOf = (way: string, cause: string, body: string): Row => ({
    name: `${cause}, ${way}`,
    kind: 'exception',
    made,
    body: body,
    isStatement: true,
    sizes: cause.includes(' n ') ? [10, 1_000, 100_000] : [10],
  })
  const short = causes.flatMap(([cause, body]) =>
    wayOf.map(([way, text]) => rowOf(way, cause, text(body))),
  )
  const picked = [
    'null.x',
    'undeclared name',
    'no function',
    'JSON.parse',
    'throw a number',
    'throw an error',
  ]
  const rest = causes
    .filter(([cause]) => picked.includes(cause))
    .flatMap(([cause, body]) => ways.map(([way, text]) => rowOf(way, cause, text(body))))
  return [...short, ...rest]
}
