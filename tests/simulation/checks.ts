/** What has to hold at the end of every history. Each check says what is wrong; null if nothing is. */
import {
  type Crypto,
  decodeEntry,
  decodeRequest,
  decodeValue,
  type Entry,
  type Receipt,
  requestId,
  sameBytes,
  TreeRoots,
  toHex,
  UPGRADE_METHOD,
} from '@vms/format'
import { Machine } from '@vms/sandbox'
import { machineOptions } from '@vms/sandbox/execution'
import { ScriptedMachine } from '@vms/sandbox/testing'
import { replayLedger } from '../../packages/auditor/src/audit/replay-ledger.ts'
import { ReceiptCheck } from '../../packages/auditor/src/check/receipts.ts'
import { BudgetMeter } from '../../packages/auditor/src/findings/budgets.ts'
import { Replay } from '../../packages/auditor/src/replay/replay.ts'
import { isBackstop } from '../../packages/host/src/errors/refusal.ts'
import { type Acknowledged, refusalOf, type Sent } from './caller.ts'
import { type DurableLedger, MemoryDisk } from './disk.ts'
import { engineOf } from './host-process.ts'
import type { Site } from './site.ts'

/** Where calls and requests stand in the durable ledger. */
interface Places {
  /** Index of the entry by the id of its request, in hexadecimal. */
  readonly requests: ReadonlyMap<string, number>
  /** Index of the entry in which a call ran, by its mark. */
  readonly calls: ReadonlyMap<string, number>
  /** A call or a request that ran twice. */
  readonly doubled: string | null
}

/** No acknowledged call is lost, altered or doubled, no failed one runs although it was said not to, and no refusal is contradicted. */
export function checkCalls(
  crypto: Crypto,
  site: Site,
  sent: readonly Sent[],
  blocks: readonly Uint8Array[],
): string | null {
  const places = placesOf(crypto, blocks)
  if (places.doubled) return places.doubled
  for (const one of sent) {
    const wrong = checkCall(site, one, blocks, places)
    if (wrong) return `${one.mark}: ${wrong}`
  }
  return checkRestores(site, sent) ?? checkOrder(sent)
}

function placesOf(crypto: Crypto, blocks: readonly Uint8Array[]): Places {
  const requests = new Map<string, number>()
  const calls = new Map<string, number>()
  let doubled: string | null = null
  const note = (places: Map<string, number>, what: string, index: number): void => {
    const before = places.get(what)
    if (before !== undefined) doubled ??= `${what} ran twice, at entries ${before} and ${index}`
    places.set(what, index)
  }
  for (const [index, block] of blocks.entries()) {
    const entry = decodeEntry(block)
    if (entry.type !== 'calls') continue
    note(requests, toHex(requestId(crypto, entry.request)), index)
    for (const [i, [method, args]] of decodeRequest(entry.request).calls.entries())
      if (entry.outcomes[i]?.status !== 'skipped') note(calls, markOf(method, args), index)
  }
  return { requests, calls, doubled }
}

function markOf(method: string, encoded: Uint8Array): string {
  const [first, second] = decodeValue(encoded) as [{ title: string }, string]
  return method === UPGRADE_METHOD ? first.title : second
}

function checkCall(
  site: Site,
  sent: Sent,
  blocks: readonly Uint8Array[],
  places: Places,
): string | null {
  const { result, mark } = sent
  const place = places.calls.get(mark)
  if (!result) return 'the client never settled it'
  if (result.kind === 'acknowledged') {
    const { index, entry } = result.receipt
    // The host told the caller what happened, and wrote a lie.
    if (index === lieIn(site)) return null
    if (isLost(site, result)) return null
    const block = blocks[index]
    if (!block || !sameBytes(block, entry)) return `the acknowledged entry ${index} was lost`
    return place === index ? null : `acknowledged at entry ${index}, and it ran at ${place}`
  }
  if (place !== undefined && result.error.mayHaveExecuted === false)
    return `it ran at entry ${place}, and the client said that it did not: ${result.error.message}`
  return checkRefusal(sent, result.at, places)
}

function checkRefusal(sent: Sent, at: number, { requests }: Places): string | null {
  const refusal = refusalOf(sent)
  if (!refusal?.covers || sent.site.restores.some((restore) => restore.at >= at)) return null
  const { code, length } = refusal
  const place = requests.get(toHex(refusal.requestId))
  return place !== undefined && (place < length || isBackstop(code))
    ? `${code} at length ${length} is contradicted by entry ${place}`
    : null
}

/** Whether the host acknowledged a call in a history that a restored copy does not have. */
const isLost = ({ restores }: Site, { at, receipt }: Acknowledged): boolean =>
  restores.some((restore) => restore.at >= at && receipt.index >= restore.length)

/** Whether the head of the receipt is of a history that a restored copy does not have. Its entry may stand before the fork. */
function hasLostHead(crypto: Crypto, { restores }: Site, { at, receipt }: Acknowledged): boolean {
  const { length } = new TreeRoots(crypto, receipt.roots)
  return restores.some((restore) => restore.at >= at && length > restore.length)
}

