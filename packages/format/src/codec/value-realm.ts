/**
 * What the value codec takes from the realm that it runs in, taken once.
 *
 * The codec also runs inside a script's realm: the source text of its `create…` functions is evaluated there before the script is (see `runtime.ts`). So
 * each of these functions is self-contained: it refers to its parameters and to nothing else outside itself. And none of them looks anything up later,
 * by name or through a prototype: what a script does to globals and prototypes must not change what is written or read, nor run in between. That is why
 * the codec has no `for…of`, spread, array destructuring or regular expression, asks descriptors with `hasOwn`, and calls methods uncurried.
 */

/** The intrinsics of one realm, and small functions made of them alone. */
export type ValueRealm = ReturnType<typeof createValueRealm>

export function createValueRealm() {
  const uncurry = Function.prototype.bind.bind(Function.prototype.call) as <
    Self,
    Args extends unknown[],
    Result,
  >(
    method: (this: Self, ...args: Args) => Result,
  ) => (self: Self, ...args: Args) => Result
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object
  const getter = <Result>(prototype: object, name: PropertyKey) =>
    uncurry(getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => Result)
  type EachEntry = (map: object, each: (value: unknown, key: unknown) => void) => void
  type EachMember = (set: object, each: (member: unknown) => void) => void
  const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype) as object
  const charCodeAt = uncurry(String.prototype.charCodeAt)
  const float = new Float64Array(1)
  const floatBytes = new Uint8Array(float.buffer)
  float[0] = -2

  /** The array index that a key denotes, or −1. Objects order these keys first and ascending, whatever the order of insertion. */
  function arrayIndex(key: string): number {
    const { length } = key
    const first = length === 0 || length > 10 ? 0 : charCodeAt(key, 0) - 0x30
    if (first < 1 || first > 9) return key === '0' ? 0 : -1
    let index = first
    for (let i = 1; i < length; i++) {
      const next = charCodeAt(key, i) - 0x30
      if (next < 0 || next > 9) return -1
      index = 10 * index + next
    }
    return index < 2 ** 32 - 1 ? index : -1
  }

  return {
    arrayIndex,
    arrayPrototype: Array.prototype,
    asIntN: BigInt.asIntN,
    bigintText: uncurry(BigInt.prototype.toString),
    Bytes: Uint8Array,
    charCodeAt,
    copyWithin: uncurry(Uint8Array.prototype.copyWithin),
    DateOf: Date,
    datePrototype: Date.prototype,
    defineProperty: Reflect.defineProperty,
    eachOfMap: uncurry(Map.prototype.forEach) as EachEntry,
    eachOfSet: uncurry(Set.prototype.forEach) as EachMember,
    /**
     * Eight bytes through which float64 values are read and written. `floatEnd` is 7 where the first byte in memory is the format's last.
     */
    float,
    floatBytes,
    floatEnd: floatBytes[0] === 0 ? 7 : 0,
    floor: Math.floor,
    fromCharCode: String.fromCharCode,
    fromCodePoint: String.fromCodePoint,
    getOwnPropertyDescriptor,
    getOwnPropertyNames: Object.getOwnPropertyNames,
    getOwnPropertySymbols: Object.getOwnPropertySymbols,
    getPrototypeOf,
    getTime: uncurry(Date.prototype.getTime),
    hasKey: uncurry(Map.prototype.has) as (map: object, key: unknown) => boolean,
    hasMember: uncurry(Set.prototype.has) as (set: object, member: unknown) => boolean,
    addMember: uncurry(Set.prototype.add) as (set: object, member: unknown) => void,
    setEntry: uncurry(Map.prototype.set) as (map: object, key: unknown, value: unknown) => void,
    hasOwn: Object.hasOwn,
    isArray: Array.isArray,
    isNaNumber: Number.isNaN,
    keysOf: Object.keys,
    MapOf: Map,
    mapPrototype: Map.prototype,
    mapSize: getter<number>(Map.prototype, 'size'),
    /** The largest integer that has an integer encoding. */
    maxSafe: 2 ** 53 - 1,
    nan: Number.NaN,
    objectPrototype: Object.prototype,
    quote: JSON.stringify as (text: string) => string,
    setBytes: uncurry(Uint8Array.prototype.set),
    SetOf: Set,
    setPrototype: Set.prototype,
    setSize: getter<number>(Set.prototype, 'size'),
    sliceText: uncurry(String.prototype.slice),
    toBigint: BigInt,
    two32: 2 ** 32,
    typedArrayBuffer: getter<ArrayBuffer>(typedArrayPrototype, 'buffer'),
    typedArrayLength: getter<number>(typedArrayPrototype, 'length'),
    typedArrayName: getter<string | undefined>(typedArrayPrototype, Symbol.toStringTag),
    typedArrayOffset: getter<number>(typedArrayPrototype, 'byteOffset'),
  }
}
