/** Numbers at offsets of a `Buffer`: `readUInt16LE(offset)`, `writeDoubleBE(value, offset)` and their kin. */
import { typedArrayLength, uncurry, viewMemory, viewStart } from '../core/primordials.js'

const View = DataView

/** Adds these methods to a prototype that is being made. */
export function addNumbers(methods, requireBytes) {
  const kinds = {
    UInt8: 'Uint8',
    Int8: 'Int8',
    UInt16: 'Uint16',
    Int16: 'Int16',
    UInt32: 'Uint32',
    Int32: 'Int32',
    BigUInt64: 'BigUint64',
    BigInt64: 'BigInt64',
    Float: 'Float32',
    Double: 'Float64',
  }
  const sizes = {
    Uint8: 1,
    Int8: 1,
    Uint16: 2,
    Int16: 2,
    Uint32: 4,
    Int32: 4,
    BigUint64: 8,
    BigInt64: 8,
    Float32: 4,
    Float64: 8,
  }
  const view = (buffer) =>
    new View(viewMemory(requireBytes(buffer)), viewStart(buffer), typedArrayLength(buffer))
  for (const name in kinds) {
    const kind = kinds[name]
    const get = uncurry(View.prototype[`get${kind}`])
    const set = uncurry(View.prototype[`set${kind}`])
    const add = (suffix, little) => {
      methods[`read${name}${suffix}`] = {
        read(offset) {
          return get(view(this), offset ?? 0, little)
        },
      }.read
      methods[`write${name}${suffix}`] = {
        write(value, offset) {
          set(view(this), offset ?? 0, value, little)
          return (offset ?? 0) + sizes[kind]
        },
      }.write
    }
    if (sizes[kind] === 1) add('', true)
    else {
      add('LE', true)
      add('BE', false)
    }
  }
}
