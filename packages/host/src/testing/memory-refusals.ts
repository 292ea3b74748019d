/** Final refusals in memory. The map is the disk: it outlives the store. */

import type { Refusal } from '../errors/refusal.ts'
import type { RefusalStore } from '../service/final-refusals.ts'
import { FINAL_REFUSALS } from '../settings/limits.ts'

/** By request id, in hexadecimal. */
export type RefusalDisk = Map<string, { readonly refusal: Refusal; readonly expires: number }>

export class MemoryRefusals implements RefusalStore {
  readonly #disk: RefusalDisk
  readonly #onWrite: () => Promise<void>

  constructor(disk: RefusalDisk, onWrite: () => Promise<void> = async () => {}) {
    this.#disk = disk
    this.#onWrite = onWrite
  }

  get hasRoom(): boolean {
    return this.#disk.size < FINAL_REFUSALS
  }

  get(requestId: Uint8Array): Refusal | null {
    return this.#disk.get(hex(requestId))?.refusal ?? null
  }

  async add(requestId: Uint8Array, refusal: Refusal, expires: number): Promise<void> {
    await this.#onWrite()
    this.#disk.set(hex(requestId), { refusal, expires })
  }

  advance(time: number): void {
    for (const [id, { expires }] of this.#disk) if (expires < time) this.#disk.delete(id)
  }
}

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex')
