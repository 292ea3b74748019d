import { sodiumCrypto } from '@vms/format/sodium'
import { expect, test } from 'vitest'
import { signStream, verifyStream } from '../src/index.ts'

const transport = sodiumCrypto.keyPair(new Uint8Array(32).fill(1))
const binding = {
  ledger: new Uint8Array(32).fill(2),
  handshake: new Uint8Array(64).fill(3),
}

test('the proof is over the tag, the handshake and the ledger, as the specification says', () => {
  const message = Buffer.concat([
    Buffer.from('vms/transport/1\n'),
    binding.handshake,
    binding.ledger,
  ])
  const proof = signStream(sodiumCrypto, binding, transport.secretKey)
  expect(proof).toEqual(sodiumCrypto.sign(message, transport.secretKey))
  expect(verifyStream(sodiumCrypto, binding, proof, transport.publicKey)).toBe(true)
})

test('a proof holds for no other stream, ledger or key', () => {
  const proof = signStream(sodiumCrypto, binding, transport.secretKey)
  const holds = (changed: Partial<typeof binding>, key = transport.publicKey): boolean =>
    verifyStream(sodiumCrypto, { ...binding, ...changed }, proof, key)
  expect(holds({ handshake: new Uint8Array(64).fill(4) })).toBe(false)
  expect(holds({ ledger: new Uint8Array(32).fill(4) })).toBe(false)
  expect(holds({}, sodiumCrypto.keyPair().publicKey)).toBe(false)
  expect(verifyStream(sodiumCrypto, binding, new Uint8Array(0), transport.publicKey)).toBe(false)
})
