/** A frame of the composed floor: key, signature, body. */
import { createRequire } from 'node:module'
import type { KeyPair } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'

const { pack } = createRequire(new URL('../packages/rpc/package.json', import.meta.url))('msgpackr')

export function encode(keys: KeyPair, body: unknown): Uint8Array<ArrayBuffer> {
  const packed: Uint8Array = pack(body)
  const frame = new Uint8Array(96 + packed.length)
  frame.set(keys.publicKey)
  frame.set(sodiumCrypto.sign(packed, keys.secretKey), 32)
  frame.set(packed, 96)
  return frame
}
