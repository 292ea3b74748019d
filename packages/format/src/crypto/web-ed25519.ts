/** Chooses the Ed25519 implementation: the platform's, or @noble/curves where the platform has none or follows another rule. */
import { laterPart } from './later-part.ts'
import type { Ed25519 } from './noble-ed25519.ts'
import { isCofactorless } from './web-crypto-probe.ts'

// The cast says what holds for every byte string of ours: it does not lie in a SharedArrayBuffer.
export const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes as Uint8Array<ArrayBuffer>

/** Its name in WebCrypto. */
export const ALGORITHM = 'Ed25519'

/** WebCrypto's own answer. The signature rule requires more. */
export async function verifyByPlatform(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  const { subtle } = globalThis.crypto
  const key = await subtle.importKey('raw', plain(publicKey), ALGORITHM, true, ['verify'])
  return await subtle.verify(ALGORITHM, key, plain(signature), plain(message))
}

const loadNoble = laterPart(
  () => import('./noble-ed25519.ts'),
  (url) => import(/* @vite-ignore */ url),
)

let engine: Promise<Ed25519 | null> | null = null

/** noble's Ed25519; null where the platform's own suffices. Without a secure context there is no `crypto.subtle`. */
export const nobleIfNeeded = (): Promise<Ed25519 | null> => {
  engine ??= chooseEngine().catch((error) => {
    engine = null
    throw error
  })
  return engine
}

const chooseEngine = async (): Promise<Ed25519 | null> =>
  (await isCofactorless(verifyByPlatform)) ? null : (await loadNoble()).nobleEd25519
