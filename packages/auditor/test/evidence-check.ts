/**
 * Checks evidence as a stranger would, who has the ledger's key, the specification, and nothing of the ledger: from the JSON of a
 * report, without the code that made it.
 */
import {
  type BootEntry,
  type CallsEntry,
  callsExecuted,
  climb,
  decodeEntry,
  decodeReceipt,
  decodeRequest,
  type Entry,
  encodeEntry,
  fromHex,
  type GenesisEntry,
  leafNode,
  ledgerKey,
  outcomesOf,
  type Request,
  Rfc6962Range,
  requestId,
  sameBytes,
  type TreeNode,
  TreeRoots,
  toHex,
  verifyReceipt,
  verifyRequest,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { knowsEngines, listsEngine } from '@vms/sandbox'
import type {
  Evidence,
  EvidenceFiles,
  EvidenceHead,
  EvidenceNode,
  EvidenceTree,
  ProvenCode,
} from '../src/index.ts'

const MANIFEST_NAMESPACE = 'e64b7108eacce47cfc61ac850568f55f8b15b82ec5ed78c4ec597b036e2a1498'
const SIGNERS_NAMESPACE = '4144eea531e483d54e0c14f4ca68e0644f355343ff6fcb0f005200e12cd747cb'
const BLOBS_NAMESPACE = 'f217b747161784b495ceee3c42163b07dd62cb06df26e20e95ba4d438123aeeb'
const TREE_NAMESPACE = '9fac70b50ca14efc4e91c833b204e75b8b5aad8b5881bfc0adb5ef38a3275b9c'

const nodeOf = ({ index, size, hash }: EvidenceNode): TreeNode => ({
  index,
  size,
  hash: fromHex(hash),
})

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

function requireThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the evidence does not show ${what}`)
}

/** Block bytes by index, each of which climbs to a head that the ledger's key signed. Throws if anything does not hold. */
export function heldEntries(key: Uint8Array, evidence: Evidence): Map<number, Uint8Array> {
  const manifest = {
    signer: fromHex(evidence.manifest.signer),
    filesKey: fromHex(evidence.manifest.filesKey),
    genesisHash: fromHex(evidence.manifest.genesisHash),
  }
  requireThat(sameBytes(ledgerKey(crypto, manifest), key), 'a manifest of this key')
  for (const head of evidence.heads)
    requireThat(isSigned(key, manifest.signer, head), 'a signed head')
  const [head] = evidence.heads
  const roots = new TreeRoots(crypto, evidence.roots.map(nodeOf))
  if (evidence.roots.length > 0)
    requireThat(toHex(roots.hash()) === head?.treeHash, 'the roots of its head')
  for (const tree of evidence.trees) holdTree(tree, evidence.heads)
  if (evidence.files) holdFiles(manifest.filesKey, evidence.files)
  for (const { node, path } of evidence.subtrees) {
    const top = climb(crypto, nodeOf(node), path.map(nodeOf))
    const root = evidence.roots.find(({ index }) => index === top.index)
    requireThat(root?.hash === toHex(top.hash) && root.size === top.size, `node ${node.index}`)
  }
  const entries = new Map<number, Uint8Array>()
  for (const { index, bytes, path } of evidence.entries) {
    const block = bytesOf(bytes)
    const top = climb(crypto, leafNode(crypto, index, block), path.map(nodeOf))
    const root = evidence.roots.find((node) => node.index === top.index)
    requireThat(root?.hash === toHex(top.hash) && root.size === top.size, `entry ${index}`)
    entries.set(index, block)
  }
  return entries
}

function holdTree(tree: EvidenceTree, heads: readonly EvidenceHead[]): void {
  const grown = new TreeRoots(crypto, tree.roots.map(nodeOf))
  requireThat(grown.length === tree.length, 'the roots at the length that it says')
  for (const node of tree.rest) grown.append(nodeOf(node))
  requireThat(toHex(grown.hash()) === heads[tree.head]?.treeHash, 'an earlier tree')
}

/** The heads of the files are signed by the key that the ledger's manifest names. */
function holdFiles(filesKey: Uint8Array, { signer, heads, trees }: EvidenceFiles): void {
  const hash = (...parts: string[]): string => toHex(crypto.hash(...parts.map(fromHex)))
  const keyOf = (namespace: string): string =>
    hash(MANIFEST_NAMESPACE, '010000010100', namespace, signer)
  const db = keyOf(SIGNERS_NAMESPACE)
  requireThat(db === toHex(filesKey), 'the signer of these files')
  const keys = { db, blobs: keyOf(hash(BLOBS_NAMESPACE, db, SIGNERS_NAMESPACE)) }
  for (const head of heads)
    requireThat(isSigned(fromHex(keys[head.core]), fromHex(signer), head), 'a signed head of files')
  for (const tree of trees) holdTree(tree, heads)
}

function isSigned(key: Uint8Array, signer: Uint8Array, head: EvidenceHead): boolean {
  const message = new Uint8Array(112)
  message.set(fromHex(TREE_NAMESPACE))
  message.set(key, 32)
  message.set(fromHex(head.treeHash), 64)
  const view = new DataView(message.buffer)
  view.setBigUint64(96, BigInt(head.length), true)
  view.setBigUint64(104, BigInt(head.fork), true)
  return crypto.verify(message, fromHex(head.signature), signer)
}

const treeHashAt = (tree: Evidence['trees'][number] | undefined): string | null =>
  tree ? toHex(new TreeRoots(crypto, tree.roots.map(nodeOf)).hash()) : null

/** What of the ledger a rule is checked with. */
interface Held {
  readonly evidence: Evidence
  readonly key: Uint8Array
  readonly index: number
  readonly block: Uint8Array
  readonly genesis: GenesisEntry
  readonly at: (index: number) => Entry
  /** All entries from `start` to the one that is accused, without gaps. */
  readonly since: (start: number) => Entry[]
  readonly entry: () => Entry
  readonly calls: () => CallsEntry
  readonly request: () => Request
}

/** Throws unless the evidence alone shows that the entry at `index` breaks the rule of `code`. */
export function convict(
  code: ProvenCode,
  key: Uint8Array,
  index: number,
  evidence: Evidence,
): void {
  const blocks = heldEntries(key, evidence)
  const at = (i: number): Entry => decodeEntry(blocks.get(i) as Uint8Array)
  const since = (start: number): Entry[] =>
    Array.from({ length: index + 1 - start }, (_, i) => at(start + i))
  const calls = (): CallsEntry => at(index) as CallsEntry
  const held: Held = {
    evidence,
    key,
    index,
    block: blocks.get(index) as Uint8Array,
    genesis: code === 'GENESIS_MISMATCH' ? (null as never) : (at(0) as GenesisEntry),
    at,
    since,
    entry: () => at(index),
    calls,
    request: () => decodeRequest(calls().request),
  }
  if (code !== 'GENESIS_MISMATCH')
    requireThat(
      toHex(crypto.hash(blocks.get(0) as Uint8Array)) === evidence.manifest.genesisHash,
      'the genesis that the key commits to',
    )
  requireThat(RULES[code](held), `a broken rule for ${code}`)
}

const time = (entry: Entry): number => (entry.type === 'genesis' ? 0 : entry.time)

const lastBoot = ({ evidence, index, at }: Held): number =>
  evidence.entries.findLast((one) => one.index < index && at(one.index).type === 'boot')?.index ?? 0

const decodes = (read: () => unknown): boolean => {
  try {
    read()
    return true
  } catch {
    return false
  }
}

const isUpgradeBoot = (entry: Entry): entry is BootEntry =>
  entry.type === 'boot' && entry.reason === 'upgrade'

/** The newest upgrade among `entries`, unless a boot has taken it. */
function pendingDue(entries: readonly Entry[], delayMs: number): number | null {
  let due: number | null = null
  for (const entry of entries) {
    if (isUpgradeBoot(entry)) due = null
    else if (entry.type === 'calls' && decodeRequest(entry.request).calls[0]?.[0] === 'vms:upgrade')
      due = entry.time + delayMs
  }
  return due
}

const RULES: Record<ProvenCode, (held: Held) => boolean> = {
  GENESIS_MISMATCH: ({ block, evidence, index }) =>
    index === 0 && toHex(crypto.hash(block)) !== evidence.manifest.genesisHash,
  SIGNERS_MISMATCH: ({ genesis, evidence, index }) =>
    index === 0 &&
    (genesis.signers.quorum !== 1 ||
      genesis.signers.keys.map(toHex).join() !== evidence.manifest.signer),
  ENTRY_INVALID: ({ block }) => !decodes(() => decodeEntry(block)),
  ENTRY_MISPLACED: (held) => {
    const before = held.since(lastBoot(held))
    const entry = held.entry()
    return entry.type === 'init' && before.length > 0 && held.index > 2
  },
  ROOT_MISMATCH: ({ evidence, at, index, block }) => {
    const { rfc6962 } = evidence
    if (!rfc6962) return false
    const range = new Rfc6962Range(crypto, rfc6962.length, fromHex(rfc6962.edge))
    const first = at(rfc6962.length)
    requireThat(toHex(range.root()) === toHex(first.root as Uint8Array), 'the edge of its border')
    for (let i = rfc6962.length; i < index; i++)
      range.append(
        leafNode(
          crypto,
          i,
          bytesOf(evidence.entries.find((one) => one.index === i)?.bytes as string),
        ).hash,
      )
    return toHex(decodeEntry(block).root as Uint8Array) !== toHex(range.root())
  },
  BORDER_INVALID: ({ at, index, entry, evidence }) =>
    (at(index - 1).files !== null) !== (entry().root !== null) ||
    (evidence.heads[0]?.length === index + 1 && entry().files === null),
  TIME_BACKWARDS: ({ at, index, entry }) => time(entry()) < time(at(index - 1)),
  REQUEST_INVALID: ({ calls, request, key }) =>
    !decodes(() => decodeRequest(calls().request)) || !sameBytes(request().ledger, key),
  REQUEST_UNSIGNED: ({ calls, genesis }) =>
    calls().signature === null && genesis.authentication === 'signed',
  SIGNATURE_INVALID: ({ calls, request }) => {
    const { caller } = request()
    const { signature, request: bytes } = calls()
    if (typeof caller === 'string' || !signature) return false
    return !verifyRequest(crypto, bytes, signature, caller)
  },
  REQUEST_REPLAYED: ({ evidence, at, index, calls }) => {
    const id = toHex(requestId(crypto, calls().request))
    return evidence.entries.some((one) => {
      const other = one.index < index ? at(one.index) : null
      return other?.type === 'calls' && toHex(requestId(crypto, other.request)) === id
    })
  },
  REQUEST_EXPIRED: ({ calls, request }) => calls().time > request().expires,
  HEAD_UNKNOWN: ({ request, at, index, evidence }) => {
    const { length, treeHash } = request().head
    if (length === 0 || length > index || at(length - 1).files === null) return true
    const tree = evidence.trees.find((one) => one.length === length)
    const real = treeHashAt(tree)
    return real !== null && real !== toHex(treeHash)
  },
  HEAD_TOO_OLD: ({ request, index, genesis }) => index - request().head.length > genesis.window,
  LIMIT_EXCEEDED: ({ calls, request, genesis: { limits } }) =>
    calls().request.length > limits.requestBytes || request().calls.length > limits.requestCalls,
  METHOD_UNKNOWN: (held) => {
    const [boot] = held.since(lastBoot(held)) as [BootEntry]
    return held.request().calls.some(([name]) => !boot.methods.includes(name))
  },
  OUTCOMES_MISCOUNTED: ({ calls, request }) => calls().outcomes.length !== request().calls.length,
  EPOCH_OVERRUN: (held) => {
    const epoch = held.since(lastBoot(held)).slice(0, -1)
    const outcomes = epoch.flatMap((entry) => (entry.type === 'calls' ? entry.outcomes : []))
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)
    const bare = epoch.map((entry) => encodeEntry({ ...entry, root: null, files: null } as Entry))
    return (
      outcomes.some(({ status }) => status === 'aborted') ||
      callsExecuted(outcomes) >= held.genesis.epochCalls ||
      sum(bare.map(({ length }) => length)) >= held.genesis.epochBytes ||
      sum(epoch.flatMap(outcomesOf).map(({ fuel }) => fuel)) >= held.genesis.epochFuel
    )
  },
  ORACLE_INVALID: ({ calls, genesis: { limits } }) =>
    calls().outcomes.some(
      ({ oracles }) =>
        oracles.length > limits.oracleUses || oracles.some(({ args }) => (args[0] ?? 0) >> 4 !== 9),
    ),
  ENGINE_UNLISTED: ({ entry, genesis: { semantics, engines } }) =>
    knowsEngines(semantics, engines) && !listsEngine(engines, (entry() as BootEntry).engine),
  ALARM_EARLY: ({ entry }) => {
    const alarm = entry()
    return alarm.type === 'alarm' && alarm.time < alarm.due
  },
  UPGRADE_FORBIDDEN: ({ request, genesis }) => {
    const { caller, calls } = request()
    const allowed = genesis.upgrade.callers.map(toHex)
    return calls[0]?.[0] === 'vms:upgrade' && !allowed.includes(toHex(caller as Uint8Array))
  },
  UPGRADE_EARLY: (held) => {
    const [first] = held.evidence.entries.filter((one) => one.index > 0)
    const due = pendingDue(
      held.since(first?.index as number).slice(0, -1),
      held.genesis.upgrade.delayMs,
    )
    return isUpgradeBoot(held.entry()) && (due === null || time(held.entry()) < due)
  },
  UPGRADE_MISSED: (held) => {
    const [first] = held.evidence.entries.filter((one) => one.index > 0)
    const due = pendingDue(
      held.since(first?.index as number).slice(0, -1),
      held.genesis.upgrade.delayMs,
    )
    return !isUpgradeBoot(held.entry()) && due !== null && time(held.entry()) >= due
  },
  HEAD_BEFORE_UPGRADE: ({ request, evidence, at, index }) => {
    const { length } = request().head
    return evidence.entries.some(({ index: boot }) => {
      const entry = boot < index ? at(boot) : null
      return entry && isUpgradeBoot(entry) && entry.methods.length > 0 && length <= boot
    })
  },
  LEDGER_FORKED: ({ evidence }) => forks(evidence),
  ARCHIVE_DIFFERS: ({ entry, evidence: { files } }) => {
    const named = entry().files
    if (!named || !files) return false
    return files.trees.some((tree) => {
      const core = files.heads[tree.head]?.core
      if (!core || tree.length !== named[`${core}Length`]) return false
      return treeHashAt(tree) !== toHex(named[`${core}Hash`])
    })
  },
  FILES_FORKED: ({ evidence: { files } }) => files !== null && forks(files),
  RECEIPT_MISSING: ({ evidence, key }) => contradicts(evidence, key),
}

type ForkHead = EvidenceHead & { readonly core?: 'db' | 'blobs' }

/** Whether the heads alone are of two histories. */
export function forks({ heads, trees }: Pick<Evidence, 'trees'> & { heads: readonly ForkHead[] }) {
  const [one, two] = heads
  if (one?.core !== two?.core && two) return false
  if (one && one.fork !== 0) return true
  if (!one || !two) return false
  if (one.length === two.length) return one.treeHash !== two.treeHash
  const [ours, theirs] = [0, 1].map((head) => trees.find((tree) => tree.head === head))
  return ours?.length === theirs?.length && treeHashAt(ours) !== treeHashAt(theirs)
}

/** Whether the receipt is of another history than the head. */
export function contradicts(evidence: Evidence, key: Uint8Array): boolean {
  const receipt = decodeReceipt(bytesOf(evidence.receipt as string))
  const claim = verifyReceipt(crypto, receipt, key)
  const own = evidence.entries.find(({ index }) => index === claim.index)
  const claimed = [...receipt.roots, ...receipt.path]
  return (
    (own !== undefined && !sameBytes(bytesOf(own.bytes), receipt.entry)) ||
    evidence.subtrees.some(({ node }) =>
      claimed.some(({ index, hash }) => index === node.index && toHex(hash) !== node.hash),
    )
  )
}
