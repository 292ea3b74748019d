/** Calls to the provisioning service of a host of many, for the verbs that deploy and manage services. */
import { parseAddress, VmsRemoteError } from '@vms/client'
import { fetchHostInfo, type ServiceInfo } from '../connect/host-info.ts'
import {
  type LedgerTarget,
  parseServiceAddress,
  type ServiceTarget,
  serviceUrl,
} from '../connect/target.ts'
import { type CliErrorDetails, ProvisioningError, UsageError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'
import type { BootstrapNode } from '../options/options.ts'
import { codeFrame } from '../output/code-frame.ts'
import type { Context } from '../process/context.ts'
import { type AnyRemote, openClient } from './client.ts'

/** Milliseconds that a deploy may take: the host starts a machine, and runs the script's top level and `init`. */
const PATIENCE_MS = 60_000

/** A deployed service, as the host describes it. */
export type Deployed = Pick<ServiceInfo, 'id' | 'title' | 'ledger' | 'files' | 'methods' | 'state'>

export interface ProvisioningOptions {
  readonly key?: string | undefined
  /** Nodes through which to join the DHT, for `vms://`. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** The address of a host of many, or the key of its provisioning log, by which the DHT finds it. */
export type ProvisioningTarget = ServiceTarget | LedgerTarget

/** Reads a {@link ProvisioningTarget}. Throws {@link UsageError}. */
export function parseProvisioningAddress(text: string, what: string): ProvisioningTarget {
  const address = parseAddress(text)
  return address.kind === 'ledger' ? address : parseHostAddress(text, what)
}

/** Reads the address of a host, without the id of a service. */
function parseHostAddress(text: string, what: string): ServiceTarget {
  const target = parseServiceAddress(text, what)
  if (!target.ledger) return target
  throw new UsageError(`${what} needs the address of a host, without that of a service`)
}

/** Calls a method of the provisioning service that returns a service. The arguments may depend on the provisioning log. */
export async function provision(
  context: Context,
  target: ProvisioningTarget,
  { key, bootstrap, signal }: ProvisioningOptions,
  [method, args]: readonly [
    method: string,
    args: unknown[] | ((client: AnyRemote) => Promise<unknown[]>),
  ],
): Promise<Deployed> {
  const url = target.kind === 'ledger' ? target.url : await provisioningUrl(target, signal)
  const { client } = await openClient(context, url, {
    timeout: PATIENCE_MS,
    key,
    bootstrap,
    signal,
  })
  try {
    const given = Array.isArray(args) ? args : await args(client)
    return readDeployed(await client.$call(method, given, signal ? { signal } : {}))
  } finally {
    client.$close()
  }
}

async function provisioningUrl(target: ServiceTarget, signal?: AbortSignal): Promise<string> {
  const { provisioning } = await fetchHostInfo(target, signal)
  if (provisioning) return serviceUrl(target, provisioning.id)
  throw new UsageError(`${target.url} serves one script, and nobody can deploy another`, {
    hint: 'vms host starts a host of many services',
  })
}

/** Reads the answer of the host, which may be anything. Throws {@link ProvisioningError} if it describes no service. */
function readDeployed(value: unknown): Deployed {
  const { id, title, ledger, files, methods, state } = Object(value) as Record<string, unknown>
  const texts = [id, title, ledger, files, state]
  if (texts.some((text) => typeof text !== 'string') || !Array.isArray(methods)) {
    throw new ProvisioningError(
      'ERR_VMS_PROTOCOL',
      EXIT.incomplete,
      'the host did not answer with a service',
    )
  }
  return { id, title, ledger, files, methods: methods.map(String), state } as Deployed
}

const HINTS: Record<string, string> = {
  ERR_VMS_NOT_ADMIN: 'its operator can add you: vms host --admin <the id that vms key prints>',
  ERR_VMS_NOT_OWNER: 'its deployer and the admins of the host may do that',
  ERR_VMS_SCRIPT_FAILED: 'nothing was deployed; correct the script and try again',
  ERR_VMS_NO_SERVICE: 'vms services lists the services of the host',
  ERR_VMS_QUOTA_DEPLOYS: 'try again in an hour',
  ERR_VMS_QUOTA_SCRIPT_BYTES: 'remove what its methods do not need, or ask the operator',
  ERR_VMS_QUOTA_SERVICES:
    'removed services count until somebody purges them; the operator can allow more with --max-services',
  ERR_VMS_QUOTA_SERVICES_PER_CALLER:
    'removed services count until somebody purges them: vms remove <service> --purge makes room',
  ERR_VMS_LEDGER_CHANGED:
    'the operator has to restore the directory of the service as it was at its stop',
  ERR_VMS_SETTING: 'run "vms call <provisioning log> policy" to see what this host allows',
  ERR_VMS_STATE: 'vms services prints the state of each; a removed service stays removed',
  ERR_VMS_TITLE: '--title takes a line of ordinary text',
}

/** The error of the provisioning script as an error of the command line, with a hint. `script`: the one to deploy, if any. */
export function refusedByHost(
  error: unknown,
  script: { readonly name: string; readonly source: string } | null,
  color: boolean,
): unknown {
  if (script && isTooLarge(error)) {
    const bytes = Buffer.byteLength(script.source)
    const message = `the script has ${bytes} bytes, more than a host accepts in one call`
    const hint = 'the ledger holds the whole script: remove what its methods do not need'
    return new ProvisioningError('ERR_VMS_SCRIPT_TOO_LARGE', EXIT.no, message, {
      hint,
      cause: error,
    })
  }
  if (!(error instanceof VmsRemoteError) || !/^ERR_VMS_/.test(error.code)) return error
  const [message = '', ...report] = error.message.split('\n')
  const frame = script && frameOf(report.join('\n'), script, color)
  const hint = HINTS[error.code]
  const details: CliErrorDetails = {
    cause: error,
    ...(hint !== undefined && { hint }),
    ...(frame && { frame }),
  }
  return new ProvisioningError(error.code, EXIT.no, message, details)
}

const isTooLarge = (error: unknown): boolean =>
  ['ERR_VMS_VALUE_TOO_LARGE', 'ERR_VMS_TOO_LARGE'].includes(
    String((error as { code?: unknown }).code),
  )

/** The lines of the script around the first place that a report names. */
function frameOf(
  report: string,
  { name, source }: { readonly name: string; readonly source: string },
  color: boolean,
): string | null {
  const at = report.indexOf(`${name}:`)
  if (at === -1) return null
  const [, line, column] = /^:(\d+)(?::(\d+))?/.exec(report.slice(at + name.length)) ?? []
  return line === undefined ? null : codeFrame(source, Number(line), Number(column ?? 1), color)
}
