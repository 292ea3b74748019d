/**
 * The source text of the script's functions. Each instrumented function holds a mark with the position of its source
 * (transform/source/marks.ts).
 */
import { lastIndexOf, sliceText } from './primordials.js'

let source = ''
let opening = ''
const closing = '*/}'

export function rememberSource(prefix, text) {
  opening = `/*${prefix}#`
  source = text
}

/** `text`: the engine's text of a function. */
export function writtenText(text) {
  const end = text.length - closing.length
  if (sliceText(text, end) !== closing) return text
  const start = lastIndexOf(text, opening)
  if (start === -1) return text
  const place = sliceText(text, start + opening.length, end)
  const comma = lastIndexOf(place, ',')
  return sliceText(source, +sliceText(place, 0, comma), +sliceText(place, comma + 1))
}
