/** What calls give and assignments add, kept until memory ends: syntax pays for it where it stands, as in scripts.ts. */
import type { Ending } from './scripts.ts'

export const keptBombs: Readonly<Record<string, readonly [body: string, ending: Ending]>> = {
  'iterators of lists': ['const a = [1]; for (;;) keep.push(a.values())', 'fuel'],
  'steps of a generator': [
    'const it = (function* () { for (;;) yield 1 })(); for (;;) keep.push(it.next())',
    'fuel',
  ],
  'pieces of a text': [
    "const t = 'x'.repeat(1_000); for (let i = 0; ; i++) keep.push(t.slice(i % 500))",
    'fuel',
  ],
  'texts of dates': ['const d = new Date(); for (;;) keep.push(d.toISOString())', 'fuel'],
  'texts of numbers': ['for (let i = 0; ; i++) keep.push(String(i))', 'fuel'],
  'BigInts of one digit': ['for (let b = 1n; ; b = b + 1n) keep.push(b)', 'fuel'],
  'properties added by name': [
    'for (;;) { const o = {}; o.a = 1; o.b = 2; o.c = 3; o.d = 4; o.e = 5; keep.push(o) }',
    'fuel',
  ],
  'items pushed together': ['for (;;) keep.push(1, 2, 3, 4, 5, 6, 7, 8)', 'fuel'],
  'fractions pushed': ['for (let x = 0.5; ; x += 1.5) keep.push(x)', 'fuel'],
  'functions bound': ['const f = () => 1; for (;;) keep.push(f.bind(null))', 'fuel'],
  'promises of promises': ['const p = Promise.resolve(1); for (;;) keep.push(p.then())', 'fuel'],
  matches: ["const r = /a/; for (;;) keep.push(r.exec('a'))", 'fuel'],
  'keys of Sets': ['const s = new Set(); for (let i = 0; ; i++) s.add(i)', 'fuel'],
}
