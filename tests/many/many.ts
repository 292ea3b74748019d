/** Hosts of many services for one test: a directory, hosts in it on free ports, clients of them, all closed at its end. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type AuditReport, audit, Ledger, sodiumCrypto } from '@vms/auditor'
import { callerId, connect, type Remote } from '@vms/client'
import type { KeyPair } from '@vms/format'
import { createHost, type HostOfMany, type HostOfManyOptions } from '@vms/host'
import { onTestFinished } from 'vitest'

/** A client of a script whose types are not known. */
export type AnyRemote = Remote<Record<string, (...args: unknown[]) => unknown>>

/** What a deploy gives. */
export interface Deployed {
  readonly id: string
  readonly methods: readonly string[]
  readonly state: string
}

/** Counts in memory and in a file. */
export const COUNTER = `
let calls = 0
exports.init = async () => System.files.writeFile('/count', '0')
exports.add = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return { count, inMemory: ++calls }
}
exports.count = async () => Number(await System.files.readFile('/count'))
`

export class Many {
  readonly dir: string
  /** The one admin of its hosts. */
  readonly admin: KeyPair = sodiumCrypto.keyPair()
  #closing: (() => unknown)[] = []

  private constructor(dir: string) {
    this.dir = dir
  }

  static async make(): Promise<Many> {
    const many = new Many(await mkdtemp(path.join(os.tmpdir(), 'vms-many-')))
    onTestFinished(() => many.close(), 60_000)
    return many
  }

  async host(options: Partial<HostOfManyOptions> = {}): Promise<HostOfMany> {
    const host = await createHost({
      dir: this.dir,
      port: 0,
      policy: { admins: [callerId(this.admin.publicKey)] },
      ...options,
    })
    this.#closing.push(() => host.close())
    return host
  }

  /** A client of one service of the host. */
  async connect(host: HostOfMany, id: string, key: KeyPair = this.admin): Promise<AnyRemote> {
    const client = await connect<Record<string, (...args: unknown[]) => unknown>>(
      `${host.url}/${id}`,
      { key, timeout: 60_000 },
    )
    this.#closing.push(() => client.$close())
    return client
  }

  /** A client of its provisioning service. */
  provisioning(host: HostOfMany, key?: KeyPair): Promise<AnyRemote> {
    return this.connect(host, host.provisioning.id, key)
  }

  /** Deploys as the admin. */
  async deploy(host: HostOfMany, source: string, title = 'Test'): Promise<Deployed> {
    const client = await this.provisioning(host)
    return (await client['deploy']?.({ name: 'test.js', title, source })) as Deployed
  }

  /** Names of the directories of services, and of those that are being made. */
  get directories(): { services: string[]; making: string[] } {
    const list = (name: string): string[] => {
      const dir = path.join(this.dir, name)
      return existsSync(dir) ? readdirSync(dir).sort() : []
    }
    return { services: list('services'), making: list('making') }
  }

  /** Audits a service of a stopped host, or its provisioning, from the directory. */
  async audit(id: string | 'provisioning'): Promise<AuditReport> {
    const dir = id === 'provisioning' ? id : path.join('services', id)
    const ledger = await Ledger.open(path.join(this.dir, dir), {
      crypto: sodiumCrypto,
      readOnly: true,
    })
    try {
      return await audit({ ledger })
    } finally {
      await ledger.close()
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
    await rm(this.dir, { recursive: true, force: true })
  }
}
