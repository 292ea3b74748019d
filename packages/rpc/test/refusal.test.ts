/** A refusal is the refusal key's word about one request, one code and one head. */
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { expect, test } from 'vitest'
import {
  type RefusalClaim,
  refusalCodes,
  refusalMeaning,
  safeToSignAgain,
  signRefusal,
  verifyRefusal,
} from '../src/index.ts'

const key = crypto.keyPair()
const claim: RefusalClaim = {
  requestId: new Uint8Array(32).fill(1),
  code: 'ERR_VMS_BUSY',
  head: { length: 7, treeHash: new Uint8Array(32).fill(2) },
}

test('a signed refusal verifies, and no other does by its signature', () => {
  const signature = signRefusal(crypto, claim, key.secretKey)
  expect(verifyRefusal(crypto, claim, signature, key.publicKey)).toBe(true)
  const others: RefusalClaim[] = [
    { ...claim, requestId: new Uint8Array(32).fill(3) },
    { ...claim, code: 'ERR_VMS_EXPIRED' },
    { ...claim, head: { ...claim.head, length: 8 } },
    { ...claim, head: { ...claim.head, treeHash: new Uint8Array(32).fill(3) } },
  ]
  for (const other of others)
    expect(verifyRefusal(crypto, other, signature, key.publicKey)).toBe(false)
  expect(verifyRefusal(crypto, claim, signature, crypto.keyPair().publicKey)).toBe(false)
})

test('the signature is over a domain tag and the claim as a value', () => {
  // The bytes that docs/spec fixes: "vms/refusal/1\n", then the array [request id, code, length, tree hash].
  const value = `94${`c420${'01'.repeat(32)}`}ac${Buffer.from('ERR_VMS_BUSY').toString('hex')}07c420${'02'.repeat(32)}`
  const message = Buffer.concat([Buffer.from('vms/refusal/1\n'), Buffer.from(value, 'hex')])
  const signature = signRefusal(crypto, claim, key.secretKey)
  expect(crypto.verify(message, signature, key.publicKey)).toBe(true)
})

test('calls are signed again only where the old bytes cannot be executed any more', () => {
  for (const code of refusalCodes) {
    const { final, coversEarlier, retry } = refusalMeaning(code)
    expect(safeToSignAgain(code, 1)).toBe(final)
    expect(safeToSignAgain(code, 2)).toBe(final && coversEarlier)
    // A code that lets the client sign anew must be final; one that is not lets it send the same bytes only.
    if (retry === 'now' || retry === 'alone') expect(final).toBe(true)
    if (retry === 'later') expect(final).toBe(false)
  }
  expect(safeToSignAgain('ERR_VMS_BUSY', 1)).toBe(false)
  expect(safeToSignAgain('ERR_VMS_UNKNOWN_HEAD', 2)).toBe(false)
})
