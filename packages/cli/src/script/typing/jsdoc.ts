/**
 * Reads types from the JSDoc comments of a script. A stranger may have written them, and they become part of somebody's program.
 * So only plain types pass; any other text becomes `unknown`.
 */

/** A parameter or a property of a defined type. */
export interface DocField {
  readonly name: string
  readonly type: string
  readonly optional: boolean
}

/** The content of a comment. */
export interface Doc {
  readonly text: string
  readonly params: readonly DocField[]
  readonly returns: string | null
  readonly typedef: { readonly name: string; readonly fields: readonly DocField[] } | null
}

/** Names of types that may stand in a declaration, beside those of the script. */
const KNOWN = new Set(
  'any array bigint boolean false never null number object string true undefined unknown void Array Date Map Partial Promise ReadonlyArray Record Set Uint8Array'.split(
    ' ',
  ),
)

const TAG = /^@(\w+)\s*/

/** Reads a comment, without its `/*`. `defined` are the names of the script's own types. */
export function readDoc(comment: string, defined: ReadonlySet<string>): Doc {
  const lines = comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
  const first = lines.findIndex((line) => TAG.test(line.trimStart()))
  const text = lines
    .slice(0, first === -1 ? lines.length : first)
    .join('\n')
    .trim()
  const params: DocField[] = []
  const fields: DocField[] = []
  let returns: string | null = null
  let name: string | null = null
  for (const line of first === -1 ? [] : lines.slice(first)) {
    const tag = TAG.exec(line.trimStart())?.[1]
    if (!tag) continue
    const { type, rest } = bracketed(line.trimStart().replace(TAG, ''))
    if (tag === 'param' || tag === 'property') {
      const field = fieldOf(rest, plainType(type, defined))
      if (field) (tag === 'param' ? params : fields).push(field)
    } else if (tag === 'returns' || tag === 'return') returns = plainType(type, defined)
    else if (tag === 'typedef') name = /^[A-Za-z_$][\w$]*/.exec(rest)?.[0] ?? null
  }
  return { text, params, returns, typedef: name === null ? null : { name, fields } }
}

/** Splits `{type} rest`, where the type may have braces inside. */
function bracketed(line: string): { type: string; rest: string } {
  if (!line.startsWith('{')) return { type: '', rest: line }
  let depth = 0
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '{') depth++
    if (line[i] === '}' && --depth === 0) {
      return { type: line.slice(1, i).trim(), rest: line.slice(i + 1).trim() }
    }
  }
  return { type: '', rest: '' }
}

function fieldOf(rest: string, type: string): DocField | null {
  const optional = rest.startsWith('[')
  const name = /^\[?\s*([A-Za-z_$][\w$]*)/.exec(rest)?.[1]
  // For `options.name`, the object itself is already a field.
  if (name === undefined || /^\[?\s*[\w$]+\./.test(rest)) return null
  return { name, type, optional }
}

/** A plain type in TypeScript's spelling; `unknown` for any other text. */
function plainType(text: string, defined: ReadonlySet<string>): string {
  const type = text
    .replace(/^\*$/, 'unknown')
    .replace(/^\?(.+)$/, '$1 | null')
    .replace(/=$/, '')
    .replace(/\.</g, '<')
    .replace(/\bObject\b/g, 'object')
  const tokens =
    type.match(/[A-Za-z_$][\w$]*|"[\w .-]*"|'[\w .-]*'|\d+|[[\]<>{}|,:?;()&]|\s+|./gsu) ?? []
  const plain = tokens.every(
    (token, i) =>
      /^(?:"[\w .-]*"|'[\w .-]*'|\d+|[[\]<>{}|,:?;()&]|\s+)$/.test(token) ||
      KNOWN.has(token) ||
      defined.has(token) ||
      // The name of a property: `{ a: string }`.
      (/^[A-Za-z_$]/.test(token) && /^\s*\??:/.test(tokens.slice(i + 1).join(''))),
  )
  return plain && isBalanced(type) && type !== '' ? type : 'unknown'
}

function isBalanced(type: string): boolean {
  const open: string[] = []
  const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{', '>': '<' }
  for (const character of type) {
    if ('([{<'.includes(character)) open.push(character)
    const match = pairs[character]
    if (match !== undefined && open.pop() !== match) return false
  }
  return open.length === 0
}
