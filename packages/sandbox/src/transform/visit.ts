/** Transforms each kind of node. Visits children first, so that text around a node encloses the text around its children. */
import type {
  AnyNode,
  CatchClause,
  ForOfStatement,
  LabeledStatement,
  TryStatement,
  VariableDeclaration,
} from 'acorn'
import { visitClass } from './classes.ts'
import { visitUpdate } from './expressions/changes.ts'
import { visitSwitch } from './expressions/comparisons.ts'
import { payForKey, payForOperand } from './expressions/conversions.ts'
import {
  visitAssignment,
  visitBinary,
  visitMember,
  visitTemplate,
} from './expressions/operators.ts'
import { meteredName, meterSource } from './expressions/patterns.ts'
import { visitArguments, visitArray, visitObject } from './expressions/spread.ts'
import { visitFunction, visitLoopBody } from './functions.ts'
import { visitEachHead } from './heads.ts'
import { visitLoop } from './loops.ts'
import { bindingNames } from './source/frame-size.ts'
import { childrenOf, ScriptProblem } from './source/parse.ts'
import { charging, type Frame, fuelOf, type Pass, paying, seen } from './source/pass.ts'
import { resuming, visitForAwait, visitReturn, visitSuspension } from './suspension.ts'

/** From this many words on, a branch charges for itself where it runs. */
const wordsOfBranch = 32

/** Words of a computed name or an accessor in a literal. */
const wordsOfComputed = 12
const wordsOfAccessor = 16

export function visitNode(pass: Pass, node: AnyNode, frame: Frame): void {
  if (visitStatement(pass, node, frame) || visitExpression(pass, node, frame)) return
  frame.words += wordsOf(node)
  for (const child of childrenOf(node)) pass.visit(child, frame)
}

/** Visits a statement that needs more than a visit of its children. Returns whether `node` is one. */
function visitStatement(pass: Pass, node: AnyNode, frame: Frame): boolean {
  switch (node.type) {
    case 'WhileStatement':
    case 'ForStatement':
      visitLoop(pass, node, frame)
      return true
    case 'DoWhileStatement':
      visitLoopBody(pass, node.body, frame, {
        words: frame.wordsOf(() => pass.visit(node.test, frame)),
      })
      return true
    case 'ForInStatement':
    case 'ForOfStatement':
      visitForEach(pass, node, frame, node)
      return true
    case 'LabeledStatement':
      visitLabel(pass, node, frame)
      return true
    case 'TryStatement':
      visitTry(pass, node, frame)
      return true
    case 'ReturnStatement':
      visitReturn(pass, node, frame)
      return true
    case 'ExpressionStatement':
      pass.unused.add(node.expression)
      pass.visit(node.expression, frame)
      // Otherwise the inserted parenthesis could continue the line before.
      if (pass.brackets.has(node.start)) pass.text.prependRight(node.start, '0,')
      return true
    case 'SwitchStatement':
      visitSwitch(pass, node, frame)
      return true
    case 'IfStatement':
      pass.visit(node.test, frame)
      visitBranch(pass, node.consequent, frame)
      if (node.alternate) visitBranch(pass, node.alternate, frame)
      return true
    case 'VariableDeclaration':
      visitDeclaration(pass, node, frame)
      return true
    default:
      return false
  }
}

/** Visits a function, a class, an expression or a part of one that needs more than a visit of its children. Returns whether `node` is one. */
function visitExpression(pass: Pass, node: AnyNode, frame: Frame): boolean {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      visitFunction(pass, node, frame)
      return true
    case 'ClassDeclaration':
    case 'ClassExpression':
      visitClass(pass, node, frame)
      return true
    case 'Property':
      visitProperty(pass, node, frame)
      return true
    case 'Identifier':
      frame.usesArguments ||= node.name === 'arguments'
      return true
    case 'MemberExpression':
      visitMember(pass, node, frame)
      return true
    case 'BinaryExpression':
      visitBinary(pass, node, frame)
      return true
    case 'UpdateExpression':
      visitUpdate(pass, node, frame)
      return true
    case 'UnaryExpression':
      pass.visit(node.argument, frame)
      if (/^[-+~]$/.test(node.operator)) payForOperand(pass, node.argument, frame, 'number')
      return true
    case 'AssignmentExpression':
      visitAssignment(pass, node, frame)
      return true
    case 'TemplateLiteral':
      visitTemplate(pass, node, frame)
      return true
    case 'TaggedTemplateExpression':
      pass.visit(node.tag, frame)
      for (const expression of node.quasi.expressions) pass.visit(expression, frame)
      frame.words += 6
      return true
    case 'ArrayExpression':
      visitArray(pass, node, frame)
      return true
    case 'ObjectExpression':
      visitObject(pass, node, frame)
      return true
    case 'AssignmentPattern':
      pass.visit(node.left, frame)
      pass.visit(node.right, frame)
      meterSource(pass, node.left, node.right)
      return true
    case 'AwaitExpression':
    case 'YieldExpression':
      visitSuspension(pass, node, frame)
      return true
    case 'CallExpression':
    case 'NewExpression':
      visitArguments(pass, node, frame)
      return true
    case 'ImportExpression':
      throw refused(
        'import() would load code that is not in the script: import at the top, so that it is bundled',
        node,
      )
    case 'MetaProperty':
      return true
    default:
      return false
  }
}

