/** Statements of hosts of many that hold, and tampered ones. See `docs/spec/provisioning.md`, "Statements". */
import {
  encodeHostStatement,
  type HostClaim,
  type HostStatement,
  type SignedHead,
  signHostClaim,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { bob, example, filled, genesisBytes, ledger, manifest, seeds } from './example.ts'

const key = crypto.keyPair(seeds.refusal)
const { length, treeHash } = example.heads.at(-1) as SignedHead
const services = [
  { id: filled(1), state: 'running' },
  { id: filled(2), state: 'stopped' },
]

function statement(
  changes: Partial<HostClaim> = {},
  { secretKey = key.secretKey, of = ledger } = {},
): HostStatement {
  const claim = { length, treeHash, nonce: null, services, ...changes }
  const signature = signHostClaim(crypto, of, claim, secretKey)
  return { version: 1, manifest, genesis: genesisBytes, claim, signature }
}

const list = statement()
const answer = statement({ nonce: filled(3), services: null })
const tampered = (changes: Partial<HostClaim>): HostStatement => ({
  ...list,
  claim: { ...list.claim, ...changes },
})

const valid: readonly (readonly [string, HostStatement])[] = [
  ['a list', list],
  ['a list of nothing', statement({ services: [] })],
  ['an answer', answer],
]

const invalid: readonly (readonly [string, HostStatement])[] = [
  ['another state', tampered({ services: [{ id: filled(1), state: 'stopped' }] })],
  ['another head', tampered({ length: length + 1 })],
  ['another history', tampered({ treeHash: filled(9) })],
  ['a nonce in a list', tampered({ nonce: filled(3) })],
  ['an answer to another question', { ...answer, claim: { ...answer.claim, nonce: filled(4) } }],
  ['signed for another ledger', statement({}, { of: filled(9) })],
  ['signed by another key', statement({}, { secretKey: bob.secretKey })],
  ['another block 0', { ...list, genesis: genesisBytes.with(-1, 1) }],
]

const shown = ([name, made]: readonly [string, HostStatement]) => ({
  name,
  bytes: toHex(encodeHostStatement(made)),
})

export const statementVectors = (): object => ({
  about: 'Statements of hosts of many. bytes: hex of the record.',
  ledger: toHex(ledger),
  valid: valid.map(shown),
  invalid: invalid.map(shown),
})
