/** The flags for the operator of a host: log, metrics, TLS, proxies. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { HostOptions, Log, OperatingOptions, Tls } from '@vms/host'
import { type Command, Option } from 'commander'
import { UsageError } from '../errors/errors.ts'
import { collect } from '../options/options.ts'
import type { Output } from '../output/output.ts'
import { safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { createLog, LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './log.ts'

export interface OperatingFlags {
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
  readonly metrics?: boolean
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly trustProxy?: string[]
  readonly publicHost?: string[]
  readonly allowNullOrigin?: boolean
}

export const addOperatingFlags = (command: Command): Command =>
  command
    .option('--tls-cert <file>', 'certificate with its chain (PEM): speak TLS; see --tls-key')
    .option('--tls-key <file>', 'its private key (PEM); on SIGHUP the host reads both files again')
    .option(
      '--trust-proxy <address>',
      'trust the X-Forwarded-For of a proxy at this address (or network, 10.0.0.0/8); repeatable',
      collect,
    )
    .option(
      '--public-host <name>',
      'on a loopback address: accept requests under this name too; repeatable',
      collect,
    )
    .option(
      '--allow-null-origin',
      'let web pages without an origin (files, sandboxed frames) call a debug host',
    )
    .option('--metrics', 'serve /metrics for Prometheus, to everybody who can reach the port')
    .addOption(
      new Option('--log-level <level>', 'lowest level to log; debug logs each request')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'lines for people or for programs, on stderr')
        .choices(LOG_FORMATS)
        .default('pretty'),
    )

/** The operator's flags, ready for a host. */
export interface Operating {
  readonly log: Log
  /** The context for lines to a person. If the log is for programs, they become lines of the log. */
  readonly told: Context
  /** Whether the log is for people. */
  readonly pretty: boolean
  readonly options: OperatingOptions
}

/** Reads the flags and the files that they name. Throws {@link UsageError}. */
export async function readOperatingFlags(
  context: Context,
  flags: OperatingFlags,
): Promise<Operating> {
  const { output, cwd } = context
  const log = await createLog(output, flags.logLevel, flags.logFormat)
  const tls = await readTls(flags, cwd)
  return {
    log,
    pretty: flags.logFormat === 'pretty',
    told: flags.logFormat === 'pretty' ? context : { ...context, output: logged(output, log) },
    options: {
      log,
      metrics: flags.metrics ?? false,
      ...(tls && { tls }),
      ...(flags.trustProxy && { trustedProxies: flags.trustProxy }),
      ...(flags.publicHost && { publicHosts: flags.publicHost }),
      ...(flags.allowNullOrigin && { allowNullOrigin: true }),
    },
  }
}

type Printed = Parameters<NonNullable<HostOptions['onConsole']>>[0] & { readonly service?: string }

const logged = (output: Output, log: Log): Output => ({
  ...output,
  color: false,
  style: (_, text) => text,
  tell: (line) => {
    if (line !== '') log.info({}, line)
  },
})

/** Logs the output of scripts, and the errors behind the host. `nameOf` gives the name of a service's script for the log. */
export const hostLogging = (log: Log, nameOf: (service: string) => string) => ({
  onConsole({ level, text, service = '' }: Printed): void {
    const fields = { script: nameOf(service), console: level, ...(service !== '' && { service }) }
    // A script's debug output is no debug line of the host, so the default log level shows it.
    if (level === 'warn' || level === 'error') log[level](fields, text)
    else log.info(fields, text)
  },
  onError(error: Error & { readonly code?: string }): void {
    log.warn({ code: error.code }, error.message)
  },
})

/** Gives the host the certificate and key again at each SIGHUP. The returned function stops that. */
export function renewOnHangup(
  { cwd }: Context,
  flags: OperatingFlags,
  log: Log,
  host: { renewTls(tls: Tls): void },
): () => void {
  if (flags.tlsCert === undefined) return () => {}
  const renew = async (): Promise<void> => {
    try {
      const tls = await readTls(flags, cwd)
      if (tls) host.renewTls(tls)
      log.info({}, 'the certificate was read again')
    } catch (error) {
      const { code, message } = error as Error & { code?: string }
      log.error({ code }, `the certificate stays as it was: ${safeText(message)}`)
    }
  }
  const onHangup = (): void => void renew()
  process.on('SIGHUP', onHangup)
  return () => void process.off('SIGHUP', onHangup)
}

async function readTls({ tlsCert, tlsKey }: OperatingFlags, cwd: string): Promise<Tls | null> {
  if (tlsCert === undefined && tlsKey === undefined) return null
  if (tlsCert === undefined || tlsKey === undefined)
    throw new UsageError('--tls-cert and --tls-key go together')
  const [cert, key] = await Promise.all(
    [tlsCert, tlsKey].map((file) => readPem(resolve(cwd, file))),
  )
  return { cert, key } as Tls
}

async function readPem(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
