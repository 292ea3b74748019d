/** A place for one test: a temporary directory, hosts on free ports in it, clients of them, all closed at its end. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type AuditOptions, type AuditReport, audit, Ledger, sodiumCrypto } from '@vms/auditor'
import { type ClientOptions, connect, type Remote } from '@vms/client'
import { createHost, type Host, type HostOptions } from '@vms/host'
import { onTestFinished } from 'vitest'

/** A client of a script whose types are not known. */
export type AnyRemote = Remote<Record<string, (...args: unknown[]) => unknown>>

export class Place {
  readonly dir: string
  #closing: (() => unknown)[] = []

  private constructor(dir: string) {
    this.dir = dir
  }

  static async make(): Promise<Place> {
    const place = new Place(await mkdtemp(path.join(os.tmpdir(), 'vms-test-')))
    onTestFinished(() => place.close(), 60_000)
    return place
  }

  /** Directory of the service. */
  get service(): string {
    return path.join(this.dir, 'service')
  }

  /** Serves a script on a free port. */
  async host(source: string, options: Partial<HostOptions> = {}): Promise<Host> {
    const host = await createHost({
      dir: this.service,
      script: { name: 'test.js', source },
      port: 0,
      ...options,
    })
    this.#closing.push(() => host.close())
    return host
  }

  async connect(host: Host, options: ClientOptions = {}): Promise<AnyRemote> {
    const client = await connect<Record<string, (...args: unknown[]) => unknown>>(host.url, {
      // The machines that run the tests are slow and busy: a timeout is not what is tested.
      timeout: 60_000,
      ...options,
    })
    this.#closing.push(() => client.$close())
    return client
  }

  /** Audits the stopped service from its directory. */
  async audit(options: Partial<AuditOptions> = {}): Promise<AuditReport> {
    const ledger = await Ledger.open(this.service, { crypto: sodiumCrypto, readOnly: true })
    try {
      return await audit({ ledger, ...options })
    } finally {
      await ledger.close()
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close()
    await rm(this.dir, { recursive: true, force: true })
  }
}
