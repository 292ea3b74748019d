/**
 * The deployer: the oracle `make`, through which the provisioning script lets the host begin a ledger. The source comes from the
 * running call, so the provisioning ledger holds it once.
 *
 *   making/<random>  →  first group durable  →  services/<id>  →  the deploy's own entry durable: now it is deployed
 *
 * A crash before the last step leaves a directory that no entry names. The host removes it at its next start, or as soon as another
 * call takes the place of the deploy in the ledger.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  encodeKey,
  filesUrl,
  type GenesisEntry,
  type GenesisSettings,
  ledgerUrl,
  MACHINE_LIMITS,
  type MachineLimits,
  parseKey,
  toHex,
} from '@vms/format'
import { HostError } from '../errors/errors.ts'
import type { Script } from '../opening/deploy.ts'
import { saveDormantState } from '../opening/dormant-state.ts'
import { type CreatingOptions, createIn } from '../opening/opening.ts'
import { type HostPorts, startService } from '../opening/starting.ts'
import { HostOracles, type OracleContext } from '../oracles/oracles.ts'
import { syncDirectory } from '../platform/durable-file.ts'
import type { Service } from '../service/service.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import type { ServiceRecord } from './records.ts'

/** The service that the script orders. */
interface Wish {
  readonly name: string
  readonly title: string
  readonly upgrade: { readonly callers: readonly string[]; readonly delayMs: number }
  readonly settings: GenesisSettings
}

/** A new service. */
interface Made
  extends Pick<
    ServiceRecord,
    'id' | 'ledger' | 'files' | 'genesis' | 'semantics' | 'methods' | 'requestBytes' | 'head'
  > {}

export interface DeployerOptions {
  /** The host's directory. */
  readonly dir: string
  readonly ports: HostPorts
  readonly limits: ServiceLimits
  /** Bytes that a service may store. */
  readonly storedBytes: () => number
  readonly onError: (error: Error) => void
}

/** UTF-16 units of the names of all methods together: the host keeps them in memory, and lists them to every visitor that asks. */
const METHODS_UNITS = 16_384

/** Most UTF-16 units of an engine's report in the error of a deploy. */
const REPORT_UNITS = 2_000

/** The folder of the ledgers of a host's services. */
export const servicesFolder = (dir: string): string => path.join(dir, 'services')

/** The folder of unfinished deploys. */
export const newServicesFolder = (dir: string): string => path.join(dir, 'making')

export class Deployer {
  #options: DeployerOptions
  /** New services by id, with the index of the entry that the deploy will stand in. */
  #made = new Map<string, number>()

  constructor(options: DeployerOptions) {
    this.#options = options
  }

