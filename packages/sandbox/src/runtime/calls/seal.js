/**
 * Compares the world with its list, then freezes it. The list names every object that a script can reach, by its path, and every property
 * of it. One pass over the objects finds everything that the list does not name, so no engine can surprise us. An object that the list does
 * not name must be a plain function: with a name, a length, and nothing else.
 */

import {
  defineProperty,
  deleteProperty,
  freeze,
  getMapped,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  markOurs,
  NativeMap,
  ownKeys,
  setInMap,
  sliceText,
  symbolText,
} from '../core/primordials.js'
import { syntaxRoots } from '../core/syntax-roots.js'
import { makeError } from '../metering/errors.js'

const functionPrototype = Function.prototype
const asyncPrototype = getPrototypeOf(async () => {})
const roots = syntaxRoots()
roots.globalThis = globalThis

/** Removes what is not part of the world on any engine. */
export function remove(paths) {
  for (let i = 0; i < paths.length; i++) {
    const { owner, name } = splitPath(paths[i])
    const object = objectAt(owner)
    if (object !== undefined) deleteProperty(object, keyNamed(name))
  }
  found = { __proto__: null }
}

/**
 * @param entries `[path, names…]` for each object: `get name` for an accessor, `@@name` for a symbol
 * @param assignable for some paths, the names that a script may assign to an object which inherits them
 * @returns paths that differ from the list: unlisted, forbidden or missing ones; empty if none differ
 */
export function sealWorld(entries, assignable) {
  const known = new NativeMap()
  const objects = []
  let strangers = ''
  for (let i = 0; i < entries.length; i++) {
    const path = entries[i][0]
    const object = objectAt(path)
    objects[i] = object
    if (object === undefined) strangers += ` (missing) ${path}`
    else setInMap(known, object, path)
  }
  const leaves = []
  let leafCount = 0
  const check = (value, path, name) => {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return
    if (getMapped(known, value) !== undefined) return
    setInMap(known, value, path)
    if (typeof value !== 'function' || !isPlain(value)) strangers += ` ${path}.${name}`
    leaves[leafCount++] = value
  }
  for (let i = 0; i < entries.length; i++) {
    const object = objects[i]
    if (object === undefined) continue
    const names = entries[i]
    const path = names[0]
    check(getPrototypeOf(object), path, '[[Prototype]]')
    const keys = ownKeys(object)
    let isSame = keys.length === names.length - 1
    for (let j = 0; j < keys.length; j++) {
      const property = getOwnPropertyDescriptor(object, keys[j])
      const name = nameOf(keys[j])
      if (hasOwn(property, 'value')) {
        if (name !== names[j + 1]) isSame = false
        check(property.value, path, name)
      } else {
        if (`get ${name}` !== names[j + 1]) isSame = false
        check(property.get, path, `get ${name}`)
        check(property.set, path, `set ${name}`)
      }
    }
    if (!isSame) strangers += compare(object, names)
  }
  if (strangers !== '') return strangers
  letAssign(assignable)
  for (let i = 0; i < leafCount; i++) close(leaves[i])
  for (let i = 0; i < objects.length; i++) {
    if (objects[i] === globalThis) fixGlobals(entries[i])
    else close(objects[i])
  }
  return ''
}

function close(object) {
  // Also the engine's functions, because the engine chooses their text.
  markOurs(object)
  freeze(object)
}

/** The global object stays open for a script's own globals. The listed properties are fixed. */
function fixGlobals(names) {
  for (let i = 1; i < names.length; i++) {
    const property = getOwnPropertyDescriptor(globalThis, names[i])
    if (property.configurable) {
      defineProperty(globalThis, names[i], {
        __proto__: null,
        writable: false,
        configurable: false,
      })
    }
  }
}

function isPlain(value) {
  const keys = ownKeys(value)
  const prototype = getPrototypeOf(value)
  return (
    keys.length === 2 &&
    keys[0] === 'length' &&
    keys[1] === 'name' &&
    (prototype === functionPrototype || prototype === asyncPrototype)
  )
}

