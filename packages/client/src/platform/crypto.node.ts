/** The verifier's cryptography on Node: libsodium. */
import { sodiumCrypto } from '@vms/format/sodium'
import type { ClientCrypto } from './platform.ts'

const { verify, hash, randomBytes } = sodiumCrypto

export const crypto: ClientCrypto = { verify, hash, randomBytes }
