/**
 * Parameters that run code when they are bound: defaults, patterns. That code must not run before the function has paid, or a function
 * could call itself in there for ever. So such parameters become plain ones, and are bound afterwards: at the start of the body, or,
 * where the body would be too late (generators) or would take names from them, in a pattern behind all parameters:
 *
 *   function f({ a }, b = g()) { … }     function f(p0, p1 = void 0) { pay; let { a } = p0; let { v: b = g() } = { v: p1 }; { … } }
 *   function* f({ a }) { … }             function* f(p0, ...{ x: z = pay, x: { a } = p0, x: y = give back }) { … }
 *
 * The length of the function, the names of functions among the defaults, the order, and what sees which variable stay as they are.
 */
import type { AnyNode, AssignmentPattern, Function as FunctionNode, Pattern } from 'acorn'
import { meteredName } from './expressions/patterns.ts'
import { skipBlank } from './source/blank.ts'
import { fuelPerWord } from './source/limits.ts'
import type { Names } from './source/names.ts'
import { childrenOf, ScriptProblem } from './source/parse.ts'
import { burns, enters, type Frame, type Pass } from './source/pass.ts'
import { isInertParameter } from './source/purity.ts'

/** Where the instrumented function binds its parameters. */
export type Place = 'body' | 'parameters'

/** Null if the parameters can stay. @throws ScriptProblem for a rare form that cannot be moved */
export function placeOfParameters(
  node: FunctionNode,
  frame: Frame,
  isSetter: boolean,
): Place | null {
  // A generator's body runs later or never, but its object is made at once. So the generator pays among its parameters.
  if (frame.isGenerator) return 'parameters'
  if (firstMoved(node) === -1) return null
  const clash = node.params.map((parameter) => clashOf(parameter, frame)).find(Boolean)
  if (clash === undefined || clash === null) return 'body'
  const hasRest = node.params.at(-1)?.type === 'RestElement'
  if (isSetter || (hasRest && node.type === 'ArrowFunctionExpression')) {
    throw new ScriptProblem(
      'refused',
      `the name ${clash.name} is used in the parameters and declared with var in the body: use another name for one of them`,
      clash.start,
    )
  }
  return 'parameters'
}

/** A name among the parameters that the body also declares with `var`. */
function clashOf(node: AnyNode, frame: Frame): { name: string; start: number } | null {
  if (node.type === 'Identifier') return frame.variables.has(node.name) ? node : null
  for (const child of childrenOf(node)) {
    const clash = clashOf(child, frame)
    if (clash !== null) return clash
  }
  return null
}

/** Index of the first parameter that runs code. The parameters before it stay; those after it must not be bound too early. */
function firstMoved(node: FunctionNode): number {
  return node.params.findIndex((parameter) => !isInertParameter(parameter))
}

/** Index of the first bound parameter. A rest parameter is bound after the payment, which takes its place. */
function firstBound(node: FunctionNode): number {
  const first = firstMoved(node)
  return first === -1 && node.params.at(-1)?.type === 'RestElement' ? node.params.length - 1 : first
}

/** End of the last moved parameter. */
export function lastMoved(node: FunctionNode): number {
  return boundPart(node.params.at(-1) as Pattern).end
}

function boundPart(parameter: Pattern): Pattern {
  return parameter.type === 'RestElement' ? parameter.argument : parameter
}

/** Fuel that a function's entry adds for its argument lists; none where `names.rest` pays. */
export function fuelOfArguments(
  { names }: Pass,
  node: FunctionNode,
  frame: Frame,
  place: Place | null,
): string {
  const isOwn = frame.usesArguments && node.type !== 'ArrowFunctionExpression'
  const last = node.params.at(-1)
  const added = isOwn ? `+${fuelPerWord}*arguments.length` : ''
  if (last?.type !== 'RestElement' || place === 'parameters') return added
  const { argument } = last
  const isMoved = place === 'body' || argument.type !== 'Identifier'
  const name = isMoved ? `${names.parameter}${node.params.length - 1}` : argument.name
  return `${added}+${fuelPerWord}*${name}.length`
}

/** Moves the parameters to an offset in the body. Text that was inserted there before precedes them. */
export function bindInBody(pass: Pass, node: FunctionNode, offset: number): void {
  const { text, names } = pass
  const first = firstMoved(node)
  for (let i = first; i < node.params.length; i++) {
    const parameter = node.params[i] as Pattern
    const part = boundPart(parameter)
    const name = `${names.parameter}${i}`
    text.appendLeft(part.start, part.type === 'AssignmentPattern' ? `${name}=void 0` : name)
    text.prependRight(part.start, 'let ')
    bind(pass, part, name)
    text.appendLeft(part.end, ';')
    text.move(part.start, part.end, offset)
  }
}

