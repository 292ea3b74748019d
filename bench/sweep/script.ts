/** The script that is swept: a function for each row that makes what it works on, and one that runs it. */
import type { Row } from './row.ts'
import { prelude } from './values.ts'

export function scriptOf(rows: readonly Row[]): string {
  return `${prelude}
const fill = async (n) => {
  await System.files.mkdir('/many').catch(f)
  for (let i = 0; i < n; i++) await System.files.writeFile('/many/file' + i, 'x')
}
let x, b, w, s, n, y = null, same, kept, thrown = 0, made = 0
const rows = [${rows.map(textOf).join(',\n')}]
exports.set = async (row, size) => {
  n = size
  w = new Uint8Array(n).fill(97)
  s = flat('x'.repeat(n))
  x = undefined
  b = undefined
  thrown = 0
  kept = undefined
  b = rows[row][0]()
  x = await rows[row][0]()
  if (rows[row][2]) b = await b
}
exports.run = (row, times) => rows[row][1](times)
exports.thrown = () => thrown
exports.none = (row, times) => { for (let t = 0; t < times; t++) kept = t }
exports.noneAsync = async (row, times) => { for (let t = 0; t < times; t++) kept = t }
`
}

function textOf({ made, body, isStatement = false, isAsync = false }: Row): string {
  const work = isStatement ? body : isAsync ? `kept = await (${body})` : `kept = ${body}`
  const loop = `for (let t = 0; t < times; t++) { try { ${work} } catch { thrown++ } }`
  return `[() => (${made}), ${isAsync ? 'async ' : ''}(times) => { ${loop} }, ${isAsync}]`
}
