/**
 * The signed statements of a host of many: the list of its services, and the head of its provisioning log when somebody asks. The
 * host has applied all changes up to that head, so its list and its log agree there.
 */
import {
  type Crypto,
  encodeEntry,
  encodeHostStatement,
  fromHex,
  type HostClaim,
  type ListedService,
  parseKey,
  type SignedHead,
  signHostClaim,
} from '@vms/format'
import { Description } from '../description.ts'
import type { Provisioning } from './provisioning.ts'
import type { ServiceRecord } from './records.ts'

const STATEMENT_PATH = '/.well-known/vms-statement.json'

/** A question is 32 bytes in hexadecimal. */
const QUESTION = /^\/\.well-known\/vms-statement\/([0-9a-f]{64})\.json$/

export interface StatementsParts {
  readonly crypto: Crypto
  readonly provisioning: Pick<Provisioning, 'service' | 'keys' | 'followed'>
  /** The services that the host serves now. */
  readonly records: () => readonly Pick<ServiceRecord, 'id' | 'state'>[]
}

export class Statements {
  #list: Description
  #parts: StatementsParts

  constructor(parts: StatementsParts) {
    this.#parts = parts
    this.#list = new Description(() => this.#stated({ nonce: null, services: this.#listed() }))
  }

  /**
   * The list, or the answer to the question that the path holds; null for another path. Of a log that is faulted the host signs
   * nothing: its records may not follow the last group.
   */
  at(path: string): Description | null {
    if (this.#parts.provisioning.service.fault) return null
    if (path === STATEMENT_PATH) return this.#list
    const [, nonce] = QUESTION.exec(path) ?? []
    if (nonce === undefined) return null
    return new Description(() => this.#stated({ nonce: fromHex(nonce), services: null }))
  }

  /** The provisioning log has grown. */
  changed(): void {
    this.#list.changed()
  }

  #listed(): ListedService[] {
    return this.#parts.records().map(({ id, state }) => ({ id: parseKey(id) as Uint8Array, state }))
  }

  #stated(said: Pick<HostClaim, 'nonce' | 'services'>): { version: 1; statement: string } {
    const { crypto, provisioning } = this.#parts
    const { service, keys } = provisioning
    const { length, treeHash }: SignedHead = provisioning.followed
    const { key, manifest } = service.ledger
    const claim = { length, treeHash, ...said }
    const signature = signHostClaim(crypto, key, claim, keys.refusal.secretKey)
    const genesis = encodeEntry(service.genesis)
    const statement = encodeHostStatement({ version: 1, manifest, genesis, claim, signature })
    return { version: 1, statement: Buffer.from(statement).toString('base64') }
  }
}
