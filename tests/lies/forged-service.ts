/** A server of a ledger whose blocks are what a liar likes, signed by the ledger's key and replicated as a host does it. */
import { createServer } from 'node:http'
import path from 'node:path'
import { type Duplex, PassThrough, pipeline, type Transform } from 'node:stream'
import { encodeKey } from '@vms/client'
import { filesUrl, ledgerUrl, MACHINE_LIMITS } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { REPLICATE_PROTOCOL } from '@vms/rpc'
import { onTestFinished } from 'vitest'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { Recording } from '../../packages/auditor/test/recording.ts'
import type { Scribe } from '../../packages/auditor/test/scribe.ts'
import { type Core, ledgerCoreManifest } from '../../packages/ledger/src/engine/hypercore.ts'
import { openCore, openStore } from '../../packages/ledger/src/engine/store.ts'
import { makeWorkplace } from '../harness/workplace.ts'

type Uploading = Core & { on(event: 'upload', listener: () => void): void }

/** What runs in genesis and boot, which are honest. */
const SCRIPT = 'exports.a = () => null'

const LIMITS = { ...MACHINE_LIMITS, requestBytes: 64 * 1024 }

export interface ForgedOptions {
  /** What the bytes to an auditor pass through. */
  readonly wire?: () => Transform
}

export class ForgedService {
  readonly scribe: Scribe
  /** Blocks of the log that were handed out. */
  uploaded = 0
  #core: Core
  #written = 0
  #address = ''

  private constructor(scribe: Scribe, core: Core) {
    this.scribe = scribe
    this.#core = core
  }

  /** Serves what `write` writes after genesis and boot. */
  static async serve(
    write: (scribe: Scribe) => void,
    { wire = () => new PassThrough() }: ForgedOptions = {},
  ): Promise<ForgedService> {
    const signer = sodiumCrypto.keyPair()
    const { scribe } = await Recording.start(SCRIPT, { limits: LIMITS }, {}, undefined, signer)
    write(scribe)
    const store = await openStore(path.join(makeWorkplace().path, 'forged'))
    const core = await openCore(store, {
      manifest: ledgerCoreManifest(scribe.manifest),
      keyPair: {
        publicKey: Buffer.from(signer.publicKey),
        secretKey: Buffer.from(signer.secretKey),
      },
    })
    const service = new ForgedService(scribe, core)
    ;(core as Uploading).on('upload', () => {
      service.uploaded += 1
    })
    await service.publish()
    await service.#listen(wire, () => store.replicate(false))
    onTestFinished(() => store.close())
    return service
  }

  get address(): string {
    return this.#address
  }

  /** Signs and serves what was written since. */
  async publish(): Promise<void> {
    const blocks = this.scribe.blocks.slice(this.#written)
    this.#written += blocks.length
    for (let at = 0; at < blocks.length; at += 1_000)
      await this.#core.append(blocks.slice(at, at + 1_000).map((block) => Buffer.from(block)))
  }

  /** Takes the blocks from `start` on away. They stay signed. */
  async withhold(start: number): Promise<void> {
    const clearing = this.#core as Core & { clear(start: number, end: number): Promise<unknown> }
    await clearing.clear(start, this.#core.length)
  }

  async #listen(wire: () => Transform, replicate: () => Duplex): Promise<void> {
    const { scribe } = this
    const service = {
      id: encodeKey(scribe.key),
      title: 'Test',
      ledger: ledgerUrl(scribe.key),
      files: filesUrl(scribe.manifest.filesKey),
      methods: ['a', 'b'],
      authentication: 'signed',
      semantics: 1,
      length: scribe.length,
    }
    const server = createServer((_, answer) => answer.end(JSON.stringify({ services: [service] })))
    const sockets = new WebSocketServer({ server, handleProtocols: () => REPLICATE_PROTOCOL })
    sockets.on('connection', (socket) => {
      const stream = createWebSocketStream(socket)
      const core = replicate()
      pipeline(stream, core, wire(), stream, () => socket.terminate())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#address = `localhost:${(server.address() as { port: number }).port}`
    onTestFinished(() => {
      for (const socket of sockets.clients) socket.terminate()
      server.close()
    })
  }
}