  /** The oracle `make`. */
  oracle(): (this: OracleContext, wish: Wish) => Promise<Made> {
    const deployer = this
    return async function (this: OracleContext, wish: Wish) {
      const [given] = (this.call?.args ?? []) as readonly { readonly source?: unknown }[]
      if (typeof given?.source !== 'string')
        throw new HostError('ERR_VMS_ARGUMENT', 'the running call has no source')
      return deployer.#make(
        { name: wish.name, title: wish.title, source: given.source },
        wish,
        this,
      )
    }
  }

  /** Removes the services of failed deploys: another call took their place, and `isNamed` does not know them. */
  async settle(length: number, isNamed: (id: string) => boolean): Promise<void> {
    for (const [id, entry] of [...this.#made]) {
      if (entry >= length) continue
      this.#made.delete(id)
      if (!isNamed(id)) await this.#remove(path.join(servicesFolder(this.#options.dir), id))
    }
  }

  async #make(
    script: Script,
    wish: Wish,
    { entry, signal }: OracleContext,
  ): Promise<Made & { sha256: string }> {
    const { dir } = this.#options
    const making = path.join(newServicesFolder(dir), randomUUID())
    await mkdir(making, { recursive: true, mode: 0o700 })
    try {
      const made = await this.#begin(making, creatingOptions(script, wish))
      signal.throwIfAborted()
      const services = servicesFolder(dir)
      await rename(making, path.join(services, made.id))
      await syncDirectory(services)
      this.#made.set(made.id, entry)
      const sha256 = createHash('sha256').update(script.source).digest('hex')
      return { ...made, sha256 }
    } catch (error) {
      await this.#remove(making)
      throw error
    }
  }

  /** The first group: genesis, boot and init. Then closes the ledger: a new service is dormant. */
  async #begin(making: string, options: CreatingOptions): Promise<Made> {
    const { ports, limits } = this.#options
    const opened = await createIn(making, options, ports)
    const { ledger, genesis } = opened
    let report = ''
    let service: Service | null = null
    try {
      service = await startService(opened, {
        ports,
        limits,
        alarmsPaused: true,
        oracles: new HostOracles({ functions: {}, limits, timers: ports.timers }),
        onConsole: ({ level, text }) => {
          if (level === 'error') report = text
        },
        // Nobody else knows this ledger, so its failure fails the deploy.
        onFatal: () => {},
        onFault: () => {},
      }).catch((error) => {
        throw reported(error, report)
      })
      const methods = [...service.methods]
      mustBeShort(methods)
      const { nextAlarm } = service
      const most = this.#options.storedBytes()
      if (ledger.storedBytes > most) {
        throw new HostError(
          'ERR_VMS_QUOTA_STORED_BYTES',
          `the service would store ${ledger.storedBytes} bytes from the start, this host takes ${most}`,
        )
      }
      const { length, treeHash } = ledger.head
      await saveDormantState(making, { length, methods, nextAlarm })
      return {
        id: encodeKey(ledger.key),
        ledger: ledgerUrl(ledger.key),
        files: filesUrl(ledger.filesKey),
        genesis: toHex(ledger.manifest.genesisHash),
        semantics: genesis.semantics,
        methods,
        requestBytes: genesis.limits.requestBytes,
        head: { length, treeHash: toHex(treeHash) },
      }
    } finally {
      await service?.close()
      await ledger.close()
    }
  }

  async #remove(dir: string): Promise<void> {
    await rm(dir, { recursive: true, force: true }).catch(this.#options.onError)
  }
}

/** Settings of the new ledger. The script has checked them, and filled in the ones that the deploy left out. */
function creatingOptions(script: Script, { upgrade, settings }: Wish): CreatingOptions {
  // A genesis lists the limits in one order. It refuses a missing limit, because the deployer signed no default.
  const names = Object.keys(MACHINE_LIMITS) as (keyof MachineLimits)[]
  const limits = Object.fromEntries(names.map((name) => [name, settings.limits[name]]))
  const full = { ...settings, limits: limits as MachineLimits }
  return { script, settings: full, upgrade: upgradeOf(upgrade) }
}

function upgradeOf({ callers, delayMs }: Wish['upgrade']): GenesisEntry['upgrade'] {
  const keys = callers.map((id) => {
    const key = parseKey(id)
    if (!key) throw new HostError('ERR_VMS_ARGUMENT', `${JSON.stringify(id)} is no caller id`)
    return key
  })
  return { callers: keys, delayMs }
}

function mustBeShort(methods: readonly string[]): void {
  const units = methods.reduce((sum, method) => sum + method.length, 0)
  if (units <= METHODS_UNITS) return
  throw new HostError(
    'ERR_VMS_TOO_MANY_METHODS',
    `the names of the methods have ${units} characters together, a host of many takes ${METHODS_UNITS}`,
  )
}

/** The error of a script, with its place in the source, because a remote deployer sees no console. */
function reported(error: Error & { code?: string }, report: string): Error {
  if (error.code !== 'ERR_VMS_SCRIPT_FAILED' || report === '') return error
  return new HostError(
    'ERR_VMS_SCRIPT_FAILED',
    `${error.message}\n${report.slice(0, REPORT_UNITS)}`,
  )
}
