/** The platform on Node: libsodium, without a key store. */
import { sodiumCrypto } from '@vms/format/sodium'
import { VmsUsageError } from '../errors/errors.ts'
import type { Platform } from './platform.ts'

const { keyPair, sign } = sodiumCrypto

const signer: Platform['signer'] = ({ publicKey, secretKey }) => ({
  publicKey,
  extractable: true,
  sign: (message) => sign(message, secretKey),
})

export const platform: Platform = {
  signer,
  defaultSigner: () => signer(keyPair()),
  async loadKeyPair() {
    throw new VmsUsageError('ERR_VMS_NO_KEY_STORE', 'only browsers keep key pairs for a page', {
      hint: 'read a key pair from a file of your own and give it as the option key',
    })
  },
}
