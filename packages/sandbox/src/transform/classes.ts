/**
 * Classes. The engine runs some code for which the text has no function: initialisers of fields, and the default constructor of a derived
 * class. That code pays too.
 */
import type { AnyNode, Class, ClassBody, MethodDefinition, PropertyDefinition } from 'acorn'
import { wordsOfIndex } from './expressions/computed-keys.ts'
import { payForKey } from './expressions/conversions.ts'
import { cleanField } from './expressions/floats.ts'
import { type FunctionOptions, visitBody, visitFunction } from './functions.ts'
import { depthOf, slotsOf } from './source/frame-size.ts'
import { markOf } from './source/marks.ts'
import {
  charging,
  entersFrom,
  Frame,
  fuelOf,
  type Pass,
  paying,
  unitsOf,
  wrap,
} from './source/pass.ts'
import { isAnonymous, isInert } from './source/purity.ts'

/** Words of a class, and of each of its members. */
const wordsOfClass = 96
const wordsOfMember = 12
/** Words of fields that are free in a class without a constructor. */
const wordsOfFew = 8
/** The engine defines a static field when it makes the class, and copies the description of the fields before it. */
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
  const extraWords = wordsOfFields(node.body)
  let hasConstructor = false
  let statics = 0
  for (const element of node.body.body) {
    if (element.type === 'StaticBlock') {
      visitBody(pass, element)
      continue
    }
    if (element.computed) {
      pass.visit(element.key, frame)
      payForKey(pass, element.key, frame)
    }
    if (element.type === 'MethodDefinition') {
      const isConstructor = element.kind === 'constructor'
      hasConstructor ||= isConstructor
      visitMethod(
        pass,
        element,
        frame,
        isConstructor ? { extraSlots, extraWords, whole: node as AnyNode } : {},
      )
    } else if (element.value) {
      visitField(pass, element.value, element, frame)
      if (node.superClass && !element.static)
        cleanField(pass, element.value, element.key, element.computed)
    }
    if (element.type !== 'PropertyDefinition') continue
    if (!element.static) continue
    frame.words += wordsOfIndex(element.key)
    frame.words += wordsOfStatic + wordsOfStaticBefore * statics
    statics += 1
  }
  if (!hasConstructor && node.superClass) addConstructor(pass, node, extraSlots, fuelOf(extraWords))
  else if (!hasConstructor && extraWords > wordsOfFew) {
    const pay = charging(pass.names, fuelOf(extraWords))
    pass.text.appendLeft(node.body.start + 1, `constructor(){${pay}}`)
  }
  pass.text.appendLeft(node.end - 1, markOf(pass, node as AnyNode))
}

function visitMethod(
  pass: Pass,
  node: MethodDefinition,
  frame: Frame,
  extra: FunctionOptions,
): void {
  visitFunction(pass, node.value, frame, {
    ...extra,
    isSetter: node.kind === 'set',
    written: node,
  })
}

/** Words of an instance's fields, besides those of the object itself. */
function wordsOfFields({ body }: ClassBody): number {
  return body.reduce(
    (sum, element) =>
      element.type === 'PropertyDefinition' && !element.static
        ? sum + 1 + wordsOfIndex(element.key)
        : sum,
    0,
  )
}

function isInitialised(element: ClassBody['body'][number]): boolean {
  return element.type === 'PropertyDefinition' && !element.static && Boolean(element.value)
}

/** An initialiser that can run code becomes the call of a function, which pays for its entry and returns. */
function visitField(
  pass: Pass,
  value: NonNullable<PropertyDefinition['value']>,
  { static: isStatic }: PropertyDefinition,
  outer: Frame,
): void {
  // Static initialisers run once, within the function around the class. That function counts their values as its own.
  if (isStatic) {
    const frame = new Frame(false, false, 1, outer.units)
    pass.visit(value, frame)
    outer.words += frame.words
    outer.hasSpreads ||= frame.hasSpreads
    outer.usesValue ||= frame.usesValue
    addPlaces(outer, frame)
    return
  }
  const frame = new Frame(false, false, depthOf(slotsOf([value])), unitsOf(value))
  pass.visit(value, frame)
  // Wrapping would lose the name that the value gets from the field. The value runs only code that pays by itself.
  if (isInert(value) || isAnonymous(value)) {
    outer.usesValue ||= frame.usesValue
    addPlaces(outer, frame)
    return
  }
  const { names } = pass
  const used = frame.usesValue ? [names.value, ...frame.places] : frame.places
  const local = used.length === 0 ? '' : `let ${used.join()};`
  const pay = `const ${names.start}=${names.meter}[1];if(${entersFrom(names, fuelOf(frame.words), frame.depth)})throw ${names.out}();${local}`
  pass.text.prependRight(value.start, `(()=>{${pay}try{return(`)
  pass.text.appendLeft(
    value.end,
    `)}${paying(names, frame)}finally{${names.meter}[1]=${names.start}}})()`,
  )
}

function addPlaces(outer: Frame, { places }: Frame): void {
  for (const name of places) if (!outer.places.includes(name)) outer.places.push(name)
}

/** Adds the constructor that the language would supply, with the payment. */
function addConstructor(pass: Pass, node: Class, extraSlots: number, fuel: number): void {
  const { meter, out, spread, start, value } = pass.names
  const depth = depthOf(extraSlots)
  const catching = paying(pass.names, new Frame(false, false, depth, unitsOf(node as AnyNode)))
  const pay = `const ${start}=${meter}[1];if(${entersFrom(pass.names, fuel, depth)})throw ${out}();`
  pass.text.appendLeft(
    node.body.start + 1,
    `constructor(...${value}){${pay}try{super(...${spread}(${value},false))}${catching}finally{${meter}[1]=${start}}}`,
  )
}
