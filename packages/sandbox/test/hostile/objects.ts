/** Bombs of objects: tables that loops and patterns go over, as in scripts.ts. */
import type { Ending } from './scripts.ts'

const table = "const big = {}; for (let i = 0; i < 50_000; i++) big['k' + i] = i;"
const list = 'const big = Array.from({ length: 100_000 }, () => 1);'
const endless = 'Array.prototype.values.call({ length: 2 ** 53 - 1 })'

/** The head of a loop lists all keys, and a rest element copies all properties, before anything of the script's runs. */
export const tableBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'keys of an object in a loop': [`${table} for (;;) for (const k in big) break`, 'fuel'],
  'keys of an object that nobody sees': [
    "const o = {}; for (let i = 0; i < 5_000; i++) Object.defineProperty(o, 'k' + i, { value: 1 }); for (;;) for (const k in o) break",
    'fuel',
  ],
  'keys of a list in a loop': [`${list} for (;;) for (const k in big) break`, 'fuel'],
  'keys of a buffer in a loop': [
    'const b = new Uint8Array(200_000); for (;;) for (const k in b) break',
    'fuel',
  ],
  'keys of a text in a loop': ["const t = 'x'.repeat(2 ** 23); for (const k in t) break", 'fuel'],
  'keys that are inherited': [
    `${table} for (;;) for (const k in Object.create(big)) break`,
    'fuel',
  ],
  'the rest of an object': [
    `${table} for (;;) { const { a, ...rest } = big; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a parameter': [
    `${table} const f = ({ a, ...rest }) => rest; for (;;) keep.push(f(big))`,
    'fuel',
  ],
  'the rest of a parameter with a default': [
    `${table} const f = ({ a, ...rest } = {}) => rest; for (;;) keep.push(f(big))`,
    'fuel',
  ],
  'the rest of an object within one': [
    `${table} const o = { big }; for (;;) { const { big: { ...rest } } = o; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of an object, by a loop': [
    `${table} for (;;) for (const { ...rest } of [big]) keep.push(rest)`,
    'fuel',
  ],
  'the rest of an object, caught': [
    `${table} for (;;) try { throw big } catch ({ ...rest }) { keep.push(rest) }`,
    'fuel',
  ],
  'the rest of an object, assigned': [
    `${table} let rest; for (;;) { ({ ...rest } = big); keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a text': ["const { ...rest } = 'x'.repeat(2 ** 23)", 'fuel'],
  'a text spread into an object': ["keep.push({ ...'x'.repeat(2 ** 23) })", 'fuel'],
  'the rest of a list within an object': [
    `${list} const o = { big }; for (;;) { const { big: [...rest] } = o; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a list that is a default': [
    `${list} for (;;) { const [[...rest] = big] = []; keep.push(rest) }`,
    'fuel',
  ],
  'the rest of a list, by a loop': [
    `${list} for (;;) for (const [...rest] of [big]) keep.push(rest)`,
    'fuel',
  ],
  'the rest of a list, in a loop that waits': [
    `${list} for (;;) for await (const [...rest] of [big]) keep.push(rest)`,
    'fuel',
  ],
  'an iterator without end within a list': [`const [[...rest]] = [${endless}]`, 'fuel'],
  'an iterator without end within an object': [
    `const f = ({ a: [b, ...rest] }) => rest; f({ a: ${endless} })`,
    'fuel',
  ],
  'an iterator without end, by a loop': [`for (const [...rest] of [${endless}]) break`, 'fuel'],
  'an iterator without end, caught': [
    `try { throw ${endless} } catch ([...rest]) { keep.push(rest) }`,
    'fuel',
  ],
}
