/**
 * The tail of an entry of calls: the bytes after the request and its signature, which are `time`, `outcomes`, `root` and `files`. Callers
 * have the rest, so a reply carries the tail alone, and its caller hashes the very bytes that stand in the ledger.
 */

/** An array of 7 fields, the first of which is 3: calls. */
const HEAD = [0x97, 0x03]
const NULL = 0xc0
const BYTES_8 = 0xc4
const SIGNATURE_BYTES = 64

/** The head of a byte string of `length`, in its shortest form. */
const bytesHead = (length: number): number[] =>
  length < 0x100
    ? [BYTES_8, length]
    : length < 0x10000
      ? [BYTES_8 + 1, length >> 8, length & 0xff]
      : [BYTES_8 + 2, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]

/** The encoded entry of a request with this tail. */
export function entryWithTail(
  request: Uint8Array,
  signature: Uint8Array | null,
  tail: Uint8Array,
): Uint8Array {
  const head = [...HEAD, ...bytesHead(request.length)]
  const signed = signature ? [...bytesHead(signature.length), ...signature] : [NULL]
  const out = new Uint8Array(head.length + request.length + signed.length + tail.length)
  out.set(head)
  out.set(request, head.length)
  out.set(signed, head.length + request.length)
  out.set(tail, out.length - tail.length)
  return out
}

/** The tail of an encoded entry of calls, in the same memory. Throws a TypeError for another entry. */
export function tailOf(entry: Uint8Array): Uint8Array {
  const [, , form = 0] = entry
  const sizeBytes = 1 << (form - BYTES_8)
  if (HEAD.some((byte, i) => entry[i] !== byte) || form < BYTES_8 || sizeBytes > 4)
    throw new TypeError('the entry holds no calls')
  let length = 0
  for (let i = 0; i < sizeBytes; i++) length = 256 * length + (entry[3 + i] as number)
  const at = 3 + sizeBytes + length
  return entry.subarray(entry[at] === NULL ? at + 1 : at + 2 + SIGNATURE_BYTES)
}
