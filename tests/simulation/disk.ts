/** The disk of a simulated service: what is on it outlives the host's process. One in memory, and the real store in a directory. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type {
  Crypto,
  FileChange,
  FilesHead,
  FilesPort,
  LedgerManifest,
  SignedHead,
} from '@vms/format'
import {
  type CommitStage,
  MemoryDrive,
  MemoryLedger,
  type MemoryStore,
  type VirtualTime,
} from '@vms/host/testing'
import {
  type Committed,
  type GenesisOf,
  Ledger,
  LedgerError,
  type LedgerPort,
  ScratchFiles,
} from '@vms/ledger'
import { fdatasync } from '../../packages/ledger/src/store/durable.ts'

/** Called at a stage of a commit. The process may end there. It waits there for a while, unless `waits` is false. */
export type OnStage = (stage: CommitStage, waits?: boolean) => Promise<void>

/** A ledger as it is on the disk. */
export interface DurableLedger {
  readonly manifest: LedgerManifest
  readonly head: SignedHead
  readonly blocks: readonly Uint8Array[]
}

/** The files that a replay writes. Their heads must be those of the disk's ledger. */
export interface ReplayDrive {
  readonly files: FilesPort
  commit(changes: readonly FileChange[], start: number): Promise<FilesHead>
}

export interface Disk {
  /** Null before a ledger is on it. */
  readonly key: Uint8Array | null
  open(onStage: OnStage): Promise<LedgerPort>
  /** The process ends. `kept`: how many of the groups that were written and not synced stay on the disk. */
  end(kept: (groups: number) => number): void
  /** The durable ledger; null before its first group. No process may have it open. */
  read(): Promise<DurableLedger | null>
  replayDrive(): Promise<ReplayDrive>
  /** Copies it. Returns what puts the copy in the place of the present content, with its length; null if it cannot. */
  backup(): (() => number) | null
  close(): Promise<void>
}

export class MemoryDisk implements Disk {
  readonly store: MemoryStore

  constructor(store: MemoryStore) {
    this.store = store
  }

  get key(): Uint8Array {
    return this.store.key
  }

  async open(onStage: OnStage): Promise<LedgerPort> {
    return new MemoryLedger(this.store, onStage)
  }

  end(kept: (groups: number) => number): void {
    this.store.cut(kept(this.store.groups.length - this.store.synced.length))
  }

  async read(): Promise<DurableLedger | null> {
    const { synced, manifest } = this.store
    const last = synced.at(-1)
    const blocks = synced.flatMap(({ committed }) => committed.entries)
    return last ? { manifest, head: last.committed.head, blocks } : null
  }

  async replayDrive(): Promise<ReplayDrive> {
    const drive = new MemoryDrive(this.store.crypto)
    return {
      files: drive.files,
      commit: async (changes, start) => drive.commit(changes, start),
    }
  }

  backup(): () => number {
    const groups = this.store.synced.length
    return () => {
      this.store.restore(groups)
      return this.store.synced.at(-1)?.committed.head.length ?? 0
    }
  }

  async close(): Promise<void> {}
}

/**
 * The real store. When the process is killed, the commit in hand fails where it is and the store is closed, so what was written stays,
 * as after the kill of a real process. A power cut loses nothing here, because the operating system lives on.
 */
