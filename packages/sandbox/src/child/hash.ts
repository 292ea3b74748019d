/** Loads Node's hashes at their first use. Loading takes a tenth of a machine's start, and most scripts need no hash. */
import process from 'node:process'

type Crypto = typeof import('node:crypto')

let crypto: Crypto | null = null

export const createHash: Crypto['createHash'] = (...args) => {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto.createHash(...args)
}
