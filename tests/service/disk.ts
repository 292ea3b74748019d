/** A disk that a test holds up or breaks: handed to a host in place of the real one's syncs and commits. */
import { fdatasync } from 'node:fs'
import { promisify } from 'node:util'
import type { HostPorts } from '@vms/host'
import { Ledger, type SyncFd } from '@vms/ledger'

const realSync = promisify(fdatasync)

export class Disk {
  #held: { readonly released: Promise<void>; readonly release: () => void } | null = null
  #reached = Promise.withResolvers<void>()
  #syncFault: Error | null = null
  #commitFault: Error | null = null

  readonly #syncFd: SyncFd = async (fd) => {
    if (this.#held) {
      this.#reached.resolve()
      await this.#held.released
    }
    if (this.#syncFault) throw this.#syncFault
    await realSync(fd)
  }

  /** What a host is given to work on this disk. */
  readonly ports: Pick<HostPorts, 'openLedger' | 'createLedger'> = {
    openLedger: async (directory, options) =>
      this.#watch(await Ledger.open(directory, { ...options, syncFd: this.#syncFd })),
    createLedger: async (directory, options) =>
      this.#watch(await Ledger.create(directory, { ...options, syncFd: this.#syncFd })),
  }

  #watch(ledger: Ledger): Ledger {
    const commit = ledger.commit.bind(ledger)
    ledger.commit = async (group) => {
      if (this.#commitFault) throw this.#commitFault
      return await commit(group)
    }
    return ledger
  }

  /** From now on no sync comes to an end. */
  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = { released: promise, release: resolve }
    this.#reached = Promise.withResolvers()
  }

  /** Resolves when a sync is being held up: what it is for has been written. */
  async reached(): Promise<void> {
    await this.#reached.promise
  }

  release(): void {
    this.#held?.release()
    this.#held = null
  }

  /** From now on every sync fails; so do those that are held up, once they are released. */
  failSyncs(fault: Error): void {
    this.#syncFault = fault
  }

  /** From now on every commit fails before anything is written. */
  failCommits(fault: Error): void {
    this.#commitFault = fault
  }
}
