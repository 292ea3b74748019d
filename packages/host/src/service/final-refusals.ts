/**
 * Final refusals. When one call of a request ends the machine, the caller signs the other calls again. The old bytes must then never
 * run, not even after a restart. So the host stores each final refusal in a small file beside the ledger before it sends the refusal.
 *
 * The host needs a row until the request can no longer enter the ledger: until an entry's time is past the request's expiry. A
 * clock may go back, entry times never do.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type RefusalCode, refusalCodes } from '@vms/rpc'
import { HostError } from '../errors/errors.ts'
import { isBackstop, Refusal } from '../errors/refusal.ts'
import { writeDurably } from '../platform/durable-file.ts'
import { FINAL_REFUSALS } from '../settings/limits.ts'

const FILE = 'refused.json'

interface Row {
  /** Id of the request, in hexadecimal. */
  readonly id: string
  readonly code: RefusalCode
  readonly message: string
  /** The request's expiry. */
  readonly expires: number
}

/** The port to the store of final refusals of a service. */
export interface RefusalStore {
  /** Whether there is room for one more. */
  readonly hasRoom: boolean
  get(requestId: Uint8Array): Refusal | null
  /**
   * Stores a refusal. After it resolves, a crash cannot lose the refusal. If it rejects, the host must not send the refusal. Callers
   * wait for one call before they make the next.
   */
  add(requestId: Uint8Array, refusal: Refusal, expires: number): Promise<void>
  /** The ledger's last entry has this time: forgets what has expired. */
  advance(time: number): void
}

export class FinalRefusals implements RefusalStore {
  #dir: string
  #rows: Map<string, Row>

  private constructor(dir: string, rows: readonly Row[]) {
    this.#dir = dir
    this.#rows = new Map(rows.map((row) => [row.id, row]))
  }

  /** Opens the final refusals of a service directory. Throws `ERR_VMS_REFUSALS_UNREADABLE`. */
  static async open(dir: string): Promise<FinalRefusals> {
    const file = path.join(dir, FILE)
    try {
      return new FinalRefusals(dir, rowsOf(await readFile(file, 'utf8')))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new FinalRefusals(dir, [])
      const why = (cause as Error).message
      throw new HostError('ERR_VMS_REFUSALS_UNREADABLE', `cannot read ${file}: ${why}`, {
        cause,
        hint: 'restore the file from a backup: the host must not run the requests that it names. Once the newest of them has expired, it may be removed',
      })
    }
  }

  get hasRoom(): boolean {
    return this.#rows.size < FINAL_REFUSALS
  }

  get(requestId: Uint8Array): Refusal | null {
    if (this.#rows.size === 0) return null
    const row = this.#rows.get(hex(requestId))
    return row ? new Refusal(row.code, row.message) : null
  }

  async add(requestId: Uint8Array, { code, message }: Refusal, expires: number): Promise<void> {
    const id = hex(requestId)
    const row = { id, code, message: message.slice(0, MESSAGE), expires }
    const refused = [...this.#rows.values(), row]
    await writeDurably(this.#dir, FILE, `${JSON.stringify({ version: 1, refused })}\n`)
    this.#rows.set(id, row)
  }

  /** The next refusal writes the file. */
  advance(time: number): void {
    for (const { id, expires } of this.#rows.values()) if (expires < time) this.#rows.delete(id)
  }
}

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex')

/** Most UTF-16 units of a stored explanation. */
const MESSAGE = 200

function rowsOf(text: string): Row[] {
  const { version, refused } = JSON.parse(text) as { version: unknown; refused: unknown }
  if (version !== 1 || !Array.isArray(refused)) throw new SyntaxError('it has another format')
  return refused.map((row: Row) => {
    const { id, code, message, expires } = row
    const isRow =
      /^[0-9a-f]{64}$/.test(id) &&
      refusalCodes.includes(code) &&
      isBackstop(code) &&
      typeof message === 'string' &&
      Number.isSafeInteger(expires)
    if (!isRow) throw new SyntaxError('a row is not a refusal')
    return { id, code, message, expires }
  })
}
