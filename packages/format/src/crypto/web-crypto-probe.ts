/**
 * Whether a platform's Ed25519 is the one that the rule needs: there at all, and not multiplying by the cofactor. Two
 * signatures of `vectors/signatures.json` tell: an ordinary one, and one whose R has a part of small order.
 */
import { fromHex } from '../codec/bytes.ts'

type Verify = (
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
) => Promise<boolean>

const KEY = fromHex('ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c')
const MESSAGE = fromHex('766d73')
const ORDINARY = fromHex(
  '048ffab2adc41dc3b02c5f5efa93d84e6b287f90ada90915ccd4de40f4680ee3e8e7c9144ef5fe2df2a463805690265b1ca01177b1540f9afa1dc8bcb7bf2406',
)
const WITH_TORSION = fromHex(
  'd63c01223147541df4e170763e9e2788a8bf5971f52a93c5829dbe6f5ff6bba99978a7fd5730b2dc70bf6c7f57a03fcc666ba5b9ab1d08de8403d47268dd5501',
)

/** Resolves with the answer; an engine that is not there does not hold. */
export async function isCofactorless(verify: Verify): Promise<boolean> {
  try {
    return (await verify(MESSAGE, ORDINARY, KEY)) && !(await verify(MESSAGE, WITH_TORSION, KEY))
  } catch {
    return false
  }
}
