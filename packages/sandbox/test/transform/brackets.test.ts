/** What is metered where it stands keeps its value: several expressions in brackets, defaults, lines without semicolons. */
import { describe, it } from 'vitest'
import { expectSame } from './compare.ts'

const sources: Readonly<Record<string, string>> = {
  'lists that are spread': `const a = [1], b = [2, 3]
    print([...(a, b)].length); print(Math.max(...(a, b)))
    let all; [...all] = (a, b); print(all.length)`,
  'arguments that may be lengths': `class A { constructor(x) { this.x = x } }
    print(new A((1, 2)).x); print(new { A }.A((1, 2)).x); const a = [1]; a.length += (7, 1); print(a.length)`,
  comparisons: `const a = 1, b = 2
    switch ((1, 2)) { case a: print('a'); break; case b: print('b') }
    print((0, 'x') === (0, 'x')); print('x' + a < 'x' + b); print(1n == String(a))
    const f = (x = (a || b) === a) => x
    print(f())
    a === b
    print(f(2))`,
  generators: `function* f(x, ...all) { yield x + all.length } function* g(x) { 'use strict'; yield x + arguments.length }
    const o = { async *[1](a,) {}, * m() { yield this === o } }
    print([...f(1, 2, 3)][0]); print([...g(1, 2)][0]); print(f.length + g.length + o[1].length); print([...o.m()][0])`,
  templates:
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the script
    'print(`${(0, 1)}${{ toString: () => 2n }}${[3]}${null}`); try { `${Symbol()}` } catch (e) { print(e.name) }',
}

describe('what is metered keeps its value', () => {
  for (const [name, source] of Object.entries(sources)) it(name, () => expectSame(source))
})
