/** TypeScript declarations of a service's methods, for the type argument of `connect`. */
import { safeJson } from '../../output/terminal-text.ts'
import {
  type ExportedFunction,
  type Parameter,
  readExports,
  type ScriptText,
} from './exported-functions.ts'
import { type Doc, type DocField, readDoc } from './jsdoc.ts'

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

/** Words that cannot be the name of a function. */
const RESERVED = new Set(
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
)

/**
 * The text with the declarations of a script's methods. `methods` are their names, if the host gave them; null takes those in the
 * script's text. Throws SyntaxError.
 */
export function declareMethods(
  source: string,
  title: string,
  methods: readonly string[] | null,
): string {
  const script = readExports(source)
  const named = new Set<string>()
  for (const comment of script.comments) {
    const { typedef } = readDoc(comment, named)
    if (typedef) named.add(typedef.name)
  }
  const found = new Map(script.functions.map((known) => [known.name, known]))
  const names = (methods ?? [...found.keys()]).filter((name) => name !== 'init')
  const parts = [
    `// The methods of ${safeJson(title)}, as \`vms types\` found them. A call always gives a promise.`,
    ...typedefs(script, named),
    ...names.map((name, i) => declare(name, i, found.get(name) ?? null, named)),
  ]
  return `${parts.join('\n\n')}\n\nexport {}\n`
}

function typedefs({ comments }: ScriptText, named: ReadonlySet<string>): string[] {
  return comments.flatMap((comment) => {
    const { typedef, text } = readDoc(comment, named)
    if (!typedef) return []
    const fields = typedef.fields.map(
      ({ name, type, optional }) => `  ${name}${optional ? '?' : ''}: ${type}`,
    )
    return [`${docOf(text)}export interface ${typedef.name} {\n${fields.join('\n')}\n}`]
  })
}

function declare(
  name: string,
  number: number,
  known: ExportedFunction | null,
  named: ReadonlySet<string>,
): string {
  const doc = known?.comment ? readDoc(known.comment, named) : null
  const parameters = known
    ? known.parameters.map((one, i) => parameter(one, i, doc))
    : ['...args: unknown[]']
  const returns = promised(doc?.returns ?? 'unknown')
  const plain = IDENTIFIER.test(name) && !RESERVED.has(name)
  const own = plain ? name : `method${number}`
  const declaration = `${docOf(doc?.text ?? '')}${plain ? 'export ' : ''}declare function ${own}(${parameters.join(', ')}): ${returns}`
  return plain ? declaration : `${declaration}\nexport { ${own} as ${safeJson(name)} }`
}

function parameter({ name, optional, rest }: Parameter, i: number, doc: Doc | null): string {
  const field: DocField | undefined =
    doc?.params.find((param) => param.name === name) ?? (name === null ? doc?.params[i] : undefined)
  const own = name ?? field?.name ?? `argument${i}`
  if (rest) return `...${own}: ${field?.type.endsWith('[]') ? field.type : 'unknown[]'}`
  return `${own}${optional || field?.optional ? '?' : ''}: ${field?.type ?? 'unknown'}`
}

const promised = (type: string): string => (/^Promise\s*</.test(type) ? type : `Promise<${type}>`)

/** A JSDoc comment with `text`, which cannot end the comment. */
function docOf(text: string): string {
  if (text === '') return ''
  const lines = text.replaceAll('*/', '* /').split('\n')
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`
}
