/** The name that a person probably meant. */

/** Two names are alike if the changes are at most this share of the longer name. */
const CHANGED_MAX = 0.4

/** The one of `names` that is most like `name`; null if none is like it. Upper and lower case are alike. */
export function nearest(name: string, names: readonly string[]): string | null {
  let best: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  for (const known of names) {
    const longer = Math.max(known.length, name.length)
    // So different a length alone takes more changes.
    if (longer > LONGEST || Math.abs(known.length - name.length) > longer * CHANGED_MAX) continue
    const changes = distance(name.toLowerCase(), known.toLowerCase())
    if (changes <= longer * CHANGED_MAX && changes < fewest) {
      fewest = changes
      best = known
    }
  }
  return best
}

/** Most characters of a name to compare, because the work grows with their square. */
const LONGEST = 100

/** The number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (Damerau and Levenshtein). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (row[j - 1] as number) + 1,
        (last[j] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
        swapped ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = row
  }
  return last[b.length] as number
}

/** The end of an error about a name that is not one of `names`: `; did you mean RSVP?`, or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const meant = names.includes(name) ? null : nearest(name, names)
  return meant === null ? '' : `; did you mean ${meant}?`
}