/** Binds the parameters in a pattern after all of them. */
export function bindInParameters(
  pass: Pass,
  node: FunctionNode,
  frame: Frame,
  fuel: number | string,
): void {
  const { text, names } = pass
  const { depth } = frame
  const key = names.parameter
  const first = firstBound(node)
  if (first === -1) {
    payInRest(pass, node, frame, fuel)
    return
  }
  const plain: string[] = []
  for (let i = first; i < node.params.length; i++) {
    const parameter = node.params[i] as Pattern
    if (parameter.type === 'RestElement') {
      text.remove(parameter.start, parameter.argument.start)
      text.prependRight(parameter.argument.start, `${key}:`)
      text.appendLeft(parameter.end, `=${names.rest}(arguments,${i})`)
      continue
    }
    const name = `${key}${i}`
    plain.push(parameter.type === 'AssignmentPattern' ? `${name}=void 0` : name)
    if (i > first) text.prependRight(parameter.start, `${key}:`)
    bind(pass, parameter, name)
  }
  const pay = `${key}:${names.value}=(${enters(names, fuel, depth)})&&${names.out}()${placesOf(names, frame)}`
  const start = (node.params[first] as Pattern).start
  const isRest = node.params[first]?.type === 'RestElement'
  plain.push(`...{${pay},${isRest ? '' : `${key}:`}`)
  text.prependRight(start, plain.join(','))
  const end = (node.params.at(-1) as Pattern).end
  const giveBack = frame.isGenerator ? `,${key}:${key}y=${names.meter}[1]+=${depth}` : ''
  text.appendLeft(end, `${giveBack}}`)
  const comma = trailingComma(pass.source, end)
  if (comma !== -1) text.remove(comma, comma + 1)
}

/** Declares, among the parameters, the variables for targets of writes. */
function placesOf({ parameter }: Names, { places }: Frame): string {
  return places
    .map((name) => `,${parameter}:${name}${name.includes('=') ? '' : '=void 0'}`)
    .join('')
}

/** Parameters that run no code stay. The payment stands after them. */
function payInRest(
  { text, names, source }: Pass,
  node: FunctionNode,
  frame: Frame,
  fuel: number | string,
): void {
  const pay = `${names.parameter}:${names.value}=(${burns(names, fuel)})&&${names.out}()`
  const rest = `...{${pay}${placesOf(names, frame)}}`
  removeDirectives(text, node)
  const last = node.params.at(-1)
  if (last === undefined) {
    text.appendLeft(openingBracket(source, node) + 1, rest)
    return
  }
  const comma = trailingComma(source, last.end)
  text.appendLeft(comma === -1 ? last.end : comma + 1, comma === -1 ? `,${rest}` : rest)
}

/** Offset of the parenthesis of a generator's empty parameter list. */
function openingBracket(source: string, { start, id }: FunctionNode): number {
  if (id) return skipBlank(source, id.end)
  let offset = start
  for (const word of ['async', 'function', '*']) {
    if (source.startsWith(word, offset)) offset = skipBlank(source, offset + word.length)
  }
  return offset
}

/** Removes directives. The language forbids them next to such parameters, and the code is strict anyway. */
function removeDirectives(text: Pass['text'], { body }: FunctionNode): void {
  if (body.type !== 'BlockStatement') return
  for (const statement of body.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return
    if (statement.directive === 'use strict')
      text.overwrite(statement.expression.start, statement.expression.end, '0')
  }
}

/** Completes `pattern` to a binding of the value of `name`. */
function bind(pass: Pass, pattern: Pattern, name: string): void {
  const source = meteredName(pass, pattern, name)
  if (pattern.type === 'AssignmentPattern') bindDefault(pass.text, pattern, source)
  else pass.text.appendLeft(pattern.end, `=${source}`)
}

/** Binds through an object, so that a function as default value gets its name. */
function bindDefault(text: Pass['text'], pattern: AssignmentPattern, value: string): void {
  // Inserted after the `let ` or the key that stands before the pattern.
  text.appendRight(pattern.start, '{v:')
  text.appendLeft(pattern.end, `}={v:${value}}`)
}

/** Offset of a comma after the last parameter; -1 if there is none. Spaces and comments may stand between. */
function trailingComma(source: string, end: number): number {
  const offset = skipBlank(source, end)
  return source[offset] === ',' ? offset : -1
}
