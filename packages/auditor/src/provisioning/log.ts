/** Reads a provisioning log: its scripts, the deployed services, and the changes of each service. */
import {
  type CallsEntry,
  type Crypto,
  decodeEntry,
  decodeRequest,
  decodeValue,
  isUpgrade,
  leafNode,
  type OracleUse,
  type Outcome,
  readUpgrade,
  TreeRoots,
  toHex,
} from '@vms/format'
import type { LedgerSource } from '../read/source.ts'

/** A call in the log. */
export interface LoggedPlace {
  readonly entry: number
  readonly call: number
}

/** Head of a service's ledger as the host recorded it; the hash in hexadecimal. */
export interface LoggedHead {
  readonly length: number
  readonly treeHash: string
}

/** A deploy, as its caller signed it and as the host carried it out. */
export interface Deployment extends LoggedPlace {
  /** The signed argument. */
  readonly signed: Fields
  /** The arguments of the script's question to the host: the policy supplies the settings that the deployer left out. */
  readonly wish: Fields
  /** The host's answer to the script about the new ledger. */
  readonly made: Fields
}

/** A change of a service: its deploy, or a stop, start or remove. */
export interface LoggedChange extends LoggedPlace {
  readonly method: string
  /** `running`, `stopped`, `removed` or `purged`. */
  readonly state: string
  /** Null if the host could not read the ledger then. */
  readonly head: LoggedHead | null
}

export interface LoggedService {
  readonly id: string
  readonly title: string
  readonly state: string
  /** The deployments that name this ledger: several if the host gave one ledger to several of them. */
  readonly deployments: readonly Deployment[]
  /** The changes in order. The first is a deploy. */
  readonly changes: readonly LoggedChange[]
}

/** A script that the log ran. */
export interface LoggedScript {
  /** Index of the entry that introduced the script: 0 is the genesis, any other an upgrade. */
  readonly entry: number
  readonly source: string
}

export interface ProvisioningLog {
  readonly key: Uint8Array
  /** Tree hashes in hexadecimal, by the lengths at which groups end. */
  readonly treeHashes: ReadonlyMap<number, string>
  readonly authentication: 'signed' | 'debug' | null
  readonly services: ReadonlyMap<string, LoggedService>
  /** The scripts in the order in which they came, including scripts that were announced and are not, or never were, in effect. */
  readonly scripts: readonly LoggedScript[]
}

/** Fields of any value, because an unknown script may return anything. */
export type Fields = Readonly<Record<string, unknown>>

type Services = Map<string, LoggedService>

/** Follows the calls of an audited log: their results are those of the script. */
export async function readProvisioningLog(
  crypto: Crypto,
  ledger: Pick<LedgerSource, 'key' | 'entries' | 'head'>,
): Promise<ProvisioningLog> {
  const services: Services = new Map()
  const scripts: LoggedScript[] = []
  let authentication: ProvisioningLog['authentication'] = null
  const treeHashes = new Map<number, string>()
  const tree = new TreeRoots(crypto)
  for await (const block of ledger.entries(0, ledger.head.length)) {
    const entry = decodeEntry(block)
    const index = tree.length
    tree.append(leafNode(crypto, index, block))
    if (entry.files) treeHashes.set(tree.length, toHex(tree.hash()))
    if (entry.type === 'genesis') {
      ;({ authentication } = entry)
      scripts.push({ entry: index, source: entry.script.source })
    }
    if (entry.type !== 'calls') continue
    const request = decodeRequest(entry.request)
    if (isUpgrade(request)) {
      if (entry.outcomes[0]?.status === 'returned')
        scripts.push({ entry: index, source: readUpgrade(request).source })
    } else followCalls(services, entry, request.calls, index)
  }
  return { key: ledger.key, treeHashes, authentication, services, scripts }
}

function followCalls(
  services: Services,
  { outcomes }: CallsEntry,
  calls: readonly (readonly [method: string, args: Uint8Array])[],
  entry: number,
): void {
  for (const [call, [method, args]] of calls.entries()) {
    const outcome = outcomes[call]
    if (outcome?.status !== 'returned' || !outcome.value) continue
    const service = fieldsOf(decodeValue(outcome.value))
    if (method === 'deploy') follow(services, deployed(services, outcome, args, { entry, call }))
    else if (CHANGES.has(method)) {
      const known = services.get(text(service['id']))
      if (known) follow(services, changed(known, service, { entry, call, method }))
    }
  }
}

const CHANGES = new Set(['stop', 'start', 'remove'])

const follow = (services: Services, service: LoggedService): void =>
  void services.set(service.id, service)

function deployed(
  services: Services,
  outcome: Outcome,
  args: Uint8Array,
  place: LoggedPlace,
): LoggedService {
  const service = fieldsOf(decodeValue(outcome.value as Uint8Array))
  const use = outcome.oracles.find(({ name }) => name === 'make')
  const deployment: Deployment = {
    ...place,
    signed: fieldsOf(firstOf(decodeValue(args, { maxBytes: args.length }))),
    wish: fieldsOf(use && firstOf(decodeValue(use.args, { maxBytes: use.args.length }))),
    made: madeBy(use),
  }
  const id = text(service['id'])
  const before = services.get(id)
  const change = {
    ...place,
    method: 'deploy',
    state: text(service['state']),
    head: headOf(service),
  }
  return {
    id,
    title: text(service['title']),
    state: change.state,
    deployments: [...(before?.deployments ?? []), deployment],
    changes: [...(before?.changes ?? []), change],
  }
}

function changed(
  known: LoggedService,
  service: Fields,
  place: LoggedPlace & { readonly method: string },
): LoggedService {
  const state = text(service['state'])
  return {
    ...known,
    state,
    changes: [...known.changes, { ...place, state, head: headOf(service) }],
  }
}

function madeBy(use: OracleUse | undefined): Fields {
  return use?.value ? fieldsOf(decodeValue(use.value, { maxBytes: use.value.length })) : {}
}

function headOf({ head }: Fields): LoggedHead | null {
  const { length, treeHash } = fieldsOf(head)
  if (!Number.isSafeInteger(length) || typeof treeHash !== 'string') return null
  return { length: length as number, treeHash }
}

const fieldsOf = (value: unknown): Fields => Object(value) as Fields

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
