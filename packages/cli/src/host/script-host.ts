/** The host of one script, as `vms exec` and `vms dev` start it, and the lines that a person reads about it. */
import { join, relative, resolve } from 'node:path'
import { createHost, type Host, type HostOptions, type Oracles } from '@vms/host'
import type { BootstrapNode } from '../options/options.ts'
import { labelled } from '../output/output.ts'
import { plural } from '../output/quantities.ts'
import { type Context, commandName } from '../process/context.ts'
import { type LoadedScript, titleOf } from '../script/script.ts'
import { hostLogging, type Operating } from './operator-flags.ts'

export interface ScriptHostOptions {
  readonly dir: string
  /** Default: 5555, as in 2017. */
  readonly port?: number | undefined
  /** Address to listen on. Default: this machine only, so that a person decides whether others come in. */
  readonly host?: string | undefined
  readonly debug?: boolean | undefined
  readonly title?: string | undefined
  /** Who may upgrade the script of a new ledger, and after how many milliseconds. */
  readonly upgrade?: HostOptions['upgrade'] | undefined
  /** The functions that the script may ask. */
  readonly oracles: Oracles
  readonly operating: Operating
  /** Folders that browsers may read, by path. */
  readonly pages: Readonly<Record<string, string>> | undefined
  /** Null stays off the DHT. `calls`: whether callers reach the service over it. */
  readonly swarm: {
    readonly bootstrap?: readonly BootstrapNode[] | undefined
    readonly calls: boolean
  } | null
}

/** The directory of a script's service without `--dir`. */
export const defaultDirectory = (file: string, cwd: string): string =>
  join(cwd, '.vms', titleOf(file))

/** Starts a host for the script. The script's output and the host's errors go to the log. */
export function startHost(script: LoadedScript, options: ScriptHostOptions): Promise<Host> {
  const { operating, port, host, upgrade, pages, swarm } = options
  return createHost({
    dir: resolve(options.dir),
    script: {
      name: script.name,
      source: script.source,
      title: options.title ?? script.title,
      ...(script.map !== null && { map: script.map }),
    },
    ...(port !== undefined && { port }),
    ...(host !== undefined && { hostname: host }),
    ...(options.debug && { debug: true }),
    ...(upgrade && { upgrade }),
    oracles: options.oracles,
    ...(pages && { pages }),
    ...operating.options,
    swarm: swarm
      ? { calls: swarm.calls, ...(swarm.bootstrap && { bootstrap: swarm.bootstrap }) }
      : false,
    ...hostLogging(operating.log, () => script.name),
  })
}

/** Tells a person where the service is, and which commands use it. */
export function tellReady(
  { output, cwd, env }: Context,
  host: Host,
  oracles: Oracles,
  overDht = false,
): void {
  const { tell, style } = output
  const address = addressOf(host.url)
  const row = labelled(output, 18)
  const begun = host.created ? 'new ledger' : `goes on with ${entries(host.head.length)}`
  tell(`${style('green', '✔')} Serving at ${style('bold', address)}`)
  row('Service directory', `${relative(cwd, host.dir) || '.'} (${begun})`)
  row('Files', host.filesUrl)
  row('Ledger', host.ledgerUrl)
  row('Methods', host.methods.join(', '))
  const names = Object.keys(oracles)
  if (names.length > 0) row('Oracles', `${names.join(', ')} (what they answer is your word)`)
  tell('')
  const vms = commandName(env)
  const call = `${host.methods[0] ?? '<method>'} [json args…]`
  row('Call it', `${vms} call ${address} ${call}`)
  if (overDht) row('Over the DHT', `${vms} call ${host.ledgerUrl} ${call}`)
  row('Talk to it', `${vms} repl ${address}`)
  row('Verify it', `${vms} verify ${address}`)
  row('In a browser', `${host.url.replace(/^ws/, 'http')}/explorer/`)
  row('Stop it', 'Ctrl-C')
  tell('')
  tell(
    `${style('yellow', '!')} Calls are public for ever: anyone can read their arguments and results in the ledger.`,
  )
  if (host.genesis.authentication === 'debug')
    tell(
      style(
        ['yellow', 'bold'],
        '! DEBUG MODE: callers may use any name without a signature. The ledger says so for ever; not for real data.',
      ),
    )
}

/** Tells a person the final head of a closed host. */
export function tellClosed({ output }: Context, host: Host, head: Host['head']): void {
  output.tell(
    `Stopped. Final head: ${entries(head.length)}, ${Buffer.from(head.treeHash).toString('hex')} of ${host.ledgerUrl}`,
  )
}

const entries = (count: number): string => plural(count, 'entry', 'entries')

/** The address that a person types: the scheme `ws://` is the default. */
const addressOf = (url: string): string => url.replace(/^ws:\/\//, '')
