/** The records of all services, which the host reads from the provisioning log. */
import type { FileChange } from '@vms/format'
import type { CommittedFiles } from '@vms/ledger'
import type { Policy } from './policy.ts'

/** The file of a service in the provisioning archive. Only the provisioning script writes it, so its shape is known. */
export interface ServiceRecord {
  /** z-base-32 of the ledger's key. */
  readonly id: string
  readonly ledger: string
  readonly files: string
  /** Hash of block 0, in hexadecimal. */
  readonly genesis: string
  readonly title: string
  readonly name: string
  readonly semantics: number
  readonly methods: readonly string[]
  /** Most bytes of one request, according to the genesis. */
  readonly requestBytes: number
  /**
   * Head of the service's ledger after its deploy, or after its last stop, start or removal; the hash in hexadecimal. Null if the host
   * could not read the ledger then.
   */
  readonly head: { readonly length: number; readonly treeHash: string } | null
  readonly owner: string
  readonly deployed: string
  readonly state: 'running' | 'stopped' | 'removed' | 'purged'
  readonly changed: string
}

const POLICY = '/policy.json'
const SERVICES = '/services'
const RECORD = /^\/services\/[a-z0-9]{52}\.json$/

/** The records of the files. Each group updates them. */
export class Records {
  readonly services = new Map<string, ServiceRecord>()
  #policy: Policy | null = null

  /** Reads all records. */
  static async read(files: CommittedFiles): Promise<Records> {
    const records = new Records()
    const listed = await files.list(SERVICES, { recursive: false })
    const paths = [POLICY, ...listed.map(({ name }) => `${SERVICES}/${name}`)]
    for (const path of paths) {
      const data = await files.read(path)
      if (data) records.#take(path, data)
    }
    return records
  }

  get policy(): Policy {
    if (!this.#policy) throw new Error('the provisioning archive has no policy')
    return this.#policy
  }

  /** Follows a committed group. Returns the services that it changed. */
  follow(changes: readonly FileChange[]): ServiceRecord[] {
    return changes.flatMap((change) => {
      const record = change.kind === 'file' && this.#take(change.path, change.data)
      return record ? [record] : []
    })
  }

  #take(path: string, data: Uint8Array): ServiceRecord | null {
    if (path === POLICY) this.#policy = parse(data) as Policy
    if (!RECORD.test(path)) return null
    const record = parse(data) as ServiceRecord
    this.services.set(record.id, record)
    return record
  }
}

const parse = (data: Uint8Array): unknown => JSON.parse(Buffer.from(data).toString())
