/**
 * Programs out of a seed: loops, closures, classes, generators, async functions, destructuring, try/catch/finally, labels, accessors,
 * spread, tagged templates, in each other. Every one ends: loops are short and recursion has a bound. `log` says how they went.
 */
import fc from 'fast-check'

type Text = fc.Arbitrary<string>

/** What may stand in an expression or a statement, by where it stands. */
interface Place {
  readonly isAsync: boolean
  readonly isGenerator: boolean
  readonly isLoop: boolean
  readonly isFunction: boolean
}

const top: Place = { isAsync: false, isGenerator: false, isLoop: false, isFunction: true }
const variables = ['a', 'b', 'c', 'd']
const variable = fc.constantFrom(...variables)
const number = fc.constantFrom('0', '1', '2', '3', '7', '-1', '0.5')

const join = (parts: fc.Arbitrary<string>[], make: (...texts: string[]) => string): Text =>
  fc.tuple(...parts).map((texts) => make(...texts))

function expression(depth: number, place: Place): Text {
  const atoms = [
    variable,
    number,
    fc
      .constantFrom(`'t'`, 'null', 'undefined', '[1, 2, 3]', '{ a: 1, b: [2, 3] }', '10n')
      .map((text) => `(${text})`),
  ]
  if (depth <= 0) return fc.oneof(...atoms)
  const e = expression(depth - 1, place)
  const s = (inside: Partial<Place> = {}) => body(depth - 1, { ...top, ...inside })
  const all: Text[] = [
    ...atoms,
    join(
      [
        e,
        fc.constantFrom('+', '-', '*', '%', '**', '<<', '|', '^', '===', '<', '&&', '||', '??'),
        e,
      ],
      (x, operator, y) => `((${x}) ${operator} (${y}))`,
    ),
    join(
      [variable, fc.constantFrom('=', '+=', '-=', '*=', '**=', '<<=', '??='), e],
      (name, operator, x) => `(${name} ${operator} ${x})`,
    ),
    join([e, e, e], (x, y, z) => `(${x} ? ${y} : ${z})`),
    join([e, e], (x, y) => `(${x}, ${y})`),
    join([e, e], (x, y) => `\`p\${${x}}q\${${y}}\``),
    join([e], (x) => `tag\`p\${${x}}q\``),
    join([e, e], (x, y) => `[${x}, ...list(${y})]`),
    join([e, e], (x, y) => `{ a: ${x}, get b() { log('get'); return ${y} }, ['c']: 1 }`).map(
      (text) => `(${text})`,
    ),
    join([e, e], (x, y) => `({ ...(${x}), a: ${y} })`),
    join([e], (x) => `(${x})?.a?.b`),
    join([e], (x) => `typeof (${x})`),
    join([s()], (text) => `(() => {${text}})()`),
    join([e, s()], (x, text) => `(({ a, b = ${x} } = {}, ...c) => {${text}})(${x}, 1, 2)`),
    join([e, e], (x, y) => `((a, [b, c] = list(${x})) => ${y})(${x})`),
    join(
      [s(), e],
      (text, x) =>
        `(function f(d, n) { if (n > 2) return d; ${text}\n return f(d, n + 1) })(${x}, 0)`,
    ),
    join(
      [s(), e],
      (text, x) => `new (class { constructor(a) { ${text} } get a() { return ${x} } })(${x}).a`,
    ),
    join(
      [e, e],
      (x, y) =>
        `new (class extends Base { x = ${x}; static y = ${y}; #z = [${y}]; get a() { return this.#z } })(${x}).a`,
    ),
    join(
      [s({ isGenerator: true }), e],
      (text, x) => `[...take(function* (a, { b } = {}) {${text}}, ${x})]`,
    ),
    join([s({ isAsync: true }), e], (text, x) => `later(async (a = ${x}) => {${text}})`),
    join(
      [s({ isAsync: true, isGenerator: true })],
      (text) =>
        `later(async () => { for await (const x of (async function* () {${text}})()) log(x) })`,
    ),
    join([e], (x) => `list(${x}).map((x, i) => x + i)`),
    join([e], (x) => `Math.max(...list(${x}))`),
    join([e], (x) => `join(...list(${x}), 1)`),
  ]
  if (place.isAsync) all.push(join([e], (x) => `(await ${x})`))
  if (place.isGenerator) {
    all.push(join([e], (x) => `(yield ${x})`))
    all.push(
      place.isAsync
        ? join([e], (x) => `(yield* list(${x}))`)
        : join(
            [e, s({ isGenerator: true })],
            (x, text) => `(yield* take(function* () {${text}}, ${x}))`,
          ),
    )
  }
  return fc.oneof(...all)
}

function body(depth: number, place: Place): Text {
  const some = fc.array(statement(depth, { ...place, isLoop: false }), {
    minLength: 0,
    maxLength: 3,
  })
  return join([some.map((texts) => texts.join('\n'))], (text) => text)
}

