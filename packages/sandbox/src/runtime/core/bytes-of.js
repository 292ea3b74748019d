/** The bytes of whatever holds bytes. */
import {
  Bytes,
  memoryLength,
  typedArrayName,
  viewedBytes,
  viewedMemory,
  viewedStart,
  viewLength,
  viewMemory,
  viewStart,
} from './primordials.js'

/** A view of the bytes of an ArrayBuffer, a typed array or a DataView; null for anything else. Copies nothing. */
export function bytesOf(value) {
  if (typeof value !== 'object' || value === null) return null
  if (typedArrayName(value) !== undefined) {
    return new Bytes(viewMemory(value), viewStart(value), viewLength(value))
  }
  try {
    return new Bytes(value, 0, memoryLength(value))
  } catch {
    // The value is no ArrayBuffer.
  }
  try {
    return new Bytes(viewedMemory(value), viewedStart(value), viewedBytes(value))
  } catch {
    return null
  }
}
