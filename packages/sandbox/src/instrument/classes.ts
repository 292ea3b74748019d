/**
 * Classes. What the engine runs for them without a function in the text pays too: initialisers of fields, and the constructor that a
 * derived class has if it has none.
 */
import type { AnyNode, Class, ClassBody, MethodDefinition, PropertyDefinition } from 'acorn'
import { depthOf, slotsOf } from './frame-size.ts'
import { visitBody, visitFunction } from './functions.ts'
import { markOf } from './marks.ts'
import { entersFrom, Frame, fuelOf, type Pass, wrap } from './pass.ts'
import { isAnonymous, isInert } from './purity.ts'

/** Words that a class takes, and each of its members. */
const wordsOfClass = 96
const wordsOfMember = 12
/** A static field is defined when the class is made, and the description of those before it is copied for it. */
const wordsOfStatic = 60
const wordsOfStaticBefore = 16

export function visitClass(pass: Pass, node: Class, frame: Frame): void {
  if (node.superClass) {
    pass.visit(node.superClass, frame)
    wrap(pass, node.superClass, `${pass.names.extended}((`, '))')
  }
  frame.words += wordsOfClass + wordsOfMember * node.body.body.length
  const initialisers = node.body.body.filter(isInitialised)
  const extraSlots = slotsOf(initialisers)
  let hasConstructor = false
  let statics = 0
  for (const element of node.body.body) {
    if (element.type === 'StaticBlock') {
      visitBody(pass, element)
      continue
    }
    if (element.computed) pass.visit(element.key, frame)
    if (element.type === 'MethodDefinition') {
      const isConstructor = element.kind === 'constructor'
      hasConstructor ||= isConstructor
      visitMethod(pass, element, frame, isConstructor ? extraSlots : 0)
    } else if (element.value) visitField(pass, element.value, element, frame)
    if (element.type !== 'PropertyDefinition' || !element.static) continue
    frame.words += wordsOfStatic + wordsOfStaticBefore * statics
    statics += 1
  }
  if (node.superClass && !hasConstructor) addConstructor(pass, node.body, extraSlots)
  pass.text.appendLeft(node.end - 1, markOf(pass, node as AnyNode))
}

function visitMethod(pass: Pass, node: MethodDefinition, frame: Frame, extraSlots: number): void {
  visitFunction(pass, node.value, frame, {
    extraSlots,
    isSetter: node.kind === 'set',
    written: node,
  })
}

function isInitialised(element: ClassBody['body'][number]): boolean {
  return element.type === 'PropertyDefinition' && !element.static && Boolean(element.value)
}

/** An initialiser that can run code becomes a function that is called: it pays for an entry and comes back. */
function visitField(
  pass: Pass,
  value: NonNullable<PropertyDefinition['value']>,
  { static: isStatic }: PropertyDefinition,
  outer: Frame,
): void {
  // Static ones run once, within the function around the class, which counts their values as its own.
  if (isStatic) {
    const frame = new Frame(false, false, 1)
    pass.visit(value, frame)
    outer.words += frame.words
    outer.hasSpreads ||= frame.hasSpreads
    outer.usesValue ||= frame.usesValue
    return
  }
  const frame = new Frame(false, false, depthOf(slotsOf([value])))
  pass.visit(value, frame)
  // It would lose the name that it gets from the field, and runs nothing but what pays by itself.
  if (isInert(value) || isAnonymous(value)) {
    outer.usesValue ||= frame.usesValue
    return
  }
  const { names } = pass
  const local = frame.usesValue ? `let ${names.value};` : ''
  const pay = `const ${names.start}=${names.meter}[1];if(${entersFrom(names, fuelOf(frame.words), frame.depth)})throw ${names.out}();${local}`
  pass.text.prependRight(value.start, `(()=>{${pay}try{return(`)
  pass.text.appendLeft(value.end, `)}finally{${names.meter}[1]=${names.start}}})()`)
}

/** What the language would supply, in words that pay. */
function addConstructor(pass: Pass, body: AnyNode, extraSlots: number): void {
  const { meter, out, spread, start, value } = pass.names
  const depth = depthOf(extraSlots)
  const pay = `const ${start}=${meter}[1];if(${entersFrom(pass.names, 1, depth)})throw ${out}();`
  pass.text.appendLeft(
    body.start + 1,
    `constructor(...${value}){${pay}try{super(...${spread}(${value},false))}finally{${meter}[1]=${start}}}`,
  )
}
