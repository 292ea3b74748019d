/**
 * Node's hashes, loaded when the first one is made: that takes a tenth of the time in which a machine starts, and most scripts make
 * none.
 */
import process from 'node:process'

type Crypto = typeof import('node:crypto')

let crypto: Crypto | null = null

export const createHash: Crypto['createHash'] = (...args) => {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto.createHash(...args)
}
