/**
 * Checks the bytes of a frame before the decoder sees them. The decoder allocates as many items as a header names before it reads one, so
 * five bytes could make it take hundreds of megabytes. This check refuses a header that names more items than the frame has bytes left. It
 * also refuses extensions, except the one that both sides use.
 */

/** Levels of nested arrays and maps; a change of a result has four. */
const nesting = 16

/** The type of msgpackr's extension for `undefined`; its body is one byte. */
const undefinedType = 0

/** @throws TypeError if the bytes are not exactly one value */
export function checkFrame(body: Uint8Array): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const walk = new Walk(view)
  walk.value(0)
  if (!walk.isAtEnd) throw new TypeError('a frame holds more than one value')
}

/** What the first byte says about the size: how many bytes of size follow it, or the size itself. */
type Size = readonly ['told' | 'fixed' | 'undefined', number]
const sizes: ReadonlyMap<number, Size> = new Map<number, Size>([
  ...[0xc0, 0xc2, 0xc3].map((first) => [first, ['fixed', 0]] as const),
  ...[0xc4, 0xc5, 0xc6].map((first, i) => [first, ['told', 2 ** i]] as const),
  ...[0xca, 0xcb].map((first, i) => [first, ['fixed', 4 + 4 * i]] as const),
  ...[0xcc, 0xcd, 0xce, 0xcf].map((first, i) => [first, ['fixed', 2 ** i]] as const),
  ...[0xd0, 0xd1, 0xd2, 0xd3].map((first, i) => [first, ['fixed', 2 ** i]] as const),
  [0xd4, ['undefined', 1]] as const,
  ...[0xd9, 0xda, 0xdb].map((first, i) => [first, ['told', 2 ** i]] as const),
  ...[0xdc, 0xdd].map((first, i) => [first, ['told', 2 + 2 * i]] as const),
  ...[0xde, 0xdf].map((first, i) => [first, ['told', 2 + 2 * i]] as const),
])

class Walk {
  readonly #view: DataView
  #at = 0

  constructor(view: DataView) {
    this.#view = view
  }

  get isAtEnd(): boolean {
    return this.#at === this.#view.byteLength
  }

  value(depth: number): void {
    if (depth > nesting) throw new TypeError('a frame is nested too deep')
    const first = this.#length(1)
    if (first <= 0x7f || first >= 0xe0) return
    if (first <= 0x8f) this.#items(2 * (first & 0x0f), depth)
    else if (first <= 0x9f) this.#items(first & 0x0f, depth)
    else if (first <= 0xbf) this.#skip(first & 0x1f)
    else if (first >= 0xdc) this.#items((first >= 0xde ? 2 : 1) * this.#size(first), depth)
    else this.#skip(this.#size(first))
  }

  /** Reads the size in a header of more than one byte: a number of bytes, items or pairs. */
  #size(first: number): number {
    const [kind, number] = sizes.get(first) ?? []
    if (kind === undefined || number === undefined)
      throw new TypeError('a frame has a value of a kind that the protocol does not have')
    if (kind === 'told') return this.#length(number)
    if (kind === 'undefined' && this.#length(1) !== undefinedType)
      throw new TypeError('a frame has a MessagePack extension')
    return number
  }

  #items(count: number, depth: number): void {
    // Each item takes at least one byte.
    if (count > this.#view.byteLength - this.#at) throw new TypeError('a frame is cut off')
    for (let i = 0; i < count; i++) this.value(depth + 1)
  }

  #length(bytes: number): number {
    const at = this.#at
    this.#skip(bytes)
    if (bytes === 1) return this.#view.getUint8(at)
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #skip(bytes: number): void {
    this.#at += bytes
    if (this.#at > this.#view.byteLength) throw new TypeError('a frame is cut off')
  }
}
