/** A host without sockets and disks: runs a script on a real machine and writes what comes out into a ledger in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type BootEntry,
  type CallsEntry,
  callerId,
  callSeed,
  decodeRequest,
  type Entry,
  entrySeed,
  type FileChange,
  type FilesHead,
  filesUrl,
  type GenesisEntry,
  type KeyPair,
  requestId,
  toOutcome,
} from '@vms/format'
import { runtimeCodec } from '@vms/format/runtime'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { ScratchFiles } from '@vms/ledger'
import { Machine, type MachineOptions, type OraclePort } from '@vms/sandbox'
import { onTestFinished } from 'vitest'
import type { ArchiveSource } from '../src/index.ts'
import { type Call, Scribe } from './scribe.ts'

type CoreName = 'db' | 'blobs'

/** How a group is written otherwise than it happened. */
export interface Tampering {
  readonly boot?: Partial<BootEntry>
  /** Changes the entry with this number in the group. */
  readonly calls?: (entry: CallsEntry, at: number) => CallsEntry
  readonly changes?: readonly FileChange[]
  /** Entries that are left out. */
  readonly without?: Entry['type']
}

/** The machine that a host starts for this ledger, and an auditor. */
export const machineOptions = (
  { genesis, manifest }: Scribe,
  files: MachineOptions['files'],
): MachineOptions => ({
  script: genesis.script.source,
  name: genesis.script.name,
  codec: runtimeCodec,
  limits: genesis.limits,
  files,
  info: { title: genesis.script.title, key: filesUrl(manifest.filesKey) },
})

/** Files of a test's own, gone at its end. */
export async function makeFiles(): Promise<ScratchFiles> {
  const directory = await mkdtemp(path.join(tmpdir(), 'vms-recording-'))
  const files = await ScratchFiles.create(path.join(directory, 'files'), { crypto })
  onTestFinished(async () => {
    await files.close()
    await rm(directory, { recursive: true })
  })
  return files
}

export class Recording {
  readonly scribe: Scribe
  readonly #machine: Machine
  readonly #files: ScratchFiles
  readonly #heads: FilesHead[] = []

  private constructor(scribe: Scribe, machine: Machine, files: ScratchFiles) {
    this.scribe = scribe
    this.#machine = machine
    this.#files = files
  }

  /** Deploys a script: genesis, boot, and init if it has one. */
  static async start(
    source: string,
    settings: Partial<GenesisEntry> = {},
    tampering: Tampering = {},
    oracle?: OraclePort,
    signer?: KeyPair,
  ): Promise<Recording> {
    const script = { name: 'test.js', title: 'Test', source, declarations: '' }
    const scribe = new Scribe({ script, ...settings }, signer)
    const files = await makeFiles()
    const machine = await Machine.start({
      ...machineOptions(scribe, files),
      ...(oracle && { oracle }),
    })
    onTestFinished(() => machine.close())
    const recording = new Recording(scribe, machine, files)
    await recording.#deploy(tampering)
    return recording
  }

  /** Boots anew, in a group of its own. */
  async restart(tampering: Tampering = {}): Promise<void> {
    await this.#write([await this.#boot('restart', tampering)], [], tampering)
  }

  /** Runs requests and writes them as one group. */
  async group(calls: readonly Call[], tampering: Tampering = {}): Promise<void> {
    const { key, length } = this.scribe
    const entries = calls.map((call) => this.scribe.calls(call))
    const requests = entries.map(({ request, time }, i) => {
      const { caller, calls } = decodeRequest(request)
      const seed = (call: number) => callSeed(crypto, key, requestId(crypto, request), call)
      return {
        position: length + i,
        time,
        caller: callerId(caller),
        calls: calls.map(([method, args], call) => ({ method, args, seed: seed(call) })),
      }
    })
    const { done } = await this.#machine.run(requests)
    const executed = entries.map((entry, i) => ({
      ...entry,
      outcomes: (done[i]?.results ?? []).map((result) => toOutcome(crypto, result)),
    }))
    const changes = done.flatMap(({ results }) => results.flatMap((result) => result.changes))
    await this.#write(executed, changes, tampering)
  }

  /** The drive as it was published: its trees under the head after the last group. */
  get archive(): ArchiveSource {
    return this.signing((_, blocks) => blocks)
  }

  /** The drive with other blocks under its signatures. */
  signing(change: (core: CoreName, blocks: Uint8Array[]) => Uint8Array[]): ArchiveSource {
    const heads = this.#heads
    const files = this.#files
    const { scribe } = this
    const signed = async (core: CoreName, length: number, all: number) => {
      const blocks: Uint8Array[] = []
      for await (const block of files.blocks(core, 0, all)) blocks.push(block)
      return scribe.drive(core, change(core, blocks), length)
    }
    return {
      async treesAt(dbLength, blobsLength) {
        const head = heads.at(-1)
        if (!head || head.dbLength < dbLength || head.blobsLength < blobsLength) return null
        return {
          signer: scribe.manifest.signer,
          db: await signed('db', dbLength, head.dbLength),
          blobs: blobsLength === 0 ? null : await signed('blobs', blobsLength, head.blobsLength),
        }
      },
      async lengths() {
        return heads.at(-1) ?? { dbLength: 0, blobsLength: 0 }
      },
      blocks: (core, start, end) => files.blocks(core, start, end),
    }
  }

  async #deploy(tampering: Tampering): Promise<void> {
    const { genesis, key } = this.scribe
    const entries: Entry[] = [genesis, await this.#boot('start', tampering)]
    const seed = entrySeed(crypto, key, 'init', 2)
    const result = await this.#machine.init({ time: 1_000, position: 2, seed })
    if (result && tampering.without !== 'init') {
      const outcome = toOutcome(crypto, result)
      entries.push({ type: 'init', time: 1_000, outcome, root: null, files: null })
    }
    await this.#write(entries, result?.changes ?? [], tampering)
  }

  async #boot(reason: BootEntry['reason'], tampering: Tampering): Promise<BootEntry> {
    const position = reason === 'start' ? 1 : this.scribe.length
    const time = reason === 'start' ? 1_000 : 2_000
    const seed = entrySeed(crypto, this.scribe.key, 'boot', position)
    const { outcome, methods, engine, scriptHash } = await this.#machine.boot({
      time,
      position,
      seed,
    })
    return {
      type: 'boot',
      reason,
      time,
      engine,
      scriptHash,
      outcome: toOutcome(crypto, outcome),
      methods,
      root: null,
      files: null,
      ...tampering.boot,
    }
  }

  async #write(
    entries: readonly Entry[],
    changes: readonly FileChange[],
    tampering: Tampering,
  ): Promise<void> {
    const all = [...changes, ...(tampering.changes ?? [])]
    const head = await this.#files.commit(all, this.scribe.length)
    this.#heads.push(head)
    const written = entries.map((entry, at) =>
      entry.type === 'calls' ? (tampering.calls?.(entry, at) ?? entry) : entry,
    )
    this.scribe.group(written, head)
    this.#machine.committed(this.scribe.length - 1)
  }
}
