/** What has to hold at the end of every history. Each check says what is wrong; null if nothing is. */
import {
  type Crypto,
  decodeEntry,
  type Entry,
  encodeEntry,
  type FilesHead,
  requestId,
  sameBytes,
  toHex,
} from '@vms/format'
import { MemoryDrive } from '@vms/host/testing'
import { Machine } from '@vms/sandbox'
import { machineOptions } from '@vms/sandbox/execution'
import { ScriptedMachine } from '@vms/sandbox/testing'
import { Spending } from '../../packages/auditor/src/budgets.ts'
import { passThrough } from '../../packages/auditor/src/passage.ts'
import { Replay } from '../../packages/auditor/src/replay.ts'
import { isBackstop } from '../../packages/host/src/refusal.ts'
import type { Sent } from './caller.ts'
import { engineOf } from './host-process.ts'
import type { Site } from './site.ts'

/** The durable entries of a service. */
const entriesOf = ({ store }: Site): readonly Uint8Array[] =>
  store.synced.flatMap(({ committed }) => committed.entries)

/** No acknowledged call is lost, altered or doubled, and no refusal is contradicted. */
export function checkRequests(crypto: Crypto, site: Site, sent: readonly Sent[]): string | null {
  const blocks = entriesOf(site)
  const places = new Map<string, number>()
  for (const [index, block] of blocks.entries()) {
    const entry = decodeEntry(block)
    if (entry.type !== 'calls') continue
    const id = toHex(requestId(crypto, entry.request))
    const before = places.get(id)
    if (before !== undefined) return `a request ran twice, at entries ${before} and ${index}`
    places.set(id, index)
  }
  for (const { acknowledged, refusals, id, over } of sent) {
    const place = places.get(toHex(id))
    if (!over) return 'a request was never answered'
    if (acknowledged) {
      const { index, entry } = acknowledged
      const block = blocks[index]
      // The host told the caller what happened, and wrote a lie.
      if (index === lieIn(site)) continue
      if (!block || !sameBytes(block, encodeEntry(entry)))
        return `the acknowledged entry ${index} was lost`
      if (place !== index) return `the request acknowledged at entry ${index} is at ${place}`
    }
    for (const { code, lookUp } of refusals) {
      const contradicted = place !== undefined && (place < lookUp.length || isBackstop(code))
      if (lookUp.covers && contradicted)
        return `${code} at length ${lookUp.length} is contradicted by entry ${place}`
    }
  }
  return checkOrder(sent)
}

/** A call that was answered before another was made stands before it. */
function checkOrder(sent: readonly Sent[]): string | null {
  for (const { acknowledged: first } of sent) {
    for (const { acknowledged: second, sentAt } of sent) {
      if (!first || !second || first.at >= sentAt || first.index < second.index) continue
      return `entry ${first.index} was answered before the request of entry ${second.index} was made`
    }
  }
  return null
}

/** Index of the entry that is a lie; null if the ledger holds none. */
function lieIn({ store, injected }: Site): number | null {
  const group = store.synced.find(({ changes }) => changes === injected?.group.changes)
  return group && injected ? group.committed.start + injected.at : null
}

/** An auditor verifies the ledger, or finds the lie at its place. `real`: with the real machine. */
export async function checkAudit(
  crypto: Crypto,
  site: Site,
  real: boolean,
): Promise<string | null> {
  const blocks = entriesOf(site)
  const last = site.store.synced.at(-1)
  if (!last) return null
  const liedAt = lieIn(site)
  const found = await audited(crypto, site, blocks, last.committed.head, real)
  if (liedAt === null) return found && `an honest ledger: ${found.code} at entry ${found.entry}`
  if (!found) return `a lie at entry ${liedAt} was not found`
  return found.entry === liedAt
    ? null
    : `a lie at entry ${liedAt} was found at ${found.entry} as ${found.code}`
}

async function audited(
  crypto: Crypto,
  { genesis, store }: Site,
  blocks: readonly Uint8Array[],
  head: { length: number; treeHash: Uint8Array; signature: Uint8Array },
  real: boolean,
): Promise<{ code: string; entry: number | null } | null> {
  const drive = new MemoryDrive(crypto)
  const spending = new Spending()
  const replay = new Replay({
    crypto,
    ledgerKey: store.key,
    spending,
    files: { commit: async (changes, start): Promise<FilesHead> => drive.commit(changes, start) },
    startMachine: async (_, script, oracle) => {
      const parts = { genesis, script, filesKey: store.manifest.filesKey }
      const options = machineOptions(parts, { files: drive.files, oracle })
      if (real) return Machine.start(options)
      const scriptHash = crypto.sha256(new TextEncoder().encode(script.source))
      return new ScriptedMachine({ ...options, engine: engineOf(0), scriptHash })
    },
  })
  const source = {
    key: store.key,
    manifest: store.manifest,
    head,
    async *entries(start: number, end: number) {
      yield* blocks.slice(start, end)
    },
  }
  const until = blocks.length
  const { divergence, rule, finding } = await passThrough({
    source,
    crypto,
    replay,
    spending,
    until,
  })
  await replay.close()
  if (divergence) return divergence.finding
  if (rule) return { code: rule.code, entry: rule.detail.entry ?? null }
  return finding && genesis ? finding : null
}

/** A line for each entry, for people who look for a fault. */
export const shown = (site: Site): string[] =>
  entriesOf(site).map((block, index) => `${index} ${line(decodeEntry(block))}`)

const line = (entry: Entry): string => {
  if (entry.type === 'genesis') return 'genesis'
  const at = `${entry.type} at ${entry.time}`
  if (entry.type === 'boot') return `${at} (${entry.reason}) ${entry.outcome.status}`
  if (entry.type === 'alarm') return `${at} ${entry.id} ${entry.outcome.status}`
  const outcomes = entry.type === 'calls' ? entry.outcomes : [entry.outcome]
  return `${at} ${outcomes.map(({ status }) => status).join(' ')}`
}
