/** The verifier's cryptography in browsers: WebCrypto, and hashes by @noble/hashes. */
import { webChecker, webRandomBytes } from '@vms/format/web-crypto'
import type { ClientCrypto } from './platform.ts'

export const crypto: ClientCrypto = { ...webChecker, randomBytes: webRandomBytes }
