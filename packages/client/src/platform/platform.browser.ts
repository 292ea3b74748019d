/** The platform in browsers: WebCrypto, and key pairs kept in IndexedDB. */
import { keyPairSigner } from '@vms/format/web-crypto'
import { loadKeyPair } from './key-store.browser.ts'
import type { Platform } from './platform.ts'

export const platform: Platform = {
  signer: keyPairSigner,
  defaultSigner: () => loadKeyPair(),
  loadKeyPair,
}
