/** Chains of prototypes as scripts make them are let be: what is refused is only what no program needs. */
import { expect, it } from 'vitest'
import { Bench } from './bench.ts'

it('lets scripts inherit in every way, and says when a chain is too long', async () => {
  const bench = await Bench.booted(`
    exports.old = () => {
      function Base() {}
      Base.prototype.name = 'base'
      function Derived() {}
      Derived.prototype = Object.create(Base.prototype)
      Derived.prototype.constructor = Derived
      function Other() {}
      Object.setPrototypeOf(Other.prototype, Base.prototype)
      const all = []
      for (let i = 0; i < 1000; i++) all.push(new Derived(), new Other(), Object.create(Derived.prototype))
      return all.every((one) => one.name === 'base')
    }
    exports.moved = () => {
      const a = {}, b = { b: 1 }, c = { __proto__: a, c: 1 }
      for (let i = 0; i < 1000; i++) Object.setPrototypeOf(Object.create(c), i % 2 ? a : b)
      a.__proto__ = b
      return [c.b, Object.getPrototypeOf(a) === b, a.__proto__ === b, Reflect.setPrototypeOf(b, c), { __proto__: null }.a]
    }
    exports.classes = () => {
      let Class = class { deep() { return 0 } }
      for (let i = 0; i < 10; i++) Class = class extends Class { deep() { return super.deep() + 1 } }
      return new Class().deep()
    }
    exports.long = () => {
      let p = {}
      try { for (;;) p = Object.create(p) } catch (error) { return [error.name, error.code, error.message, 'kept' in p] }
    }
  `)
  expect(await bench.call('old')).toBe(true)
  expect(await bench.call('moved')).toEqual([1, true, true, false, null])
  expect(await bench.call('classes')).toBe(10)
  expect(await bench.call('long')).toEqual([
    'RangeError',
    'ERR_VMS_TOO_DEEP',
    'a chain of more than 16 prototypes',
    false,
  ])
  await bench.close()
})
