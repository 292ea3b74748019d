/** Loops that are cut into strips do what they did, as often as they did it, and cost what their turns cost. */
import { describe, expect, it } from 'vitest'
import { turnsPerCharge } from '../../src/transform/source/limits.ts'
import { runInCell } from './cell.ts'

/** More turns than a strip has, and none that a strip ends with. */
const n = 3 * turnsPerCharge + 7

const loops = {
  'a counted one': `let sum = 0; for (let i = 0; i < ${n}; i++) sum += i; print(sum)`,
  'one in an if': `let i = 0; if (i) for (; ; ) i++; else for (; i < ${n}; ) i++; print(i)`,
  'a while': `let i = 0; while (i < ${n}) i++; print(i)`,
  'a while in an if': `let i = 0; if (!i) while (i < ${n}) i++; else print('else'); print(i)`,
  'an endless one': `let i = 0; for (;;) if (++i === ${n}) break; print(i)`,
  'an expression before it': `let a, b; for ({ a, b } = { a: 0, b: ${n} } /* ; */; a < b /* ; */; a++); print(a)`,
  'a comment in it': `for /* ( */ (/* ; */ var i = 0 /* ; */; i < ${n}; i++ /* ) */) /* { */; print(i)`,
  'two that share a name': `for (let i = 0; i < ${n}; i++); for (let i = 0; i < 2; i++) print(i)`,
  'a test with effects': `let tests = 0, ends = 0; for (; tests++ < ${n}; ends++); print(tests + ' ' + ends)`,
  'a break at the end of a strip': `for (let k = -1; k < 2; k++) { let i = 0; for (;;) if (++i === ${turnsPerCharge} + k) break; print(i) }`,
  'a return at the end of a strip': `const f = () => { for (let i = 1; ; i++) if (i === ${turnsPerCharge}) return i }; print(f())`,
  'a continue': `let sum = 0; for (let i = 0; i < ${n}; i++) { if (i % 3) continue; sum++ } print(sum)`,
  'a switch': `let sum = 0; for (let i = 0; i < ${n}; i++) { switch (i % 3) { case 0: break; case 1: continue; default: if (i > 50) sum += i } if (sum > 2_000_000) break; sum++ } print(sum)`,
  'a label': `let sum = 0; a: for (let i = 0; i < ${n}; i++) { if (i % 2) continue a; if (i > 2_000) break a; sum++ } print(sum)`,
  'a label outside': `let sum = 0; a: for (let j = 0; j < 3; j++) { for (let i = 0; ; i++) { sum++; if (i === ${turnsPerCharge}) continue a; if (sum > ${2 * turnsPerCharge}) break a } } print(sum)`,
  'a block that is left': `let i = 0; a: { while (true) { if (++i > ${n}) break a } } print(i)`,
  'variables that are kept': `const all = []; for (let i = 0; i < 5; i++) all.push(() => i); print(all.map((f) => f()))`,
  'an exception': `let i = 0; try { for (; ; i++) if (i === ${n}) null.x } catch { print(i) } for (let k = 0; k < 3; k++) print(k)`,
  'a generator': `function* f() { for (let i = 0; i < 300; i++) yield i; let x = 0; while (x < ${n}) x++; yield x } let sum = 0; for (const x of f()) sum += x; print(sum)`,
}

describe('a loop with', () => {
  for (const [name, source] of Object.entries(loops)) {
    it(`${name} does what it did`, () => {
      const bare = runInCell(source, { instrumented: false })
      const paid = runInCell(source, { instrumented: true })
      expect(bare.printed.length).toBeGreaterThan(0)
      expect(paid).toMatchObject({ end: bare.end, printed: bare.printed })
    })
  }

  it('more turns costs 1 more for each', () => {
    const fuelOf = (turns: number) =>
      runInCell(`let i = 0; for (;;) if (++i === ${turns}) break; print(i)`, { instrumented: true })
        .fuel
    const first = fuelOf(1)
    for (const turns of [2, turnsPerCharge - 1, turnsPerCharge, turnsPerCharge + 1, n]) {
      expect(fuelOf(turns)).toBe(first + turns - 1)
    }
  })

  it('no end is ended, right after it has nothing left', () => {
    const { end, name, fuel } = runInCell('for (let i = 0; ; i++);', {
      instrumented: true,
      fuel: 100_000,
    })
    expect({ end, name }).toEqual({ end: 'aborted', name: 'fuel' })
    expect(fuel - 100_000).toBeLessThanOrEqual(turnsPerCharge)
  })
})
