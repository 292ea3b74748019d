/**
 * Node's hashes, loaded when the first one is made: they bring a tenth of the time that a machine takes to start, and most machines
 * need one hash of a short text.
 */
import process from 'node:process'

type Crypto = typeof import('node:crypto')

let crypto: Crypto | null = null

export const createHash: Crypto['createHash'] = (...args) => {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto.createHash(...args)
}
