/** Functions: the entry charges fuel and takes depth, and every exit gives the depth back. */
import type { AnyNode, BlockStatement, Function as FunctionNode, Program, StaticBlock } from 'acorn'
import {
  bindInBody,
  bindInParameters,
  fuelOfArguments,
  lastMoved,
  type Place,
  placeOfParameters,
} from './parameters.ts'
import { skipBlank } from './source/blank.ts'
import { depthOf, slotsOf } from './source/frame-size.ts'
import { hoistShared, removeRepeated } from './source/hoist.ts'
import { largestInStrip } from './source/limits.ts'
import { markOf } from './source/marks.ts'
import {
  charging,
  deepening,
  enters,
  entersFrom,
  Frame,
  fuelOf,
  type Pass,
  paying,
  turning,
  unitsOf,
} from './source/pass.ts'
import { isInertFunction } from './source/purity.ts'

/** Words that calling takes, besides what the code allocates: objects of generators and promises. */
const wordsOfGenerator = 72
const wordsOfAsync = 32
/** Words of the `arguments` object, without its items. */
const wordsOfArguments = 8

export interface FunctionOptions {
  /** Values of frames that the engine puts on top of the function's own: initialisers of fields. */
  readonly extraSlots?: number
  /** Words that the engine allocates before the function's code runs: fields of an instance. */
  readonly extraWords?: number
  readonly isSetter?: boolean
  /** The node whose text `toString` shows, if it is another one: a method's text begins with its name. */
  readonly written?: AnyNode
  /** The node that the engine takes for the function's text: for a constructor, the class. */
  readonly whole?: AnyNode
}

export function visitFunction(
  pass: Pass,
  node: FunctionNode,
  outer: Frame,
  {
    extraSlots = 0,
    extraWords = 0,
    isSetter = false,
    written = node as AnyNode,
    whole = node as AnyNode,
  }: FunctionOptions = {},
): void {
  const slots = slotsOf([...node.params, node.body]) + 2 * node.params.length + extraSlots
  const frame = new Frame(node.async, node.generator, depthOf(slots), unitsOf(whole))
  // A closure and, often, its context.
  outer.words += node.type === 'ArrowFunctionExpression' ? 12 : 20
  outer.hasClosures = true
  if (node.id) outer.bindings += 1
  frame.words = frame.wordsOfPart(() => {
    for (const parameter of node.params) pass.visit(parameter, frame)
    frame.bindings += node.params.length
    if (node.body.type === 'BlockStatement') visitBlock(pass, node.body, frame)
    else pass.visit(node.body, frame)
  })
  frame.words += extraWords
  if (frame.isGenerator) frame.words += wordsOfGenerator
  if (frame.isAsync) frame.words += wordsOfAsync
  if (frame.usesArguments) frame.words += wordsOfArguments
  outer.usesArguments ||= frame.usesArguments && node.type === 'ArrowFunctionExpression'
  const mark = markOf(pass, written)
  if (isInertFunction(node) && !frame.hasLoops) {
    const fuel = fuelOf(frame.words) + fuelOfArguments(pass, node, frame, null)
    openBody(
      pass,
      node,
      charging(pass.names, fuel) + (frame.usesValue ? `let ${pass.names.value};` : ''),
      null,
    )
    closeBody(pass, node, mark, null)
    return
  }
  const place = placeOfParameters(node, frame, isSetter)
  const fuel = fuelOf(frame.words) + fuelOfArguments(pass, node, frame, place)
  const { open, close } = around(pass, frame, fuel, place)
  if (place === 'parameters') bindInParameters(pass, node, frame, fuel)
  if (place === 'body') bindInBody(pass, node, bodyStart(pass, node))
  // A block of its own, because the parameters' expressions must not see the body's declarations.
  const isBraced = place === 'body' && node.body.type === 'BlockStatement'
  openBody(pass, node, open, place)
  if (isBraced) pass.text.appendLeft(lastMoved(node), '{')
  closeBody(pass, node, (isBraced ? '}' : '') + close + mark, place)
}

/** The script itself, and static blocks. */
export function visitBody(pass: Pass, node: Program | StaticBlock): void {
  const frame = new Frame(false, false, depthOf(slotsOf([node])), unitsOf(node))
  visitBlock(pass, node, frame)
  const { open, close } = around(pass, frame, fuelOf(frame.words), null)
  if (node.type === 'Program') {
    pass.text.appendLeft(endOfDirectives(node.body, node.start), `;${open}`)
    pass.text.append(`\n${close}`)
    return
  }
  const brace = skipBlank(pass.source, node.start + 'static'.length)
  pass.text.appendLeft(brace + 1, open)
  pass.text.appendLeft(node.end - 1, close)
}

