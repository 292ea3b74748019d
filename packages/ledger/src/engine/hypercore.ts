/// <reference path="../types/hypercore.d.ts" preserve="true" />
/**
 * The one file that imports hypercore: manifests, signatures, tree nodes, blocks and protocol streams, in our terms.
 */
import type { Duplex } from 'node:stream'
import { type LedgerManifest, SIGNER_NAMESPACE, type TreeNode } from '@vms/format'
import Hypercore, {
  type HypercoreManifest,
  type HypercoreNoiseStream,
  type HypercoreProof,
} from 'hypercore'

/** The encrypted stream of a connection, with its multiplexer. */
export type { HypercoreNoiseStream } from 'hypercore'

/** A core, or a session of one. */
export type Core = Hypercore

/** What a peer proved about a core: the tree up to a length, from nothing. */
export type Proof = HypercoreProof

/** The public key that a core with this manifest has. */
export const coreKey = (manifest: HypercoreManifest): Uint8Array => Hypercore.key(manifest)

/** The manifest of a core with one signer and no other commitment, as plain hyperdrive makes it. */
export const plainManifest = (publicKey: Uint8Array): HypercoreManifest => ({
  version: 1,
  signers: [{ publicKey }],
})

/** A ledger's core: its key commits to the signer, the files and the genesis. */
export function ledgerCoreManifest(manifest: LedgerManifest): HypercoreManifest {
  return {
    version: 2,
    hash: 'blake2b',
    allowPatch: false,
    quorum: 1,
    signers: [
      {
        signature: 'ed25519',
        namespace: Buffer.from(SIGNER_NAMESPACE),
        publicKey: Buffer.from(manifest.signer),
      },
    ],
    prologue: null,
    linked: [Buffer.from(manifest.filesKey)],
    userData: Buffer.from(manifest.genesisHash),
  }
}

/** What a core's manifest commits to as a ledger; null if the manifest is not exactly of a ledger's form. */
export function readLedgerManifest(core: Core): LedgerManifest | null {
  const signer = core.manifest?.signers[0]?.publicKey
  const filesKey = core.manifest?.linked?.[0]
  const genesisHash = core.manifest?.userData
  if (!signer || filesKey?.length !== 32 || genesisHash?.length !== 32) return null
  const manifest = {
    signer: plain(signer),
    filesKey: plain(filesKey),
    genesisHash: plain(genesisHash),
  }
  // The key is the hash of the manifest: equal keys leave no room for another quorum, namespace or prologue.
  return Buffer.compare(coreKey(ledgerCoreManifest(manifest)), core.key) === 0 ? manifest : null
}

/** The key that signs a drive, by the manifest of its db core; null if the manifest is not exactly of a drive's form. */
export function readDriveSigner(db: Core): Uint8Array | null {
  const signer = db.manifest?.signers[0]?.publicKey
  if (!signer) return null
  return Buffer.compare(coreKey(plainManifest(signer)), db.key) === 0 ? plain(signer) : null
}

const SIGNATURE_BYTES = 64

/**
 * The Ed25519 signature in what hypercore stores at a head: its multisignature of one signer is
 * `01 00 <64 bytes> 00 00` (one proof, by signer 0, no patch). Throws if the core has none or another.
 */
export const headSignature = (core: Core): Uint8Array => proofSignature(core.state.signature)

/** As {@link headSignature}, but empty where that throws. */
export function storedSignature(core: Core): Uint8Array {
  const { signature } = core.state
  return signature && isOneSignature(signature) ? headSignature(core) : new Uint8Array()
}

const isOneSignature = (stored: Uint8Array): boolean =>
  stored.length === SIGNATURE_BYTES + 4 && stored[0] === 1 && stored[1] === 0

/** The Ed25519 signature in a multisignature that a peer sent. Throws as {@link headSignature} does. */
export function proofSignature(stored: Uint8Array | null): Uint8Array {
  if (!stored || !isOneSignature(stored)) {
    throw new Error('the core has no signature of exactly one signer')
  }
  return plain(stored.subarray(2, 2 + SIGNATURE_BYTES))
}

