/**
 * Provisioning: the service that decides which services the host runs, and the code with which the host follows that service's log. The
 * host follows each group before it answers any caller, and the whole log at its start.
 */

import path from 'node:path'
import {
  callerId,
  encodeKey,
  type KeyPair,
  type Request,
  SCRIPT_BYTES,
  type SignedHead,
  type Value,
} from '@vms/format'
import type { ConsoleLine, WarmProcess } from '@vms/sandbox'
import { CommitSignal } from '../connections/commit-signal.ts'
import { makeDirectory } from '../opening/deploy.ts'
import type { HostKeys } from '../opening/keys.ts'
import { createIn, type Opened, openIfThere } from '../opening/opening.ts'
import { type HostPorts, startService } from '../opening/starting.ts'
import { HostOracles, type OracleContext, type OracleFunction } from '../oracles/oracles.ts'
import type { Observer } from '../service/observer.ts'
import type { Service } from '../service/service.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import { fullSettings } from '../settings/settings.ts'
import { Deployer } from './deployer.ts'
import { callAsOperator, openOperator } from './operator.ts'
import { type Policy, type PolicyOptions, policyOf } from './policy.ts'
import { Records, type ServiceRecord } from './records.ts'
import { provisioningScript } from './script-source.ts'

/** Bytes of a deploy request besides the script. */
const REQUEST_BYTES = SCRIPT_BYTES + 64 * 1024

/** Most calls of one request: each may deploy. */
const REQUEST_CALLS = 10

/** Milliseconds that the host may take for one service: its machine starts, and its top level and `init` run. */
const MAKE_MS = 30_000

export interface ProvisioningOptions {
  /** The host's directory. */
  readonly dir: string
  readonly policy: PolicyOptions
  readonly ports: HostPorts
  readonly limits: ServiceLimits
  /** A process that is ready for the machine of a deploy. */
  readonly warmProcess: WarmProcess
  /** Called with the caller that a request names, before its signature is checked. Throws a refusal. */
  readonly precheck: (caller: string) => void
  /** Called with each new request. Throws a refusal. */
  readonly authorize: (request: Request, caller: string) => void
  /** Halts a service, and returns the head of its ledger; the log's `entry` will record why. */
  readonly halt: (id: string, entry: number) => Promise<ServiceRecord['head']>
  /** Called with each changed service once the change is durable. The log has `length` entries then. */
  readonly onChange: (record: ServiceRecord, length: number) => void
  /** Called after each group. */
  readonly onSettled: (length: number) => void
  readonly onConsole: (line: ConsoleLine) => void
  readonly onError: (error: Error) => void
  readonly onFatal: (error: Error) => void
  readonly observer?: Observer | undefined
}

/** The provisioning service of a host, open. */
export interface Provisioning {
  readonly id: string
  readonly service: Service
  readonly keys: HostKeys
  readonly records: Records
  /** The head up to which the records follow the log. */
  readonly followed: SignedHead
  /** Called after each group. */
  readonly commits: CommitSignal
  /** Whether this start created the service. */
  readonly created: boolean
  /** Ends the execution of new calls. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** Opens or creates the provisioning service, and sets its policy to that of the options. */
export async function openProvisioning(options: ProvisioningOptions): Promise<Provisioning> {
  const { dir, ports, onError } = options
  const { crypto, now } = ports
  const operator = await openOperator(dir, crypto)
  const policy = policyOf(callerId(operator.publicKey), options.policy)
  const opened = await open(path.join(dir, 'provisioning'), operator, ports)
  const { ledger } = opened
  const commits = new CommitSignal()
  const current: { records: Records | null; head: SignedHead | null } = {
    records: null,
    head: null,
  }
  const deployer = new Deployer({
    dir,
    ports: {
      ...ports,
      startMachine: (machine) => ports.startMachine(machine, options.warmProcess),
    },
    limits: options.limits,
    storedBytes: () => (current.records?.policy ?? policy).quotas.storedBytes,
    onError,
  })
  let service: Service | null = null
  try {
    service = await startService(opened, {
      ...options,
      limits: { ...options.limits, oracleMs: MAKE_MS, oracleRequestMs: REQUEST_CALLS * MAKE_MS },
      oracles: new HostOracles({
        functions: {
          policy: async () => policy,
          make: deployer.oracle(),
          halt: haltedBy(options.halt),
        },
        limits: { oracleMs: MAKE_MS, oracleRequestMs: REQUEST_CALLS * MAKE_MS },
        timers: ports.timers,
        onThrown: () => {},
      }),
      onCommit: (changes) => {
        commits.notify()
        const { records } = current
        if (records)
          for (const record of records.follow(changes)) options.onChange(record, ledger.length)
        // Last: the host signs statements only about a head that all records include.
        current.head = ledger.head
        if (!records) return
        options.onSettled(ledger.length)
        deployer.settle(ledger.length, (id) => records.services.has(id)).catch(onError)
      },
      onFault: (fault) => options.observer?.onFault(encodeKey(ledger.key), fault),
      lazy: { known: null },
    })
    current.records = await Records.read(ledger.files)
    if (!same(current.records.policy, policy))
      await callAsOperator(service, operator, crypto, ['configure', [asValue(policy)], now()])
    const { records } = current
    const running = service
    return {
      id: encodeKey(ledger.key),
      service,
      keys: opened.keys,
      records,
      get followed() {
        return current.head ?? ledger.head
      },
      commits,
      created: opened.created,
      stop: () => running.close(),
      async close() {
        await running.close()
        await ledger.close()
      },
    }
  } catch (error) {
    await service?.close()
    await ledger.close()
    throw error
  }
}

async function open(dir: string, operator: KeyPair, ports: HostPorts): Promise<Opened> {
  await makeDirectory(dir)
  const opened = await openIfThere(dir, ports)
  if (opened) return opened
  return createIn(
    dir,
    {
      script: provisioningScript(),
      settings: fullSettings({
        limits: { requestBytes: REQUEST_BYTES, requestCalls: REQUEST_CALLS },
      }),
      // A new release may have a newer script. The log records its upgrade.
      upgrade: { callers: [operator.publicKey], delayMs: 0 },
    },
    ports,
  )
}

/** The oracle `halt`. It passes on the index that the entry of the running call will get. */
const haltedBy = (halt: ProvisioningOptions['halt']): OracleFunction =>
  function (this: OracleContext, id: string) {
    return halt(id, this.entry)
  }

/** The policy as an argument of a call. */
const asValue = (policy: Policy): Value => JSON.parse(JSON.stringify(policy)) as Value

/** Compares as JSON: this host wrote both, with their keys in one order. */
const same = (recorded: Policy, wanted: Policy): boolean =>
  JSON.stringify(recorded) === JSON.stringify(wanted)