/** The text before and after a function's code. */
function around(
  { names }: Pass,
  frame: Frame,
  fuel: number | string,
  place: Place | null,
): { open: string; close: string } {
  const { meter, turns, held, value, start } = names
  const { depth } = frame
  const locals: string[] = []
  const ends: string[] = []
  let entry = ''
  if (place === 'parameters') {
    if (frame.isGenerator) entry = deepening(names, depth)
  } else if (frame.suspends) entry = `if(${enters(names, fuel, depth)})throw ${names.out}();`
  else
    entry = `const ${start}=${meter}[1];if(${entersFrom(names, fuel, depth)})throw ${names.out}();`
  if (frame.suspends) {
    locals.push(`${held}=${depth}`)
    ends.push(`${meter}[1]+=${held}`)
  } else if (place === 'parameters') ends.push(`${meter}[1]+=${depth}`)
  else ends.push(`${meter}[1]=${start}`)
  // Among parameters, the local is one of them.
  if ((frame.suspends || frame.usesValue) && place !== 'parameters') locals.push(value)
  if (place !== 'parameters') locals.push(...frame.places)
  if (frame.hasLoops) {
    locals.push(`${turns}=0`)
    ends.push(`${meter}[0]-=${turns}`)
  }
  const declared = locals.length === 0 ? '' : `let ${locals.join(',')};`
  return {
    open: `${entry}${declared}try{`,
    close: `}${paying(names, frame)}finally{${ends.join(';')}}`,
  }
}

/** Offset at which the first text of the body is inserted. */
function bodyStart(pass: Pass, node: FunctionNode): number {
  if (node.body.type === 'BlockStatement')
    return endOfDirectives(node.body.body, node.body.start + 1)
  return arrowBefore(pass, node.body.start)
}

function openBody(pass: Pass, node: FunctionNode, open: string, place: Place | null): void {
  const at = bodyStart(pass, node)
  if (node.body.type === 'BlockStatement') {
    pass.text.appendLeft(at, at === node.body.start + 1 ? open : `;${open}`)
    return
  }
  pass.text.appendLeft(at, `{${open}`)
  if (place === 'body') pass.text.appendLeft(lastMoved(node), 'return(')
  else pass.text.appendLeft(at, 'return(')
}

function closeBody(pass: Pass, node: FunctionNode, close: string, place: Place | null): void {
  const end = node.body.end - 1
  // In an empty body, the moved parameters stand before the end.
  if (node.body.type !== 'BlockStatement') pass.text.appendLeft(node.end, `)${close}}`)
  else if (place === 'body' && bodyStart(pass, node) === end)
    pass.text.appendLeft(lastMoved(node), close)
  else pass.text.appendLeft(end, close)
}

function endOfDirectives(body: readonly AnyNode[], start: number): number {
  let end = start
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) break
    end = statement.end
  }
  return end
}

/** End of the last `=>` before an offset. */
function arrowBefore({ arrows }: Pass, offset: number): number {
  let low = 0
  let high = arrows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((arrows[middle] as number) <= offset) low = middle + 1
    else high = middle
  }
  return arrows[low - 1] as number
}

function visitBlock(pass: Pass, node: BlockStatement | Program | StaticBlock, frame: Frame): void {
  const dead = removeRepeated(pass, node)
  for (const statement of node.body) if (!dead.has(statement)) pass.visit(statement, frame)
  hoistShared(pass, node, frame)
}

interface TurnOptions {
  readonly mayOnlyCount?: boolean
  /** Words that a turn takes in the loop's test and head. */
  readonly words?: number
  /** Variables of the head. Each turn has its own. */
  readonly bindings?: number
}

/** A loop's body: each turn counts. Returns whether the turn only counts, as small turns may. */
export function visitLoopBody(
  pass: Pass,
  body: AnyNode,
  frame: Frame,
  { mayOnlyCount = false, words = 0, bindings = 0 }: TurnOptions = {},
): boolean {
  frame.hasLoops = true
  const inside = frame.wordsOfPart(() => {
    pass.visit(body, frame)
    frame.bindings += bindings
  })
  const fuel = fuelOf(words + inside)
  const onlyCounts = mayOnlyCount && fuel <= largestInStrip
  const count = onlyCounts ? `${pass.names.turns}+=${fuel};` : turning(pass.names, frame, fuel)
  if (body.type === 'BlockStatement') pass.text.appendLeft(body.start + 1, count)
  else {
    pass.text.prependRight(body.start, `{${count}`)
    pass.text.appendLeft(body.end, '}')
  }
  return onlyCounts
}
