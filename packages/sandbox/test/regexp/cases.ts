/** Patterns and texts made at random from a seed: all of the syntax, in both its old and its strict form. */

export interface Case {
  readonly pattern: string
  readonly flags: string
  readonly text: string
}

const atoms = ['a', 'b', 'c', 'A', 'é']
const classes = '[ab] [^a] [a-c] [A-Z] \\w \\d \\s . \\W [^] \\x61 \\u0062 [\\w-]'.split(' ')
const edges = ['^', '$', '\\b', '\\B']
const unicodeAtoms = ['\\u{1F600}', '\\p{L}', '\\P{Lu}', '[\\p{Ll}0]', '\\ud83d\\ude00', '😀']
const oldAtoms = ['\\1', '\\07', '\\8', '{', '}', ']', '\\c', '\\q', '\\u12', '\\ud83d']
const quantifiers = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}', '{0}']
const flagSets = [
  '',
  '',
  'i',
  'u',
  'iu',
  'm',
  's',
  'g',
  'y',
  'gy',
  'd',
  'v',
  'gu',
  'gi',
  'yu',
  'vi',
]
const plainTexts = [
  '',
  'a',
  'ab',
  'aab',
  'abcabc',
  'aaaa b',
  'Ab1, aB',
  'a\nb\na',
  'ba-ab ,1',
  'cabbage',
  'aabbaabb',
]
const astralTexts = ['é😀a', '😀😀b', '\ud83da']

export function makeCases(seed: number, count: number): Case[] {
  let state = seed
  let groups = 0
  const below = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % limit
  }
  const pick = (list: readonly string[]) => list[below(list.length)] as string

  function atom(depth: number, isUnicode: boolean): string {
    switch (below(depth > 0 ? 16 : 9)) {
      case 0:
      case 1:
        return pick(atoms)
      case 2:
        return pick(classes)
      case 3:
        return pick(edges)
      case 5:
        return groups > 0 ? `\\${1 + below(groups)}` : 'a'
      case 6:
        return pick(isUnicode ? unicodeAtoms : oldAtoms)
      case 7:
        return pick(['ab', 'ba', 'aa'])
      case 8:
        return pick(['-', ',', ' ', '1'])
      case 9:
      case 10:
        groups += 1
        return `(${choice(depth - 1, isUnicode)})`
      case 11:
        return `(?:${choice(depth - 1, isUnicode)})`
      case 12:
        return `(?=${choice(depth - 1, isUnicode)})`
      case 13:
        return `(?!${choice(depth - 1, isUnicode)})`
      case 14:
        return `${pick(['(?<=', '(?<!'])}${choice(depth - 1, isUnicode)})`
      case 15:
        groups += 1
        return `(?<n${groups}>${choice(depth - 1, isUnicode)})`
      default:
        return pick(['a', 'b'])
    }
  }
  function sequence(depth: number, isUnicode: boolean): string {
    let text = ''
    for (let i = below(4); i >= 0; i--)
      text += atom(depth, isUnicode) + (below(3) === 0 ? pick(quantifiers) : '')
    return text
  }
  function choice(depth: number, isUnicode: boolean): string {
    let text = sequence(depth, isUnicode)
    while (below(4) === 0) text += `|${sequence(depth, isUnicode)}`
    return text
  }

  const cases: Case[] = []
  while (cases.length < count) {
    groups = 0
    const flags = pick(flagSets)
    const pattern = choice(3, /[uv]/.test(flags))
    if (!isValid(pattern, flags)) continue
    // V8 finds empty matches in the middle of a pair, where the specification has none.
    const canBeEmpty =
      new RegExp(`^(?:${pattern})$`, flags.replace(/[gy]/g, '')).test('') ||
      /\(\?|\\[bB\d]/.test(pattern)
    const texts = canBeEmpty ? plainTexts : [...plainTexts, ...astralTexts]
    cases.push({ pattern, flags, text: pick(texts) + pick(texts) })
  }
  return cases
}

function isValid(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags)
    return true
  } catch {
    return false
  }
}
