/** z-base-32 of 32-byte keys: 52 characters, 5 bits each from the top, and 4 zero bits at the end. */

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769'

/** Encodes any byte string. Zero bits pad the last character. */
export function encodeZ32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31]
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text
}

/** Decodes 52 characters to 32 bytes; null for any other text, or if the last bits are not zero. */
export function decodeZ32Key(text: string): Uint8Array | null {
  if (text.length !== 52) return null
  const bytes = new Uint8Array(32)
  let at = 0
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return null
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : null
}
