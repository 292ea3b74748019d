/**
 * Decides which code can run other code. An expression is *inert* if evaluating it can call nothing: no function, getter, iterator or
 * conversion of the script. A function with an inert body needs no depth, because nothing is ever above it on the stack.
 */
import type { AnyNode, Class, Expression, Function as FunctionNode } from 'acorn'
import { childrenOf } from './parse.ts'

export function isInert(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'Identifier':
    case 'ThisExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
    case 'MetaProperty':
    case 'EmptyStatement':
    case 'DebuggerStatement':
    case 'BreakStatement':
      return true
    case 'ClassExpression':
    case 'ClassDeclaration':
      return isInertClass(node)
    case 'TemplateLiteral':
      return node.expressions.length === 0
    case 'ObjectExpression':
      return node.properties.every(
        (property) => property.type === 'Property' && !property.computed && isInert(property.value),
      )
    case 'UnaryExpression':
      return (
        (node.operator === '!' || node.operator === 'typeof' || node.operator === 'void') &&
        isInert(node.argument)
      )
    case 'BinaryExpression':
      return (
        (node.operator === '===' || node.operator === '!==') &&
        node.left.type !== 'PrivateIdentifier' &&
        isInert(node.left) &&
        isInert(node.right)
      )
    case 'AssignmentExpression':
      return node.operator === '=' && node.left.type === 'Identifier' && isInert(node.right)
    case 'VariableDeclaration':
      return (
        (node.kind === 'var' || node.kind === 'let' || node.kind === 'const') &&
        node.declarations.every(
          ({ id, init }) => id.type === 'Identifier' && (!init || isInert(init)),
        )
      )
    case 'ArrayExpression':
    case 'LogicalExpression':
    case 'ConditionalExpression':
    case 'SequenceExpression':
    case 'ExpressionStatement':
    case 'BlockStatement':
    case 'ReturnStatement':
    case 'IfStatement':
    case 'ThrowStatement':
      return childrenOf(node).every(isInert)
    default:
      return false
  }
}

function isInertClass(node: Class): boolean {
  return (
    !node.superClass &&
    node.body.body.every(
      (element) =>
        element.type !== 'StaticBlock' &&
        !element.computed &&
        (element.type !== 'PropertyDefinition' ||
          !element.static ||
          !element.value ||
          isInert(element.value)),
    )
  )
}

/** A parameter that binds without running anything. */
export function isInertParameter(node: AnyNode): boolean {
  if (node.type === 'Identifier') return true
  if (node.type === 'AssignmentPattern')
    return node.left.type === 'Identifier' && isInert(node.right)
  return node.type === 'RestElement' && node.argument.type === 'Identifier'
}

export function isInertFunction(node: FunctionNode): boolean {
  return !node.async && !node.generator && node.params.every(isInertParameter) && isInert(node.body)
}

/** Whether assigning the function or class to a name would give it that name. */
export function isAnonymous(node: Expression): boolean {
  return (
    node.type === 'ArrowFunctionExpression' ||
    ((node.type === 'FunctionExpression' || node.type === 'ClassExpression') && !node.id)
  )
}
