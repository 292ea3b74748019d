/**
 * What a script writes at a computed place may go into an array of floats, whose other views show the bits of NaN; which bits an
 * operation leaves is the compiler's choice. So a NaN is written as the constant that all compilers make alike.
 */
import type { AnyNode, AssignmentExpression } from 'acorn'
import { type Frame, type Pass, wrap } from './pass.ts'

/** After both sides have been visited. */
export function cleanAssigned(pass: Pass, node: AssignmentExpression, frame: Frame): void {
  const { left, operator, right } = node
  if (left.type !== 'MemberExpression' || !left.computed) return
  const { value } = pass.names
  if (operator === '=') {
    if (!canBeNaN(right)) return
    frame.usesValue = true
    wrap(pass, right, `((${value}=(`, `))===${value}?${value}:0/0)`)
  } else if (making.has(operator) && isReadable(left)) {
    const target = pass.source.slice(left.start, left.end)
    frame.usesValue = true
    pass.brackets.add(node.start)
    wrap(pass, node, `((${value}=(`, `))===${value}?${value}:(${target}=0/0))`)
  }
}

/** Operators that can make a NaN. */
const making: ReadonlySet<string> = new Set(['+=', '-=', '*=', '/=', '%='])
const bitwise: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>', '>>>'])
const comparing: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '===',
  '!==',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'instanceof',
])

function canBeNaN(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'NewExpression':
    case 'ThisExpression':
      return false
    case 'BinaryExpression':
      return !bitwise.has(node.operator) && !comparing.has(node.operator)
    case 'UnaryExpression':
      return node.operator === '-' || node.operator === '+'
    case 'LogicalExpression':
      return canBeNaN(node.left) || canBeNaN(node.right)
    case 'ConditionalExpression':
      return canBeNaN(node.consequent) || canBeNaN(node.alternate)
    default:
      return true
  }
}

/** Whether reading a place again finds the same and runs nothing: `a[i]`, `this.a[0]`. */
function isReadable(node: AnyNode): boolean {
  if (node.type === 'Identifier' || node.type === 'ThisExpression' || node.type === 'Literal') {
    return true
  }
  if (node.type !== 'MemberExpression') return false
  return isReadable(node.object) && (!node.computed || isReadable(node.property))
}
