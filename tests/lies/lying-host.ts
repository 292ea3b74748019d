/**
 * A host of many that holds all its keys and lies: its provisioning service is the real script, its oracles are the liar's. What
 * it deploys, stops and removes stands in the log; the services are real ones, begun or continued as the liar likes.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostFinding } from '@vms/auditor'
import { callerId, connect } from '@vms/client'
import { decodeEntry, fromHex, type KeyPair, toHex } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import {
  createHost,
  fullSettings,
  type HostOptions,
  type OracleFunction,
  provisioningScript,
  QUOTAS,
} from '@vms/host'
import { Ledger } from '@vms/ledger'
import { heldEntries } from '../../packages/auditor/test/evidence-check.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

/** What is signed in each deploy, but for what a test says. */
export const WANTED = {
  name: 'vote.js',
  title: 'Vote',
  source:
    'exports.vote = async () => "counted"; exports.later = (ms) => System.alarm.at(Date.now() + ms, "vote")',
}

/** What a liar changes when it begins a ledger. */
export type Changed = Partial<Omit<HostOptions, 'script'>> & Partial<typeof WANTED>

/** Calls a method as the operator. */
export type Call = (method: string, ...args: unknown[]) => Promise<Told>

/** A service as the liar describes it to its log. */
export interface Told {
  readonly id: string
  readonly methods: readonly string[]
  readonly head: { readonly length: number; readonly treeHash: string }
}

export class LyingHost {
  readonly place: Workplace = makeWorkplace()
  readonly operator: KeyPair = sodiumCrypto.keyPair()
  /** What the next deploy begins. Default: what the script asks for. */
  make: (wish: Wish, host: LyingHost) => Promise<unknown> = (wish, host) => host.begin(wish)
  /** What the next stop, start or remove is told. Default: the truth. */
  halt: (id: string) => Promise<unknown> = (id) => this.headOf(id)

  constructor() {
    mkdirSync(join(this.place.path, 'services'))
    writeFileSync(join(this.place.path, 'host.json'), '{"format":1}')
    const seed = toHex(this.operator.secretKey.subarray(0, 32))
    writeFileSync(join(this.place.path, 'operator.json'), JSON.stringify({ seed }))
  }

  dirOf(id: string): string {
    return join(this.place.path, 'services', id)
  }

  /** Runs the provisioning service while `work` calls it as its operator; `debug`: by a name that nobody signs. */
  async provision(work: (call: Call) => Promise<void>, debug = false): Promise<void> {
    const operator = callerId(this.operator.publicKey)
    const make: OracleFunction = (wish: Wish) => this.make(wish, this)
    const halt: OracleFunction = (id: string) => this.halt(id)
    const policy = async () => ({
      operator,
      admins: [],
      open: true,
      quotas: QUOTAS,
      settings: fullSettings(),
    })
    const host = await createHost({
      dir: join(this.place.path, 'provisioning'),
      port: 0,
      script: provisioningScript(),
      debug,
      oracles: { policy, make, halt },
      serviceLimits: { oracleMs: 60_000, oracleRequestMs: 60_000 },
    })
    const as = debug ? { user: 'eve' } : { key: this.operator }
    const client = await connect(host.url, { ...as, timeout: 60_000 })
    await work(async (method, ...args) => (await client.$call(method, args)) as unknown as Told)
    client.$close()
    await host.close()
  }

  /** Deploys {@link WANTED}, with what else is signed, while the liar begins `changed` instead. */
  async deploy(call: Call, changed: Changed = {}, signed: object = {}): Promise<string> {
    this.make = (wish, host) => host.begin(wish, changed)
    const { id } = await call('deploy', { ...WANTED, ...signed })
    return id
  }

  /** Begins a service in the host's directory as the script wishes, but for what is changed. Gives what an honest host tells. */
  async begin(wish: Wish, { name, title, source, ...options }: Changed = {}): Promise<Told> {
    const dir = join(this.place.path, 'making')
    const { settings } = wish
    const script = {
      name: name ?? wish.name,
      title: title ?? wish.title,
      source: source ?? WANTED.source,
    }
    const host = await createHost({
      machineLimits: settings.limits,
      window: settings.window,
      epochCalls: settings.epochCalls,
      ...options,
      dir,
      port: 0,
      script,
    })
    const { ledgerUrl: ledger, filesUrl: files, methods } = host
    const id = ledger.slice('vms://'.length)
    await host.close()
    renameSync(dir, this.dirOf(id))
    const opened = await Ledger.open(this.dirOf(id), { crypto: sodiumCrypto, readOnly: true })
    const genesis = decodeEntry(await opened.get(0))
    const { genesisHash } = opened.manifest
    await opened.close()
    if (genesis.type !== 'genesis') throw new Error('block 0 is no genesis')
    const told = {
      id,
      ...{ ledger, files, methods: [...methods], genesis: toHex(genesisHash) },
      semantics: genesis.semantics,
      requestBytes: genesis.limits.requestBytes,
      sha256: createHash('sha256').update(script.source).digest('hex'),
      head: await this.headOf(id),
    }
    return told
  }

  async headOf(id: string): Promise<Told['head']> {
    const ledger = await Ledger.open(this.dirOf(id), { crypto: sodiumCrypto, readOnly: true })
    const { length, treeHash } = ledger.head
    await ledger.close()
    return { length, treeHash: toHex(treeHash) }
  }

  /** Serves a service by itself, whatever the log says of it, and calls it. */
  async run(id: string, method = 'vote', ...args: unknown[]): Promise<void> {
    const host = await createHost({ dir: this.dirOf(id), port: 0, script: WANTED })
    const client = await connect(host.url, { timeout: 60_000 })
    await client.$call(method, args)
    client.$close()
    await host.close()
  }

  /** Audits all of it, as a person does. */
  async audit(args: readonly string[] = [], address = this.place.path): Promise<Audited> {
    const line = ['verify', address, '--all', '--json', ...args]
    const { code, stdout, stderr } = await vms(this.place, line)
    if (stdout === '') throw new Error(stderr)
    const { services, verdict, gone, findings } = JSON.parse(stdout)
    return {
      code,
      verdict,
      gone,
      findings,
      services: new Map(services.map((each: Service) => [each.id, each])),
    }
  }
}

export interface Service {
  readonly id: string
  readonly verdict: string
  readonly findings: readonly HostFinding[]
  readonly report: object | null
}

export interface Audited {
  readonly code: number | null
  readonly verdict: string
  readonly gone: readonly string[]
  readonly findings: readonly HostFinding[]
  readonly services: ReadonlyMap<string, Service>
}

export interface Wish {
  readonly name: string
  readonly title: string
  readonly settings: {
    readonly limits: Record<string, number>
    readonly window: number
    readonly epochCalls: number
  }
}

/** Whether a finding that is called proven carries proofs that hold. Throws if one does not. */
export function provesItself({ severity, evidence }: HostFinding): boolean {
  for (const part of evidence?.ledgers ?? []) heldEntries(fromHex(part.ledger), part)
  return severity !== 'proven' || evidence !== null
}
