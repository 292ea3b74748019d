/** Calls in the comments of a script: `@example RSVP(true, 'for the cake')` above a method, or anywhere else. */
import { type AnyNode, parseExpressionAt } from 'acorn'
import { parse as parseComments } from 'comment-parser'
import { propertyName } from './analysis.ts'

export interface ExampleCall {
  readonly method: string
  readonly args: readonly unknown[]
}

/** The calls of all `@example` lines with plain values as arguments. Ignores other text in examples. */
export function exampleCalls(source: string): ExampleCall[] {
  const blocks = parseComments(source, { spacing: 'preserve' })
  return blocks
    .flatMap(({ tags }) => tags)
    .filter(({ tag }) => tag === 'example')
    .flatMap(({ name, type, description, source: lines }) => {
      // The whole text after the tag is code, although the parser takes parts of it for a type and a name.
      const text = lines.map(({ tokens }) => tokens.name + tokens.postName + tokens.description)
      return text.length > 0 ? text : [`${type}${name}${description}`]
    })
    .flatMap(callIn)
}

function callIn(line: string): ExampleCall[] {
  const text = line.trim().replace(/^(?:(?:(?:const|let|var)\s+)?[\w$]+\s*=\s*)?(?:await\s+)?/, '')
  if (!/^[\w$.]+\s*\(/.test(text)) return []
  try {
    const call = parseExpressionAt(text, 0, { ecmaVersion: 'latest' }) as AnyNode
    if (call.type !== 'CallExpression') return []
    const callee = call.callee as AnyNode
    // `RSVP(…)`, `exports.RSVP(…)`, `client.RSVP(…)`.
    const method = callee.type === 'Identifier' ? callee.name : propertyName(callee)
    if (method === null) return []
    return [{ method, args: call.arguments.map((argument) => literalValue(argument as AnyNode)) }]
  } catch {
    // The text is no code, or has other values: an example for people.
    return []
  }
}

/** The value of a literal. @throws TypeError for an expression that would have to run */
function literalValue(node: AnyNode): unknown {
  switch (node.type) {
    case 'Literal':
      if ('regex' in node) break
      return 'bigint' in node && node.bigint ? BigInt(node.bigint) : node.value
    case 'TemplateLiteral':
      if (node.expressions.length > 0) break
      return node.quasis[0]?.value.cooked
    case 'Identifier':
      if (node.name in CONSTANTS) return CONSTANTS[node.name]
      break
    case 'UnaryExpression':
      if (node.operator !== '-') break
      return -(literalValue(node.argument as AnyNode) as number)
    case 'ArrayExpression':
      return node.elements.map((element) => literalValue(element as AnyNode))
    case 'ObjectExpression':
      return Object.fromEntries(node.properties.map((property) => entryOf(property as AnyNode)))
    case 'NewExpression':
      return constructed(node)
    default:
  }
  throw new TypeError(`no plain value: ${node.type}`)
}

const CONSTANTS: Readonly<Record<string, unknown>> = {
  undefined,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
}

function entryOf(property: AnyNode): [string, unknown] {
  if (property.type !== 'Property' || property.computed || property.kind !== 'init')
    throw new TypeError('no plain property')
  const key = property.key as AnyNode
  const name = key.type === 'Identifier' ? key.name : String((key as { value?: unknown }).value)
  return [name, literalValue(property.value as AnyNode)]
}

function constructed(node: AnyNode & { type: 'NewExpression' }): unknown {
  const name = node.callee.type === 'Identifier' ? node.callee.name : ''
  const args = node.arguments.map((argument) => literalValue(argument as AnyNode))
  switch (name) {
    case 'Uint8Array':
      return new Uint8Array(args[0] as number)
    case 'Date':
      return new Date(args[0] as number)
    case 'Map':
      return new Map(args[0] as [unknown, unknown][])
    case 'Set':
      return new Set(args[0] as unknown[])
    default:
      throw new TypeError(`no plain value: new ${name}`)
  }
}
