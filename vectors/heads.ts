/** The ledger's key and signed heads. See `docs/spec/format.md`, "The ledger's key" and "Heads", and `docs/spec/files.md`, "Cores". */
import { driveKeys, headSignable, ledgerKey, type SignedHead, toHex } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { bob, example, filled, genesisBytes, ledger, manifest, seeds, signer } from './example.ts'

const hex = (given: typeof manifest) => ({
  signer: toHex(given.signer),
  filesKey: toHex(given.filesKey),
  genesisHash: toHex(given.genesisHash),
})
const manifests = [manifest, { signer: filled(1), filesKey: filled(2), genesisHash: filled(3) }]

const good = example.heads.at(-1) as SignedHead
const signed = (message: Uint8Array, secretKey = signer.secretKey) =>
  crypto.sign(message, secretKey)
const signable = headSignable(ledger, good.length, good.treeHash)
const onFork = signable.slice()
onFork[104] = 1

const heads: readonly (readonly [string, SignedHead, boolean])[] = [
  ...example.heads.map((head) => [`the head at ${head.length}`, head, true] as const),
  ['another length', { ...good, length: good.length + 1 }, false],
  ['another tree hash', { ...good, treeHash: filled(9) }, false],
  ['signed by another key', { ...good, signature: signed(signable, bob.secretKey) }, false],
  ['signed on another fork', { ...good, signature: signed(onFork) }, false],
  [
    'signed for another ledger',
    { ...good, signature: signed(headSignable(filled(9), good.length, good.treeHash)) },
    false,
  ],
  ['signed without the namespace', { ...good, signature: signed(signable.subarray(32)) }, false],
]

export const headVectors = (): object => ({
  about:
    'manifests: what a ledger key commits to, and the key. drives: the public key that signs a drive, and the keys of its two cores. heads: of the first of those ledgers; signable is what is signed, signature is by the key of seed `signerSeed`. hex throughout.',
  signerSeed: toHex(seeds.signer),
  genesis: toHex(genesisBytes),
  manifests: manifests.map((given) => ({ ...hex(given), key: toHex(ledgerKey(crypto, given)) })),
  drives: [signer.publicKey, filled(1)].map((publicKey) => {
    const { db, blobs } = driveKeys(crypto, publicKey)
    return { signer: toHex(publicKey), db: toHex(db), blobs: toHex(blobs) }
  }),
  heads: heads.map(([name, head, valid]) => ({
    name,
    length: head.length,
    treeHash: toHex(head.treeHash),
    signable: toHex(headSignable(ledger, head.length, head.treeHash)),
    signature: toHex(head.signature),
    valid,
  })),
})