/** No client takes an answer in two histories. */
function checkRestores(site: Site, sent: readonly Sent[]): string | null {
  const acknowledged = sent.flatMap(({ result, caller }) =>
    result?.kind === 'acknowledged' ? [{ ...result, caller }] : [],
  )
  for (const lost of acknowledged.filter((one) => isLost(site, one)))
    for (const { caller, at, receipt } of acknowledged)
      if (
        caller === lost.caller &&
        at > lost.at &&
        !isLost(site, { kind: 'acknowledged', at, receipt })
      )
        return `a client took entry ${receipt.index} of another history than entry ${lost.receipt.index}`
  return null
}

/** A call that was answered before another was made stands before it. */
function checkOrder(sent: readonly Sent[]): string | null {
  for (const { result: first } of sent) {
    for (const { result: second, sentAt, site } of sent) {
      if (first?.kind !== 'acknowledged' || second?.kind !== 'acknowledged') continue
      if (isLost(site, first) || isLost(site, second)) continue
      if (first.at >= sentAt || first.receipt.index < second.receipt.index) continue
      return `entry ${first.receipt.index} was answered before the call in entry ${second.receipt.index} was made`
    }
  }
  return null
}

/** Index of the entry that is a lie; null if the ledger holds none. */
function lieIn({ disk, injected }: Site): number | null {
  if (!(disk instanceof MemoryDisk)) return null
  const group = disk.store.synced.find(({ changes }) => changes === injected?.group.changes)
  return group && injected ? group.committed.start + injected.at : null
}

/** An auditor with the receipts of all callers verifies the ledger, or finds the lie at its place. `real`: with the real machine. */
export async function checkAudit(
  crypto: Crypto,
  site: Site,
  sent: readonly Sent[],
  ledger: DurableLedger,
  real: boolean,
): Promise<string | null> {
  const { blocks } = ledger
  const liedAt = lieIn(site)
  const found = await audited(crypto, site, ledger, real)
  if (liedAt === null) {
    return found
      ? `an honest ledger: ${found.code} at entry ${found.entry}`
      : checkReceipts(crypto, site, sent, blocks)
  }
  if (!found) return `a lie at entry ${liedAt} was not found`
  return found.entry === liedAt
    ? null
    : `a lie at entry ${liedAt} was found at ${found.entry} as ${found.code}`
}

const isRefuted = ({ behind, contradictions }: ReceiptCheck): boolean =>
  behind.length + contradictions.length > 0

/** The receipts of a history that was lost contradict the ledger, or are of a longer one. All others hold, and their entries stand in the ledger. */
function checkReceipts(
  crypto: Crypto,
  site: Site,
  sent: readonly Sent[],
  blocks: readonly Uint8Array[],
): string | null {
  const compare = (receipts: readonly Receipt[]): ReceiptCheck => {
    const check = new ReceiptCheck(crypto, site.disk.key as Uint8Array, receipts)
    for (const [index, block] of blocks.entries()) check.entry(index, block)
    check.end(blocks.length)
    return check
  }
  const kept: Receipt[] = []
  for (const { result } of sent) {
    if (result?.kind !== 'acknowledged') continue
    if (!isLost(site, result)) {
      if (!hasLostHead(crypto, site, result)) kept.push(result.receipt)
    } else if (!isRefuted(compare([result.receipt])))
      return `the receipt of the lost entry ${result.receipt.index} passes`
  }
  const check = compare(kept)
  const [invalid] = [...check.invalid, ...check.behind]
  if (invalid) return `a receipt: ${invalid.code} at entry ${invalid.entry}`
  const [contradicted] = check.contradictions
  return contradicted ? `a receipt is contradicted: ${contradicted.detail.got}` : null
}

async function audited(
  crypto: Crypto,
  { genesis, disk }: Site,
  { blocks, head, manifest }: DurableLedger,
  real: boolean,
): Promise<{ code: string; entry: number | null } | null> {
  const key = disk.key as Uint8Array
  const drive = await disk.replayDrive()
  const meter = new BudgetMeter()
  const replay = new Replay({
    crypto,
    ledgerKey: key,
    meter,
    files: drive,
    startMachine: async (_, script, oracle) => {
      const parts = { genesis, script, filesKey: manifest.filesKey }
      const options = machineOptions(parts, { files: drive.files, oracle })
      if (real) return Machine.start(options)
      const scriptHash = crypto.sha256(new TextEncoder().encode(script.source))
      return new ScriptedMachine({ ...options, engine: engineOf(0), scriptHash })
    },
  })
  const source = {
    key,
    manifest,
    head,
    async *entries(start: number, end: number) {
      yield* blocks.slice(start, end)
    },
  }
  const until = blocks.length
  const { divergence, rule, finding } = await replayLedger({
    source,
    crypto,
    replay,
    meter,
    until,
  })
  await replay.close()
  if (divergence) return divergence.finding
  if (rule) return { code: rule.code, entry: rule.detail.entry ?? null }
  return finding && genesis ? finding : null
}

/** A line for each entry, for people who look for a fault. */
export const shown = (blocks: readonly Uint8Array[]): string[] =>
  blocks.map((block, index) => `${index} ${line(decodeEntry(block))}`)

const line = (entry: Entry): string => {
  if (entry.type === 'genesis') return 'genesis'
  const at = `${entry.type} at ${entry.time}`
  if (entry.type === 'boot') return `${at} (${entry.reason}) ${entry.outcome.status}`
  if (entry.type === 'alarm') return `${at} ${entry.id} ${entry.outcome.status}`
  const outcomes = entry.type === 'calls' ? entry.outcomes : [entry.outcome]
  return `${at} ${outcomes.map(({ status }) => status).join(' ')}`
}
