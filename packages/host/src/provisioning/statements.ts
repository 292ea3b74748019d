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
import { Description, type Stated } from '../http/description.ts'
import type { VisitorRate } from '../rates/visitor-rate.ts'
import type { Provisioning } from './provisioning.ts'
import type { ServiceRecord } from './records.ts'

const STATEMENT_PATH = '/.well-known/vms-statement.json'

/** A question is 32 bytes in hexadecimal. */
const QUESTION = /^\/\.well-known\/vms-statement\/([0-9a-f]{64})\.json$/

export interface StatementsParts {
  readonly crypto: Crypto
  /** The rate limit of questions per visitor. */
  readonly rate: Pick<VisitorRate, 'take'>
  readonly provisioning: Pick<Provisioning, 'service' | 'keys' | 'followed'>
  /** The services that the host serves now. */
  readonly records: () => readonly Pick<ServiceRecord, 'id' | 'state'>[]
}

export class Statements {
  #parts: StatementsParts
  #listPage: Description
  /** The signed list, until the log grows. */
  #list: Uint8Array | null = null

  constructor(parts: StatementsParts) {
    this.#parts = parts
    this.#listPage = new Description(() => pageOf(this.#signedList()))
  }

  /**
   * The list, or the answer to the question that the path holds; null for another path, and while the log is faulted.
   * `visitor`: address of the asking peer; null for this machine.
   */
  at(path: string, visitor: string | null): Stated<Description> | null {
    if (path === STATEMENT_PATH) return this.#isFaulted ? null : { statement: this.#listPage }
    const [, nonce] = QUESTION.exec(path) ?? []
    if (nonce === undefined) return null
    const stated = this.answer(fromHex(nonce), visitor)
    if (!stated || 'waitMs' in stated) return stated
    return { statement: new Description(() => pageOf(stated.statement)) }
  }

  /** The encoded answer to a question of 32 bytes, the list for null; null while the log is faulted. */
  answer(nonce: Uint8Array | null, visitor: string | null): Stated<Uint8Array> | null {
    if (this.#isFaulted) return null
    if (!nonce) return { statement: this.#signedList() }
    const waitMs = this.#parts.rate.take(visitor)
    return waitMs > 0 ? { waitMs } : { statement: this.#stated({ nonce, services: null }) }
  }

  /** Called when the provisioning log has grown. */
  changed(): void {
    this.#list = null
    this.#listPage.changed()
  }

  /** The host signs nothing while the log is faulted, because its records may lack the last group. */
  get #isFaulted(): boolean {
    return this.#parts.provisioning.service.fault !== null
  }

  #signedList(): Uint8Array {
    this.#list ??= this.#stated({ nonce: null, services: this.#listed() })
    return this.#list
  }

  #listed(): ListedService[] {
    return this.#parts.records().map(({ id, state }) => ({ id: parseKey(id) as Uint8Array, state }))
  }

  #stated(said: Pick<HostClaim, 'nonce' | 'services'>): Uint8Array {
    const { crypto, provisioning } = this.#parts
    const { service, keys } = provisioning
    const { length, treeHash }: SignedHead = provisioning.followed
    const { key, manifest } = service.ledger
    const claim = { length, treeHash, ...said }
    const signature = signHostClaim(crypto, key, claim, keys.refusal.secretKey)
    const genesis = encodeEntry(service.genesis)
    return encodeHostStatement({ version: 1, manifest, genesis, claim, signature })
  }
}

const pageOf = (statement: Uint8Array) => ({
  version: 1,
  statement: Buffer.from(statement).toString('base64'),
})
