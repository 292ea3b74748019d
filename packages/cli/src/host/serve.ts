/** Serving a script, as `exec` and `dev` do: the service's directory, the script's output, the block that says "ready". */
import { basename, extname, join, relative, resolve } from 'node:path'
import { createHost, type Host, type HostOptions, type Oracles } from '@vms/host'
import type { BootstrapNode } from '../options/options.ts'
import { safeText } from '../output/terminal-text.ts'
import { type Context, commandName } from '../process/context.ts'
import type { LoadedScript } from '../script/script.ts'
import { type Operating, tellers } from './operator-flags.ts'

export interface ServeOptions {
  readonly dir: string
  /** Default: 5555, as in 2017. */
  readonly port?: number
  /** Address to listen on. Default: this machine only, so that a person decides whether others come in. */
  readonly host?: string
  readonly debug?: boolean
  readonly title?: string
  /** Who may upgrade the script of a new ledger, and after how many milliseconds. */
  readonly upgrade?: NonNullable<HostOptions['upgrade']>
  /** What the script may ask. */
  readonly oracles?: Oracles
  /** Nodes to join the DHT by; null stays off it. */
  readonly operating: Operating
  /** Folders that browsers are served, by path. */
  readonly pages?: Readonly<Record<string, string>>
  readonly swarm: {
    readonly bootstrap?: readonly BootstrapNode[]
    /** Whether calls are taken there. */
    readonly calls: boolean
  } | null
}

/** Name of a script without its extension: what its directory and its title are called. */
const serviceName = (file: string): string => basename(file, extname(file))

/** Where a script's service is unless `--dir` says otherwise. */
export const defaultDirectory = (file: string, cwd: string): string =>
  join(cwd, '.vms', serviceName(file))

/** Starts a host for the script; what the script prints and what goes wrong behind goes to stderr. */
export function startHost(
  script: LoadedScript,
  { operating, ...options }: ServeOptions,
): Promise<Host> {
  return createHost({
    dir: resolve(options.dir),
    script: {
      name: script.name,
      source: script.source,
      title: options.title ?? serviceName(script.name),
      ...(script.map !== null && { map: script.map }),
    },
    ...(options.port !== undefined && { port: options.port }),
    ...(options.host !== undefined && { hostname: options.host }),
    ...(options.debug && { debug: true }),
    ...(options.upgrade && { upgrade: options.upgrade }),
    ...(options.oracles && { oracles: options.oracles }),
    ...(options.pages && { pages: options.pages }),
    ...operating.options,
    swarm: options.swarm ?? false,
    ...tellers(operating.log, () => script.name),
  })
}

/** What a person needs once the service is up. */
export function tellReady(
  { output, cwd, env }: Context,
  host: Host,
  oracles: Oracles,
  overDht = false,
): void {
  const { tell, style } = output
  const address = addressOf(host.url)
  const row = (label: string, value: string): void =>
    tell(`${style('bold', label.padEnd(18))}${safeText(value)}`)
  const begun = host.created ? 'new ledger' : `goes on with ${entries(host.head.length)}`
  tell(`${style('green', '✔')} Serving at ${style('bold', address)}`)
  row('Service directory', `${relative(cwd, host.dir) || '.'} (${begun})`)
  row('Files', host.filesUrl)
  row('Call log', host.ledgerUrl)
  row('Methods', host.methods.join(', '))
  const names = Object.keys(oracles)
  if (names.length > 0) row('Oracles', `${names.join(', ')} (what they answer is your word)`)
  tell('')
  const vms = commandName(env)
  row('Call it', `${vms} call ${address} ${host.methods[0] ?? '<method>'} [json args…]`)
  if (overDht)
    row(
      'Over the DHT',
      `${vms} call ${host.ledgerUrl} ${host.methods[0] ?? '<method>'} [json args…]`,
    )
  row('Talk to it', `${vms} repl ${address}`)
  row('Verify it', `${vms} verify ${address}`)
  row('In a browser', `${host.url.replace(/^ws/, 'http')}/explorer/`)
  row('Stop it', 'Ctrl-C')
  tell('')
  tell(
    `${style('yellow', '!')} Calls are public for ever: anyone can read their arguments and results in the call log.`,
  )
  if (host.genesis.authentication === 'debug') tellDebug(output)
}

function tellDebug({ tell, style }: Context['output']): void {
  tell(
    style(
      ['yellow', 'bold'],
      '! DEBUG MODE: callers may use any name without a signature. The ledger says so for ever; not for real data.',
    ),
  )
}

/** The final words of a host that was closed. */
export function tellClosed({ output }: Context, host: Host, head: Host['head']): void {
  output.tell(
    `Stopped. Final head: ${entries(head.length)}, ${Buffer.from(head.treeHash).toString('hex')} of ${host.ledgerUrl}`,
  )
}

const entries = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`

/** How a person names a host: without the scheme, where that goes without saying. */
const addressOf = (url: string): string => url.replace(/^ws:\/\//, '')
