/**
 * Regular expressions. The engine's matcher runs the patterns whose time the text bounds; ours runs the others. Both give the
 * specification's results, and the script pays for both.
 */

import { construct, give, methodsOf } from '../core/primordials.js'
import { payForBigText } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { adopt } from '../metering/priced-constructors.js'
import { flat, pricesOf } from '../metering/prices.js'
import { isObject, pay, unitsOf, wrap } from '../metering/pricing.js'
import { execute } from './regexp-exec.js'
import { regExpMethods } from './regexp-methods.js'
import { payForProperties } from './regexp-parse.js'
import { forgetPlan, planOf } from './regexp-plans.js'

const price = pricesOf('RegExp')
const NativeRegExp = RegExp
const { prototype } = NativeRegExp
const { compile } = methodsOf(prototype)
const { escape } = methodsOf(NativeRegExp)
const matchSymbol = Symbol.match
/** Units of fuel for each unit of a pattern that the engine compiles. */
const patternUnit = 16

function payForPattern(pattern) {
  charge(flat.object)
  pay(unitsOf(pattern), patternUnit)
  if (typeof pattern === 'string') payForProperties(pattern)
  else if (typeof pattern === 'bigint') payForBigText(pattern)
}

export function installRegExp() {
  const holder = {
    RegExp: function (pattern, flags) {
      payForPattern(pattern)
      if (new.target !== undefined) return construct(NativeRegExp, [pattern, flags], new.target)
      // Called as a function, `RegExp` returns a given expression itself.
      if (isObject(pattern) && flags === undefined && isOne(pattern)) return pattern
      return construct(NativeRegExp, [pattern, flags], holder.RegExp)
    },
  }
  const isOne = (pattern) => pattern[matchSymbol] && pattern.constructor === holder.RegExp
  adopt(NativeRegExp, holder.RegExp)
  give(globalThis, 'RegExp', holder.RegExp)
  wrap(prototype, {
    exec(string) {
      return execute(this, planOf(this), typeof string === 'string' ? string : `${string}`)
    },
    compile(pattern, flags) {
      payForPattern(pattern)
      forgetPlan(this)
      return compile(this, pattern, flags)
    },
  })
  wrap(prototype, regExpMethods)
  wrap(holder.RegExp, {
    escape(text) {
      pay(unitsOf(text), price.escape.units)
      return escape(undefined, text)
    },
  })
}