function statement(depth: number, place: Place): Text {
  const e = expression(depth, place)
  const simple: Text[] = [
    join([e], (x) => `log(${x})`),
    join([e], (x) => `;(${x})`),
    join([variable, e], (name, x) => `{ let ${name} = ${x}; log(${name}) }`),
  ]
  if (depth <= 0) return fc.oneof(...simple)
  const block = (inside: Partial<Place> = {}) =>
    fc
      .array(statement(depth - 1, { ...place, ...inside }), { minLength: 0, maxLength: 3 })
      .map((texts) => `{ ${texts.join('\n')} }`)
  const all: Text[] = [
    ...simple,
    join([e, block(), block()], (x, yes, no) => `if (${x}) ${yes} else ${no}`),
    join(
      [block({ isLoop: true }), block({ isLoop: true })],
      (one, two) =>
        `for (let i = 0; i < 3; i++) { log(i); ${one} } for (let i = 0; i < 2; i++) ${two}`,
    ),
    join([e, block({ isLoop: true })], (x, text) => `for (const x of list(${x})) ${text}`),
    join(
      [e, block({ isLoop: true })],
      (x, text) =>
        `for (const [x, y = 1] of list(${x}).map((x) => [x])) { log(() => x + y); ${text} }`,
    ),
    join([e, block({ isLoop: true })], (x, text) => `for (const k in Object(${x})) ${text}`),
    join([block({ isLoop: true })], (text) => `{ let n = 0; while (n++ < 3) ${text} }`),
    join([block({ isLoop: true })], (text) => `{ let n = 0; do ${text} while (n++ < 2) }`),
    join(
      [block({ isLoop: true })],
      (text) =>
        `{ const run = (k) => { outer: for (let i = 0; i < 3; i++) { for (const j of [1, 2]) { if (j + i === 3) continue outer; if (i === k) break outer; log(i + j) } } }; run(2); ${text} }`,
    ),
    join([block(), block()], (one, two) => `try ${one} catch (error) { note(error); ${two} }`),
    join(
      [block(), block(), block()],
      (one, two, three) => `try ${one} catch ({ name }) { log(name); ${two} } finally ${three}`,
    ),
    join([block(), block()], (one, two) => `try ${one} finally ${two}`),
    join(
      [e, block(), block()],
      (x, one, two) =>
        `switch (${x}) { case 1: ${one}; case 't': ${two}; break; default: log('default') }`,
    ),
    join(
      [e, e],
      (x, y) =>
        `{ const { a: p, ...q } = Object(${x}); const [r, ...s] = list(${y}); log(p); log(q); log(s) }`,
    ),
    join([e], (x) => `throw ${x}`),
    join([block()], (text) => `{ function f() ${text} function g() { return f() } log(g()) }`),
    join(
      [block(), block()],
      (one, two) => `{ function f() ${one} var v = f; v = 1; log(f()); ${two} }`,
    ),
    join([e], (x) => `null[${x}]`),
  ]
  if (place.isLoop) all.push(fc.constantFrom('break', 'continue'))
  else if (place.isFunction) all.push(join([e], (x) => `return ${x}`))
  if (place.isAsync)
    all.push(
      join([e, block({ isLoop: true })], (x, text) => `for await (const x of list(${x})) ${text}`),
    )
  return fc.oneof(...all)
}

/** Bodies of strict functions. Most of what is thrown is caught, so that there is more after it. */
export const program: Text = fc
  .array(fc.tuple(statement(3, { ...top, isFunction: false }), fc.integer({ min: 0, max: 4 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((texts) => {
    const statements = texts.map(([text, kind]) =>
      kind === 0 ? text : `try { ${text} } catch (error) { note(error) }`,
    )
    return `${library}\n${statements.join('\n')}\n${end}`
  })

const library = `
let a = 1, b = 't', c = [1, 2], d = null, lines = 0
const show = (x, n = 0) => {
  if (typeof x === 'function') return 'f:' + x.name + '/' + x.length
  if (typeof x !== 'object' || x === null) return typeof x + ':' + String(x)
  if (n > 2) return '…'
  if (x instanceof Error) return x.name
  if (Array.isArray(x)) return '[' + x.slice(0, 5).map((y) => show(y, n + 1)).join() + ']'
  return '{' + Object.keys(x).slice(0, 5).map((k) => k + ':' + show(x[k], n + 1)).join() + '}'
}
const log = (x) => { if (lines++ < 200) print(show(x)); return x }
const note = (error) => log(error instanceof Error ? error.name : error)
const tag = (strings, ...values) => strings.raw.join() + values.length
const list = (x) => (Array.isArray(x) ? x.slice(0, 3) : typeof x === 'string' ? [...x.slice(0, 3)] : [1, 2])
const join = (...all) => all.length
const take = (make, x) => { const all = []; for (const y of make(x, { b: 1 })) { all.push(y); if (all.length > 3) break } return all }
const later = (run) => { run(1).then(log, note); return 5 }
class Base { constructor(x) { this.x0 = x } }
`

const end = `log(a); log(b); log(c); log(d)`
