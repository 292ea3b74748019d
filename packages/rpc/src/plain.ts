/**
 * The part of MessagePack that a frame may use: nil, booleans, numbers, strings, byte strings, arrays and maps. Each value is complete,
 * and no byte follows the last one.
 *
 * A general reader does more: it allocates arrays of an announced length, follows references, builds regular expressions and keeps
 * record definitions. This check runs first, so the reader never sees such a frame. It walks over the bytes without decoding, and
 * skips byte strings in one step.
 */

/** Why `bytes` are no plain MessagePack value, such as nesting deeper than `maxDepth`; null if they are one. */
export function plainFault(bytes: Uint8Array, maxDepth: number): string | null {
  if (bytes.length === 0) return 'it is empty'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Values still missing at each open level; a map of n pairs misses 2n.
  const missing = [1]
  let at = 0
  for (;;) {
    while (missing.at(-1) === 0) missing.pop()
    const level = missing.length - 1
    if (level < 0) break
    missing[level] = (missing[level] as number) - 1
    if (at >= bytes.length) return 'it ends too early'
    const token = bytes[at] as number
    const head = headOf(view, at, token)
    if (head === null) return `byte ${at} (0x${token.toString(16).padStart(2, '0')}) is not allowed`
    if (head.end > bytes.length) return 'it ends too early'
    at = head.end
    if (head.items > bytes.length - at) return 'it ends too early'
    if (head.items > 0 && missing.length > maxDepth) return `it nests deeper than ${maxDepth}`
    if (head.items > 0) missing.push(head.items)
  }
  return at === bytes.length ? null : `${bytes.length - at} bytes too many at its end`
}

interface Head {
  /** Offset behind the value, for arrays and maps behind its header. */
  readonly end: number
  /** Values that follow inside it. */
  readonly items: number
}

function headOf(view: DataView, at: number, token: number): Head | null {
  if (token <= 0x7f || token >= 0xe0) return { end: at + 1, items: 0 }
  if (token <= 0x8f) return { end: at + 1, items: 2 * (token - 0x80) }
  if (token <= 0x9f) return { end: at + 1, items: token - 0x90 }
  if (token <= 0xbf) return { end: at + 1 + (token - 0xa0), items: 0 }
  if (token === 0xc0 || token === 0xc2 || token === 0xc3) return { end: at + 1, items: 0 }
  const fixed = FIXED[token]
  if (fixed !== undefined) return { end: at + fixed, items: 0 }
  const bytes = COUNTED[token]
  if (bytes === undefined) return null
  // The header is cut off: any end beyond the input works.
  if (at + 1 + bytes > view.byteLength) return { end: at + 1 + bytes, items: 0 }
  const count =
    bytes === 1
      ? view.getUint8(at + 1)
      : bytes === 2
        ? view.getUint16(at + 1)
        : view.getUint32(at + 1)
  const end = at + 1 + bytes
  if (token >= 0xde) return { end, items: 2 * count }
  if (token >= 0xdc) return { end, items: count }
  return { end: end + count, items: 0 }
}

/** Bytes of float32, float64, uint8–64 and int8–64, with their token. */
const FIXED: Readonly<Record<number, number>> = {
  [0xca]: 5,
  [0xcb]: 9,
  [0xcc]: 2,
  [0xcd]: 3,
  [0xce]: 5,
  [0xcf]: 9,
  [0xd0]: 2,
  [0xd1]: 3,
  [0xd2]: 5,
  [0xd3]: 9,
}

/** Bytes of the length of bin8–32, str8–32, array16–32 and map16–32. */
const COUNTED: Readonly<Record<number, number>> = {
  [0xc4]: 1,
  [0xc5]: 2,
  [0xc6]: 4,
  [0xd9]: 1,
  [0xda]: 2,
  [0xdb]: 4,
  [0xdc]: 2,
  [0xdd]: 4,
  [0xde]: 2,
  [0xdf]: 4,
}
