/** Uses of APIs that a machine lacks. A name that the script itself declares is no such use. */
import type { AnyNode, Node } from 'acorn'
import type { Reference } from 'eslint-scope'
import { type Analysis, isDeclared, isNamed, nodeOf, propertyName } from './analysis.ts'
import type { FoundAt } from './finding.ts'
import { REFUSED_APIS, type RefusedApi } from './refused-apis.ts'

const DATE_ADVICE =
  'write it as 2026-01-31 or 2026-01-31T12:00:00.000Z: every engine reads these alike'

/** The dates that ECMAScript defines, so that every engine reads them alike. */
const ISO_DATE =
  /^(?:\d{4}|[+-]\d{6})(?:-\d\d(?:-\d\d)?)?(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/

export function findRefused(analysis: Analysis): FoundAt[] {
  const globals = analysis.references.filter((reference) => !isDeclared(reference))
  return [
    ...globals.flatMap((reference) => refusedName(analysis, reference)),
    ...globals.flatMap((reference) => oddDate(analysis, reference)),
    ...analysis.nodes.flatMap(refusedSyntax),
    ...analysis.references.flatMap((reference) => dynamicRequire(analysis, reference)),
  ].sort((a, b) => a.start - b.start)
}

function refusedName(analysis: Analysis, { identifier }: Reference): FoundAt[] {
  const { parentOf } = analysis
  const node = nodeOf(identifier)
  if (isNamed(node, 'globalThis')) {
    const member = parentOf(node)
    const name = member && propertyName(member)
    // To read a missing name is fine and gives undefined. To call it, or to read its properties, fails.
    if (!member || !name || !isUsed(analysis, member)) return []
    return refusal(analysis, name, member)
  }
  return refusal(analysis, identifier.name, node)
}

function refusal(analysis: Analysis, name: string, node: AnyNode): FoundAt[] {
  const api = Object.hasOwn(REFUSED_APIS, name) ? REFUSED_APIS[name] : undefined
  if (!api || isAskedFor(analysis, name, node)) return []
  if (api.onlyCalls && !isCalled(analysis, node)) return []
  return [found('REFUSED_API', node, `${name} is refused: ${api.why}`, api.instead)]
}

function isCalled({ parentOf }: Analysis, node: AnyNode): boolean {
  const parent = parentOf(node)
  return (
    (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') &&
    parent.callee === node
  )
}

function isUsed(analysis: Analysis, node: AnyNode): boolean {
  const parent = analysis.parentOf(node)
  return isCalled(analysis, node) || (parent?.type === 'MemberExpression' && parent.object === node)
}

/** Whether the script first asks for the API, as portable packages do: `typeof process`, or a use behind such a question. */
function isAskedFor({ source, parentOf, around }: Analysis, name: string, node: AnyNode): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') return true
  const question = new RegExp(`typeof\\s+(?:globalThis\\.)?${name.replaceAll('$', '\\$&')}\\b`)
  for (const outer of around(node)) {
    const test = testOf(outer)
    if (test && question.test(source.slice(test.start, test.end))) return true
  }
  return false
}

function testOf(node: AnyNode): Node | null {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return node.test
    case 'LogicalExpression':
      return node.left
    default:
      return null
  }
}

function refusedSyntax(node: AnyNode): FoundAt[] {
  if (node.type === 'ImportExpression') {
    const advice = 'import it at the top of the file: a script is one text'
    return [
      found(
        'REFUSED_API',
        node,
        'import() is refused: it loads code while the script runs',
        advice,
      ),
    ]
  }
  return []
}

/** A `require` with a computed name. The bundler makes `__require` of it. */
function dynamicRequire({ parentOf }: Analysis, { identifier }: Reference): FoundAt[] {
  const call = parentOf(nodeOf(identifier))
  if (identifier.name !== '__require' || call?.type !== 'CallExpression') return []
  if (call.callee !== nodeOf(identifier)) return []
  const { why, instead } = REFUSED_APIS['require'] as RefusedApi
  return [found('REFUSED_API', call, `require is refused: ${why}`, instead)]
}

/** Dates that each engine may read differently: `new Date('1 May 2026')`, `Date.parse('05/01/2026')`. */
function oddDate({ parentOf }: Analysis, { identifier }: Reference): FoundAt[] {
  if (identifier.name !== 'Date') return []
  const node = nodeOf(identifier)
  const parent = parentOf(node)
  const call = parent && propertyName(parent) === 'parse' ? parentOf(parent) : parent
  if (call?.type !== 'NewExpression' && call?.type !== 'CallExpression') return []
  if (call === parent && (call.type === 'CallExpression' || call.callee !== node)) return []
  const [first, ...others] = call.arguments
  if (first?.type !== 'Literal' || typeof first.value !== 'string' || others.length > 0) return []
  if (ISO_DATE.test(first.value)) return []
  const shown = JSON.stringify(first.value)
  return [found('ODD_DATE', first, `engines read ${shown} as different dates`, DATE_ADVICE)]
}

function found(
  code: 'REFUSED_API' | 'ODD_DATE',
  node: Node,
  message: string,
  advice: string,
): FoundAt {
  return { code, severity: 'error', message, advice, start: node.start }
}