function visitProperty(
  pass: Pass,
  node: Extract<AnyNode, { type: 'Property' }>,
  frame: Frame,
): void {
  if (node.computed) {
    pass.visit(node.key, frame)
    payForKey(pass, node.key, frame)
    frame.words += wordsOfComputed
  }
  if (node.kind !== 'init') frame.words += wordsOfAccessor
  if ((node.method || node.kind !== 'init') && node.value.type === 'FunctionExpression') {
    visitFunction(pass, node.value, frame, { isSetter: node.kind === 'set', written: node })
  } else pass.visit(node.value, frame)
}

function refused(message: string, { start }: AnyNode): ScriptProblem {
  return new ScriptProblem('refused', message, start)
}

/** Words of memory that evaluating a node takes, without its children. */
function wordsOf(node: AnyNode): number {
  switch (node.type) {
    case 'Literal':
      return node.regex ? 8 : 0
    case 'RestElement':
    case 'SpreadElement':
      return 6
    case 'ObjectPattern':
    case 'ArrayPattern':
      return 4
    default:
      return 0
  }
}

function visitForEach(
  pass: Pass,
  node: Extract<AnyNode, { type: 'ForInStatement' | 'ForOfStatement' }>,
  frame: Frame,
  whole: AnyNode,
): void {
  if (node.type === 'ForOfStatement' && node.await) {
    visitForAwait(pass, node as ForOfStatement, frame, whole)
    return
  }
  const { words, bindings } = visitEachHead(pass, node, frame)
  frame.words += 8
  visitLoopBody(pass, node.body, frame, { words, bindings })
}

function visitLabel(pass: Pass, node: LabeledStatement, frame: Frame): void {
  let { body } = node
  while (body.type === 'LabeledStatement') body = body.body
  if (body.type === 'ForOfStatement' && body.await) visitForAwait(pass, body, frame, node)
  else pass.visit(body, frame)
}

function visitDeclaration(pass: Pass, node: VariableDeclaration, frame: Frame): void {
  if (node.kind === 'await using') {
    throw refused('await using lets this engine crash: use try and finally', node)
  }
  if (node.kind === 'var') for (const { id } of node.declarations) addNames(id, frame)
  for (const declaration of node.declarations) {
    frame.bindings += bindingNames(declaration.id)
    pass.visit(declaration.id, frame)
    if (!declaration.init) continue
    pass.visit(declaration.init, frame)
    meterSource(pass, declaration.id, declaration.init)
  }
}

/** Adds the names that a pattern binds, and those in its defaults. Extra names do no harm; a missing one would. */
function addNames(pattern: AnyNode, frame: Frame): void {
  if (pattern.type === 'Identifier') frame.variables.add(pattern.name)
  else for (const child of childrenOf(pattern)) addNames(child, frame)
}

/** A branch that allocates much charges for itself. */
function visitBranch(pass: Pass, branch: AnyNode, frame: Frame): void {
  const outside = frame.words
  frame.words = 0
  pass.visit(branch, frame)
  const { words } = frame
  frame.words = outside
  if (branch.type === 'BlockStatement' && words >= wordsOfBranch) {
    pass.text.appendLeft(branch.start + 1, charging(pass.names, fuelOf(words)))
  } else frame.words += words
}

function visitTry(pass: Pass, node: TryStatement, frame: Frame): void {
  pass.visit(node.block, frame)
  if (node.handler) visitCatch(pass, node.handler, frame)
  if (!node.finalizer) return
  // A `finally` block may end an exception as a `catch` does.
  if (!node.handler) pass.text.appendRight(node.block.end, paying(pass.names, frame))
  visitBranch(pass, node.finalizer, frame)
  pass.text.appendLeft(node.finalizer.start + 1, resuming(pass, frame))
}

/** Normalises a caught error, from the engine or from the script, to the form that scripts may see. */
function visitCatch(pass: Pass, { param, body }: CatchClause, frame: Frame): void {
  const { text, names } = pass
  if (param) pass.visit(param, frame)
  visitBranch(pass, body, frame)
  const resume = resuming(pass, frame)
  if (!param) {
    text.appendLeft(body.start, `(${names.value})`)
    text.appendLeft(body.start + 1, `${resume}${seen(names, frame, names.value)};`)
    return
  }
  if (param.type === 'Identifier') {
    text.appendLeft(body.start + 1, `${resume}${param.name}=${seen(names, frame, param.name)};`)
    return
  }
  text.appendLeft(param.start, names.value)
  text.prependRight(param.start, `${resume}let `)
  text.appendLeft(param.end, `=${meteredName(pass, param, seen(names, frame, names.value))};{`)
  text.move(param.start, param.end, body.start + 1)
  // In an empty block, the moved pattern stands before the end.
  text.appendLeft(body.body.length === 0 ? param.end : body.end - 1, '}')
}
