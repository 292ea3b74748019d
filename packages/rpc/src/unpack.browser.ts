/** Reads MessagePack in browsers. */

/** Decodes bytes that `plainFault` has accepted. Byte strings share memory with `bytes`. */
export function unpack(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts = new TextDecoder('utf-8', { ignoreBOM: true })
  let at = 0

  /** The next unsigned number of `size` bytes. */
  function count(size: number): number {
    let n = 0
    for (let i = 0; i < size; i++) n = n * 256 + view.getUint8(at++)
    return n
  }

  function part(length: number): Uint8Array {
    at += length
    return bytes.subarray(at - length, at)
  }

  const text = (length: number): string => texts.decode(part(length))
  const array = (length: number): unknown[] => Array.from({ length }, next)
  const map = (length: number): object =>
    Object.fromEntries(Array.from({ length }, () => [next(), next()]))

  function float(size: 4 | 8): number {
    at += size
    return size === 4 ? view.getFloat32(at - size) : view.getFloat64(at - size)
  }

  /** Two's complement of `size` bytes. */
  function signed(size: number): number {
    if (size === 8) return signed(4) * 2 ** 32 + count(4)
    const n = count(size)
    const full = 256 ** size
    return n >= full / 2 ? n - full : n
  }

  function next(): unknown {
    const token = view.getUint8(at++)
    if (token < 0x80) return token
    if (token < 0x90) return map(token & 15)
    if (token < 0xa0) return array(token & 15)
    if (token < 0xc0) return text(token & 31)
    if (token === 0xc0) return null
    if (token < 0xc4) return token === 0xc3
    if (token < 0xc7) return part(count(2 ** (token - 0xc4)))
    if (token < 0xcc) return float(token === 0xca ? 4 : 8)
    if (token < 0xd0) return count(2 ** (token - 0xcc))
    if (token < 0xd4) return signed(2 ** (token - 0xd0))
    if (token < 0xdc) return text(count(2 ** (token - 0xd9)))
    if (token < 0xde) return array(count(token === 0xdc ? 2 : 4))
    if (token < 0xe0) return map(count(token === 0xde ? 2 : 4))
    return token - 256
  }

  return next()
}