/** The nodes with these flat indexes, in one read. A missing node is null. */
export async function readNodes(
  core: Core,
  indexes: readonly number[],
): Promise<(TreeNode | null)[]> {
  const reader = core.state.storage.read()
  const pending = indexes.map((index) => reader.getTreeNode(index))
  reader.tryFlush()
  return await Promise.all(pending)
}

/** The stored blocks [start, end), in one read. A block that is not there is null. */
export async function readBlocks(
  core: Core,
  start: number,
  end: number,
): Promise<(Uint8Array | null)[]> {
  const reader = core.state.storage.read()
  const pending: Promise<Uint8Array | null>[] = []
  for (let index = start; index < end; index++) pending.push(reader.getBlock(index))
  reader.tryFlush()
  return await Promise.all(pending)
}

/**
 * Keeps hypercore from writing its hints (how much is contiguous, here and at peers) after each append. The append itself has written the
 * essential ones, hypercore checks them when it opens a core, and a write per core would double the cost of a small commit.
 */
export function skipHints(core: Core): void {
  core.core.flushHints = async () => {
    core.core.hintsChanged = false
  }
}

/** Sets a value that is stored beside a core and never replicated. Part of the atom if `core` is a session of one. */
export async function setPrivate(core: Core, key: string, value: Uint8Array): Promise<void> {
  await core.state.setUserData(key, value)
}

/** A value that {@link setPrivate} set, null if there is none. */
export async function getPrivate(core: Core, key: string): Promise<Uint8Array | null> {
  const value = await core.getUserData(key)
  return value && plain(value)
}

/** The values whose keys are in [start, end), in the order of keys of equal length. */
export async function* listPrivate(
  core: Core,
  start: string,
  end: string,
): AsyncGenerator<Uint8Array> {
  const padded = end.padEnd(start.length, '0')
  for await (const { value } of core.state.storage.createUserDataStream({
    gte: start,
    lt: padded,
  })) {
    yield plain(value)
  }
}

/** A stream over which cores replicate, and the encrypted stream inside it that carries every byte. */
export interface ReplicationStream {
  readonly outer: Duplex
  readonly inner: HypercoreNoiseStream
}

/**
 * A replication stream that serves exactly `cores`, each only to peers that know its key. `transport` is an encrypted
 * connection (hyperswarm), or whether this side speaks first on a stream that the caller pipes somewhere.
 * `beforeStart` runs before anything can be written.
 */
export function serveCores(
  cores: readonly Core[],
  transport: boolean | Duplex,
  beforeStart: (stream: ReplicationStream) => void,
): Duplex {
  const outer = Hypercore.createProtocolStream(transport)
  const stream = { outer, inner: outer.noiseStream }
  beforeStart(stream)
  return Hypercore.createProtocolStream(outer, {
    ondiscoverykey: (discoveryKey) => serveCore(cores, stream.inner, discoveryKey),
  })
}

/** Replicates over an encrypted connection. `asked` decides for each discovery key that the peer asks for, and serves the core. */
export function serveAsked(
  transport: Duplex,
  asked: (inner: HypercoreNoiseStream, discoveryKey: Uint8Array) => Promise<void>,
): void {
  const outer = Hypercore.createProtocolStream(transport)
  Hypercore.createProtocolStream(outer, {
    ondiscoverykey: (discoveryKey) => asked(outer.noiseStream, discoveryKey),
  })
}

/** Serves the core of `cores` that has this discovery key, on a stream that carries a multiplexer. Returns whether there is one. */
export function serveCore(
  cores: readonly Core[],
  { userData: muxer }: HypercoreNoiseStream,
  asked: Uint8Array,
): boolean {
  const core = cores.find((one) => Buffer.compare(one.discoveryKey, asked) === 0)
  if (!core) return false
  const { replicator } = core.core
  if (!replicator.attached(muxer)) replicator.attachTo(muxer)
  return true
}

// A Uint8Array of its own, free of the slab that Buffer or storage shares.
const plain = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes)

/** Topic under which peers with a core are found: a hash of its key. */
export const discoveryKey = (core: Core): Uint8Array => plain(core.discoveryKey)

/** The discovery key of the core with this public key. */
export const discoveryKeyOf = (key: Uint8Array): Uint8Array =>
  plain(Hypercore.discoveryKey(Buffer.from(key)))
