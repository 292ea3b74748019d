/** Spaces and comments between tokens. */
const blank = /\s+|\/\/.*|\/\*[\s\S]*?\*\//y

/** Offset after spaces and comments. */
export function skipBlank(source: string, start: number): number {
  let offset = start
  blank.lastIndex = offset
  while (blank.test(source)) {
    offset = blank.lastIndex
  }
  return offset
}