export class StoreDisk implements Disk {
  readonly #crypto: Crypto
  readonly #genesis: GenesisOf
  readonly #time: VirtualTime
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'vms-simulated-'))
  readonly #directory = path.join(this.#folder, 'service')
  #ledger: Ledger | null = null
  #key: Uint8Array | null = null
  #kill: (reason: Error) => void = () => {}
  #closed: Promise<void> = Promise.resolve()

  constructor(crypto: Crypto, genesis: GenesisOf, time: VirtualTime) {
    this.#crypto = crypto
    this.#genesis = genesis
    this.#time = time
  }

  get key(): Uint8Array | null {
    return this.#key ?? (this.#ledger?.length ? this.#ledger.key : null)
  }

  async open(onStage: OnStage): Promise<LedgerPort> {
    await this.#closed
    const killed = Promise.withResolvers<never>()
    killed.promise.catch(() => {})
    this.#kill = killed.reject
    const commits = new HeldCommits(this.#time, onStage, killed.promise)
    const options = { crypto: this.#crypto, syncFd: (fd: number) => commits.sync(fd) }
    const opening = this.#key
      ? Ledger.open(this.#directory, options)
      : Ledger.create(this.#directory, { ...options, genesis: this.#genesis })
    const ledger = await this.#time.hold(opening)
    this.#ledger = ledger
    return heldLedger(ledger, this.#time, (group) => commits.run(() => ledger.commit(group)))
  }

  end(): void {
    const ledger = this.#ledger
    if (!ledger) return
    this.#ledger = null
    this.#kill(new Error('the process was killed'))
    const close = async (): Promise<void> => {
      await ledger.close().catch(() => {})
      const durable = await this.#read()
      if (durable) this.#key = ledger.key
    }
    this.#closed = this.#time.hold(close())
  }

  async read(): Promise<DurableLedger | null> {
    await this.#closed
    return this.#read()
  }

  async #read(): Promise<DurableLedger | null> {
    try {
      await using ledger = await Ledger.open(this.#directory, { crypto: this.#crypto })
      const { manifest, length } = ledger
      if (length === 0) return null
      const blocks: Uint8Array[] = []
      for await (const block of ledger.entries()) blocks.push(block)
      return { manifest, head: ledger.head, blocks }
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'ERR_VMS_NO_LEDGER') return null
      throw error
    }
  }

  async replayDrive(): Promise<ReplayDrive> {
    const directory = mkdtempSync(path.join(this.#folder, 'replay-'))
    const files = await ScratchFiles.create(directory, { crypto: this.#crypto })
    return { files, commit: (changes, start) => files.commit(changes, start) }
  }

  /** The store writes in the background: a copy of a running one may be none. */
  backup(): null {
    return null
  }

  async close(): Promise<void> {
    await this.#closed
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The commits of the real store: virtual time stands still while they write, and goes on while they wait at a stage. */
class HeldCommits {
  readonly #time: VirtualTime
  readonly #onStage: OnStage
  readonly #killed: Promise<never>
  #release: () => void = () => {}
  #synced = true

  constructor(time: VirtualTime, onStage: OnStage, killed: Promise<never>) {
    this.#time = time
    this.#onStage = onStage
    this.#killed = killed
  }

  async run(commit: () => Promise<Committed>): Promise<Committed> {
    await this.#onStage('write')
    this.#hold()
    this.#synced = false
    try {
      const committed = await commit()
      this.#release()
      await this.#onStage('synced')
      return committed
    } finally {
      this.#release()
    }
  }

  async sync(fd: number): Promise<void> {
    if (!this.#synced) {
      this.#synced = true
      this.#release()
      // Virtual time may stand still now: the machine may be working, and wait for a file that waits for this commit.
      await Promise.race([this.#onStage('sync', false), this.#killed])
      this.#hold()
    }
    await fdatasync(fd)
  }

  #hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    void this.#time.hold(promise)
    this.#release = resolve
  }
}

/** A ledger in whose reads virtual time stands still. */
function heldLedger(ledger: Ledger, time: VirtualTime, commit: LedgerPort['commit']): LedgerPort {
  const { files } = ledger
  return {
    directory: ledger.directory,
    get key() {
      return ledger.key
    },
    get filesKey() {
      return ledger.filesKey
    },
    get manifest() {
      return ledger.manifest
    },
    get length() {
      return ledger.length
    },
    get storedBytes() {
      return ledger.storedBytes
    },
    get head() {
      return ledger.head
    },
    get filesHead() {
      return ledger.filesHead
    },
    files: {
      stat: (at) => time.hold(files.stat(at)),
      read: (at) => time.hold(files.read(at)),
      list: (at, options) => time.hold(files.list(at, options)),
      history: (options) => time.hold(files.history(options)),
    },
    get: (index) => time.hold(ledger.get(index)),
    async *entries(start = 0, end = ledger.length) {
      for (let index = start; index < end; index++) yield await time.hold(ledger.get(index))
    },
    groupEnd: (length) => time.hold(ledger.groupEnd(length)),
    commit,
    consistency: (from, to) => time.hold(ledger.consistency(from, to)),
    path: (index, top) => time.hold(ledger.path(index, top)),
    blocks: (...question) => time.hold(ledger.blocks(...question)),
    close: () => time.hold(ledger.close()),
  }
}