/** Differences between an object's properties and the listed ones, in their order. */
function compare(object, names) {
  const keys = ownKeys(object)
  const wanted = { __proto__: null }
  for (let i = 1; i < names.length; i++) wanted[names[i]] = true
  let strangers = ''
  let isOrderOnly = true
  for (let i = 0; i < keys.length; i++) {
    const name = fullName(object, keys[i])
    if (wanted[name] === true) wanted[name] = false
    else {
      isOrderOnly = false
      strangers += ` ${names[0]}.${name}`
    }
  }
  for (let i = 1; i < names.length; i++) {
    if (!wanted[names[i]]) continue
    isOrderOnly = false
    strangers += ` (missing) ${names[0]}.${names[i]}`
  }
  return isOrderOnly ? reorder(object, names) : strangers
}

/** Engines differ in the order of some properties. Those that can be redefined are, in the order of the list. */
function reorder(object, names) {
  const properties = []
  for (let i = 1; i < names.length; i++) {
    const key = keyNamed(bareName(names[i]))
    properties[i] = getOwnPropertyDescriptor(object, key)
    if (properties[i].configurable) deleteProperty(object, key)
  }
  for (let i = 1; i < names.length; i++) {
    if (properties[i].configurable)
      defineProperty(object, keyNamed(bareName(names[i])), properties[i])
  }
  const keys = ownKeys(object)
  for (let i = 0; i < keys.length; i++) {
    if (!isNamed(object, keys[i], names[i + 1])) return ` (order) ${names[0]}`
  }
  return ''
}

function isNamed(object, key, name) {
  return fullName(object, key) === name
}

function fullName(object, key) {
  const isData = hasOwn(getOwnPropertyDescriptor(object, key), 'value')
  return isData ? nameOf(key) : `get ${nameOf(key)}`
}

function bareName(name) {
  return sliceText(name, 0, 4) === 'get ' ? sliceText(name, 4) : name
}

const symbolNames = new NativeMap()

/** `@@iterator` for Symbol.iterator. */
function nameOf(key) {
  if (typeof key !== 'symbol') return key
  let name = getMapped(symbolNames, key)
  if (name === undefined) {
    name = `@@${sliceText(symbolText(key), 14, -1)}`
    setInMap(symbolNames, key, name)
  }
  return name
}

function keyNamed(name) {
  return sliceText(name, 0, 2) === '@@' ? Symbol[sliceText(name, 2)] : name
}

function splitPath(path) {
  let dot = path.length - 1
  while (dot >= 0 && path[dot] !== '.') dot -= 1
  return dot < 0
    ? { owner: 'globalThis', name: path }
    : { owner: sliceText(path, 0, dot), name: sliceText(path, dot + 1) }
}

/** Objects that were looked up before. */
let found = { __proto__: null }

/** The object at a path; undefined if there is none. */
function objectAt(path) {
  if (roots[path] !== undefined) return roots[path]
  if (found[path] !== undefined) return found[path]
  const { owner, name } = splitPath(path)
  const object = objectAt(owner)
  if (object === undefined) return undefined
  const isGetter = sliceText(name, 0, 4) === 'get '
  const property = getOwnPropertyDescriptor(object, keyNamed(bareName(name)))
  const value = isGetter ? property?.get : property?.value
  found[path] = value
  return value
}

/**
 * In JavaScript, an assignment cannot give an object a property that it inherits as a frozen one (`error.name = …`), but ordinary code does
 * that. So these properties are accessors whose setter makes an own property, as in other systems with a frozen world.
 */
function letAssign(assignable) {
  for (let i = 0; i < assignable.length; i++) {
    const object = objectAt(assignable[i][0])
    for (let j = 1; j < assignable[i].length; j++)
      makeAssignable(object, keyNamed(assignable[i][j]))
  }
}

function makeAssignable(object, key) {
  const { value, enumerable } = getOwnPropertyDescriptor(object, key)
  const holder = {
    get [key]() {
      return value
    },
    set [key](given) {
      if (
        this === object ||
        ((typeof this !== 'object' || this === null) && typeof this !== 'function')
      ) {
        throw makeError('TypeError', 'what the language brings is frozen', 'ERR_VMS_FROZEN')
      }
      defineProperty(this, key, {
        __proto__: null,
        value: given,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    },
  }
  const { get, set } = getOwnPropertyDescriptor(holder, key)
  close(get)
  close(set)
  defineProperty(object, key, { __proto__: null, get, set, enumerable, configurable: false })
}
