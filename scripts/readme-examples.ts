/**
 * The examples of a README: its fenced blocks marked `js` or `ts`, each a whole program, and what they say they print.
 *
 * A program says what it prints in comments: `console.log(await client.RSVP(true)) // → true`. What differs from
 * run to run (a key, a port) is written `…`. Fences that are not programs carry another mark (`sh`, `json`, `text`).
 */
export type Example = { language: 'js' | 'ts'; code: string; prints: string[]; line: number }

const FENCE = /^```(js|ts)\n([\s\S]*?)^```$/gm
const PRINTS = /\/\/ → (.*)$/gm

export function examplesOf(markdown: string): Example[] {
  return [...markdown.matchAll(FENCE)].map(({ index, 1: language, 2: code = '' }) => ({
    language: language as 'js' | 'ts',
    code,
    prints: [...code.matchAll(PRINTS)].map(([, text = '']) => text.trim()),
    line: markdown.slice(0, index).split('\n').length,
  }))
}

/** The first promised line that the output lacks (they must come in order, others may stand between), or null. */
export function missingLine(prints: string[], stdout: string): string | null {
  const lines = stdout.split('\n').map((line) => line.trim())
  for (const promised of prints) {
    const pattern = new RegExp(`^${promised.split('…').map(literal).join('.*')}$`)
    const at = lines.findIndex((line) => pattern.test(line))
    if (at === -1) return promised
    lines.splice(0, at + 1)
  }
  return null
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
