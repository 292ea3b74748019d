/**
 * What reads a place and writes to it: `a.b -= c`, `a[i]++`. The two are taken apart, so that what is read is paid for before it becomes
 * something else, and what is written is looked at before it is there:
 *
 *   a.b.c -= d      (t = a.b).c = (typeof (t = t.c) === 'number' ? t : numeric(t)) - (d)
 *
 * The owner is evaluated once, and nothing runs between that and the reading.
 */
import type { AnyNode, AssignmentExpression, MemberExpression, UpdateExpression } from 'acorn'
import { isNumeric, isText, makesOther } from '../source/kinds.ts'
import { lookerFor } from '../source/names.ts'
import { addPlace, type Frame, type Pass, wrap } from '../source/pass.ts'
import { guardPlace, isPlainName, isSimple } from './computed-keys.ts'
import { type Become, becomes, guarded, payForOperand, skipClosing } from './conversions.ts'
import { cleanTarget, making } from './floats.ts'

/** Taken apart, after both sides were visited. It may be that something stands in the place instead. */
export function visitChange(
  pass: Pass,
  node: AssignmentExpression,
  frame: Frame,
): 'done' | 'placed' | 'none' {
  const { left, operator, right } = node
  const plain = operator.slice(0, -1)
  const become = becomes(plain)
  if (isNumeric(left) && isNumeric(right)) return 'none'
  if (become === null || (left.type !== 'Identifier' && left.type !== 'MemberExpression'))
    return 'none'
  // This form converts nothing, so only the result is checked.
  if (operator === '+=' && isNumeric(right) && !isInherited(left)) return 'none'
  const read = readingOf(pass, left, frame)
  if (read === null) {
    cleanTarget(pass, left as MemberExpression, frame)
    return 'placed'
  }
  frame.usesValue = true
  if (operator !== '+=' || !isNumeric(right)) payForOperand(pass, right, frame, become)
  const { names, text } = pass
  const calls = plain === '<<' && !isNumeric(right)
  const value = guardedRead(pass, left, read, become)
  const [before, after] = lookAt(pass, node)
  const sign = skipClosing(pass.source, left.end)
  text.overwrite(
    sign,
    sign + operator.length,
    calls ? `=${before}${names.shift}(${value},(` : `=${before}${value}${plain}(`,
  )
  text.appendLeft(node.end, `${calls ? '))' : ')'}${after}`)
  return 'done'
}

/** Text that checks the written value. */
function lookAt({ names }: Pass, node: AssignmentExpression): [before: string, after: string] {
  const { left, operator } = node
  const { value } = names
  if (isText(node)) return [`${names.joined}(`, ')']
  const isClean = left.type !== 'MemberExpression' || !left.computed || !making.has(operator)
  const clean = isClean ? value : `(${value}===${value}?${value}:0/0)`
  if (makesOther(node))
    return [`(typeof(${value}=`, `)==='number'?${clean}:${lookerFor(names, operator)}(${value}))`]
  return isClean ? ['', ''] : [`((${value}=`, `)===${value}?${value}:0/0)`]
}

export function visitUpdate(pass: Pass, node: UpdateExpression, frame: Frame): void {
  const { argument, operator, prefix } = node
  pass.visit(argument, frame)
  if (isNumeric(argument)) return
  const { names, text } = pass
  const { value, old: kept, stepped, next } = names
  pass.brackets.add(node.start)
  if (argument.type === 'Identifier') {
    const { name } = argument
    wrap(pass, node, `(typeof ${name}==='number'||(${name}=${stepped}(${name})),`, ')')
    return
  }
  const target = argument as AnyNode
  const read = readingOf(pass, target, frame)
  if (read === null) {
    cleanTarget(pass, target as MemberExpression, frame)
    return
  }
  frame.usesValue = true
  if (!prefix) addPlace(frame, kept)
  const old = prefix ? value : kept
  const step = operator === '++' ? 1 : -1
  // The place is between brackets of its own, and what goes before and after it is not in the way of theirs.
  if (prefix) text.overwrite(node.start, node.start + 2, '(', { contentOnly: true })
  else text.overwrite(node.end - 2, node.end, '', { contentOnly: true })
  const end = prefix ? ')' : `,${old})`
  if (!prefix) text.prependRight(node.start, '(')
  let sum = `typeof(${old}=${read})==='number'?${old}+${step}:${next}(${old}=${stepped}(${old}),${step})`
  if (isInherited(target)) sum = `(${value}=${sum})===${value}?${value}:0/0`
  text.appendLeft(node.end, `=${sum}${end}`)
}

/** A write to a property of `super` goes to another object than a read. */
function isInherited(node: AnyNode): boolean {
  return node.type === 'MemberExpression' && node.computed && node.object.type === 'Super'
}

function guardedRead({ names }: Pass, left: AnyNode, read: string, become: Become): string {
  if (left.type !== 'Identifier') return guarded({ names }, read, become)
  const test = become === 'text' ? `||typeof ${read}==='string'` : ''
  return `(typeof ${read}==='number'${test}?${read}:${become === 'text' ? names.textual : names.numeric}(${read}))`
}

/** Text that reads a target right after its owner and key were evaluated; null if there is none. */
function readingOf(pass: Pass, node: AnyNode, frame: Frame): string | null {
  const { source, names } = pass
  const textOf = ({ start, end }: AnyNode) => source.slice(start, end)
  if (node.type !== 'MemberExpression') return textOf(node)
  const { object, property, computed } = node
  const keep = (part: AnyNode, name: string) => {
    pass.brackets.add(part.start)
    wrap(pass, part, `(${name}=`, ')')
    return name
  }
  const isName = isPlainOwner(object)
  frame.usesValue = true
  if (!computed) return `${isName ? textOf(object) : keep(object, names.value)}.${textOf(property)}`
  if (isPlainName(property))
    return `${isName ? textOf(object) : keep(object, names.value)}[${textOf(property)}]`
  if (object.type === 'Super')
    return `super[${isSimple(property) ? textOf(property) : keep(property, names.value)}]`
  if (!guardPlace(pass, node, frame)) return null
  if (isSimple(object) && isSimple(property)) return `${textOf(object)}[${textOf(property)}]`
  return `${names.owner}[${names.key}]`
}

function isPlainOwner({ type }: AnyNode): boolean {
  return type === 'Identifier' || type === 'ThisExpression' || type === 'Super'
}
