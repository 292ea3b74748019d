/** The difference between two texts, line by line: lines of the longest common subsequence stay, the others were removed or added. */

/** A line of both texts, of the older only, or of the newer only. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new'
  readonly text: string
}

/** Most pairs of lines to compare. The diff shows a larger difference as one replacement. */
const PAIRS_MAX = 4_000_000

export function lineDiff(older: string, newer: string): DiffLine[] {
  const a = linesOf(older)
  const b = linesOf(newer)
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++
  }
  const as =
    (kind: DiffLine['kind']) =>
    (text: string): DiffLine => ({ kind, text })
  return [
    ...a.slice(0, start).map(as('same')),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(as('same')),
  ]
}

/** The line break at the end of a text ends its last line and begins none. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const all: DiffLine[] = []
  const width = b.length + 1
  const isTooMuch = a.length * b.length > PAIRS_MAX
  // For each pair of positions: length of the longest common subsequence of both rests.
  const common = new Uint16Array(isTooMuch ? 0 : (a.length + 1) * width)
  for (let i = a.length - 1; i >= 0 && !isTooMuch; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j
      common[at] =
        a[i] === b[j]
          ? (common[at + width + 1] as number) + 1
          : Math.max(common[at + width] as number, common[at + 1] as number)
    }
  }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const at = i * width + j
    if (!isTooMuch && i < a.length && j < b.length && a[i] === b[j]) {
      all.push({ kind: 'same', text: a[i] as string })
      i++
      j++
    } else if (
      i < a.length &&
      (j === b.length || isTooMuch || (common[at + width] as number) >= (common[at + 1] as number))
    ) {
      all.push({ kind: 'gone', text: a[i++] as string })
    } else {
      all.push({ kind: 'new', text: b[j++] as string })
    }
  }
  return all
}
