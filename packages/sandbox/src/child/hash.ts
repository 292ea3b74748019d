/** Node's hashes, loaded with the first hash: loading takes a tenth of the start of a machine, and most scripts need none. */
import process from 'node:process'

type Crypto = typeof import('node:crypto')

let crypto: Crypto | null = null

export const createHash: Crypto['createHash'] = (...args) => {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto.createHash(...args)
}
