/**
 * Places with computed names that are written to. What lies far behind the end of an array, a length and a prototype have a price that
 * only the name tells, so something else may be written to instead, which pays:
 *
 *   a[i] = b            (a, i < bound && a === last || i < near ? a : (bound = boundFor(a, i), last = a))[i] = b
 *                       if `i` is a number; else (a, owner(a, i))[i] = b
 *   f().a[i + 1] = b    the same with variables, (o = f().a, k = i + 1, …)[k] = b
 */
import type { AnyNode, MemberExpression } from 'acorn'
import { skipBlank } from '../source/blank.ts'
import { childrenOf } from '../source/parse.ts'
import { type Frame, type Pass, wrap } from '../source/pass.ts'

/** Properties that every object may have free of charge. runtime/metering/computed-keys.js has the same value. */
const near = 16

/** Words of a literal's property with a numeric name: storage for that many items and half of them again. */
export function wordsOfIndex(key: AnyNode): number {
  if (key.type !== 'Literal' || typeof key.value !== 'number') return 0
  return key.value > near && key.value < 2 ** 32 ? Math.ceil(1.5 * Math.min(key.value, 1_024)) : 0
}

/** Text around the target of a write at a number. */
export interface Hold {
  readonly before: string
  readonly after: string
}
const nothing: Hold = { before: '', after: '' }

/** Guards a target after both parts have been visited. Returns false for a target that needs a stand-in object. */
export function guardPlace(
  pass: Pass,
  node: MemberExpression,
  frame: Frame,
  hold: Hold = nothing,
): boolean {
  const { object, property } = node
  if (!node.computed || object.type === 'Super') return true
  if (isPlainName(property)) {
    if (hold !== nothing && property.type === 'Literal' && typeof property.value === 'number') {
      pass.brackets.add(node.start)
      wrap(pass, object, `(${hold.before}`, `${hold.after})`)
    }
    return true
  }
  if (writesPlaces(property)) return false
  const { text, names, source } = pass
  pass.brackets.add(node.start)
  if (isSimple(object) && isSimple(property)) {
    text.prependRight(object.start, '(')
    text.appendLeft(
      object.end,
      `,${hold.before}${guard(pass, frame, source.slice(object.start, object.end), source.slice(property.start, property.end))}${hold.after})`,
    )
    return true
  }
  const { owner, key } = names
  if (!frame.places.includes(owner)) frame.places.push(owner, key)
  const bracket = openingBracket(source, node)
  text.prependRight(node.start, `(${owner}=(`)
  text.overwrite(bracket, bracket + 1, `),${key}=(`, { contentOnly: true })
  const after = `),${hold.before}${guard(pass, frame, owner, key)}${hold.after})[${key}]`
  text.overwrite(node.end - 1, node.end, after, { contentOnly: true })
  return true
}

/** A variable records up to which index the last object written to has paid. */
function guard({ names, sites }: Pass, frame: Frame, owner: string, name: string): string {
  sites.count += 1
  const last = `${names.owner}${sites.count}`
  const bound = `${names.key}${sites.count}`
  frame.places.push(last, `${bound}=0`)
  const isPaid = `${name}<${bound}&&${owner}===${last}||${name}<${near}`
  const pays = `(${bound}=${names.boundFor}(${owner},${name}),${last}=${owner})`
  return `typeof ${name}==='number'?${isPaid}?${owner}:${pays}:${names.ownerFor}(${owner},${name})`
}

/** Offset of the bracket around a computed name. The object before it may be in parentheses. */
export function openingBracket(
  source: string,
  { object, property }: Pick<MemberExpression, 'object' | 'property'>,
): number {
  let bracket = skipBlank(source, object.end)
  while (source[bracket] === ')') bracket = skipBlank(source, bracket + 1)
  if (source[bracket] !== '[' || bracket >= property.start) throw new Error('a place without a [')
  return bracket
}

/** Whether reading an expression again gives the same value and runs no code. */
export function isSimple(node: AnyNode): boolean {
  return node.type === 'Identifier' || node.type === 'ThisExpression' || node.type === 'Literal'
}

/** Whether a name costs nothing in every object. */
export function isPlainName(node: AnyNode): boolean {
  if (node.type !== 'Literal') return false
  const { value } = node
  if (typeof value === 'number') return value <= near
  return typeof value === 'string' && !/^(?:\d|length$|prototype$)/.test(value)
}

/** Whether a node uses the variables of a guard. */
function writesPlaces(node: AnyNode): boolean {
  switch (node.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return false
    case 'AssignmentExpression':
      return true
    case 'UpdateExpression':
      return node.argument.type === 'MemberExpression'
    default:
      return childrenOf(node).some(writesPlaces)
  }
}
