/** Refusals that hold, tampered ones, and what contradicts one. See `docs/spec/format.md`, "Refusals". */
import {
  encodeRefusal,
  encodeValue,
  type RefusalClaim,
  refusalSignable,
  requestId,
  type SignedHead,
  type SignedRefusal,
  signRefusal,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { bob, calls, example, filled, genesisBytes, ledger, manifest, seeds } from './example.ts'
import { encodePositional } from './positional.ts'

const key = crypto.keyPair(seeds.refusal)
const idOf = (call: number): Uint8Array =>
  requestId(crypto, calls[call]?.request ?? new Uint8Array())
const head = example.heads.at(-1) as SignedHead

const claim: RefusalClaim = {
  ledger,
  requestId: idOf(0),
  code: 'ERR_VMS_BUSY',
  covers: true,
  length: head.length,
  treeHash: head.treeHash,
  time: 1_760_000_009_000,
}

function refusal(changes: Partial<RefusalClaim> = {}, secretKey = key.secretKey): SignedRefusal {
  const { ledger: of, ...rest } = { ...claim, ...changes }
  const signature = signRefusal(crypto, { ledger: of, ...rest }, secretKey)
  return { version: 1, manifest, genesis: genesisBytes, ...rest, signature }
}

const good = refusal()
const valid: readonly (readonly [string, SignedRefusal])[] = [
  ['one that covers', good],
  ['one of a host that does not remember', refusal({ covers: false })],
  ['one at the first head', refusal({ length: 2, treeHash: filled(7) })],
  ['one with another code', refusal({ code: 'ERR_VMS_MEMORY', time: 0 })],
]

const old = encodeValue([claim.requestId, claim.code, claim.length, claim.treeHash])
const firstFormat = Uint8Array.of(...new TextEncoder().encode('vms/refusal/1\n'), ...old)

const invalid: readonly (readonly [string, Uint8Array])[] = [
  ['another request', encodeRefusal({ ...good, requestId: idOf(1) })],
  ['another code', encodeRefusal({ ...good, code: 'ERR_VMS_CRASH' })],
  ['covering what it did not say to cover', encodeRefusal({ ...good, covers: false })],
  ['another length', encodeRefusal({ ...good, length: good.length + 1 })],
  ['another history', encodeRefusal({ ...good, treeHash: filled(9) })],
  ['another time', encodeRefusal({ ...good, time: good.time + 1 })],
  ['signed for another ledger', encodeRefusal(refusal({ ledger: filled(9) }))],
  ['signed by another key', encodeRefusal(refusal({}, bob.secretKey))],
  [
    'a signature over the first format',
    encodeRefusal({ ...good, signature: crypto.sign(firstFormat, key.secretKey) }),
  ],
  [
    'another genesis',
    encodeRefusal({ ...good, genesis: genesisBytes.subarray(0, genesisBytes.length - 1) }),
  ],
  ['an entry in place of the genesis', encodeRefusal({ ...good, genesis: filled(0xc0, 1) })],
  ['another manifest', encodeRefusal({ ...good, manifest: { ...manifest, signer: filled(9) } })],
  ['an unknown field', encodePositional({ ...good, extra: null })],
  ['another version', encodePositional({ ...good, version: 2 })],
]

/** Each beside the claim above. */
const places: readonly (readonly [string, object, object, boolean])[] = [
  ['the same request, covered', {}, { index: claim.length - 1 }, true],
  ['the first entry', {}, { index: 0 }, true],
  ['at the length', {}, { index: claim.length }, false],
  ['behind the length', {}, { index: claim.length + 9 }, false],
  ['not covered', { covers: false }, { index: 0 }, false],
  ['another request', {}, { index: 0, requestId: toHex(idOf(1)) }, false],
  ['another ledger', {}, { index: 0, ledger: toHex(filled(9)) }, false],
]

const shown = ({ requestId: id, treeHash, ledger: of, ...rest }: RefusalClaim): object => ({
  ledger: toHex(of),
  requestId: toHex(id),
  treeHash: toHex(treeHash),
  ...rest,
})

export const refusalVectors = (): object => ({
  about:
    'Refusals. bytes: hex of the record; signable: what its signature is over. contradictions: whether a claim and the place of a request (from a receipt that holds) contradict each other.',
  ledger: toHex(ledger),
  valid: valid.map(([name, given]) => {
    const { version: _v, manifest: _m, genesis: _g, signature: _s, ...rest } = given
    const signed = { ledger, ...rest }
    return {
      name,
      bytes: toHex(encodeRefusal(given)),
      claim: shown(signed),
      signable: toHex(refusalSignable(signed)),
    }
  }),
  invalid: invalid.map(([name, bytes]) => ({ name, bytes: toHex(bytes) })),
  contradictions: places.map(([name, changes, place, contradiction]) => ({
    name,
    refusal: { ...shown(claim), ...changes },
    place: { ledger: toHex(ledger), requestId: toHex(claim.requestId), ...place },
    contradiction,
  })),
})
