/** A client that is connected to a fake host, and ends with its test. */
import { onTestFinished } from 'vitest'
import { ServiceClient } from '../src/client/service-client.ts'
import type { ClientOptions } from '../src/connection/options.ts'
import type { ClientPorts } from '../src/platform/ports.ts'
import { FakeHost } from './fake-host.ts'

/** Ports of a test: the fake host's connections, and pauses of no length. */
export const portsOf = (host: FakeHost): Partial<ClientPorts> => ({
  openTransport: host.open,
  random: () => 0,
})

export interface Connected {
  readonly host: FakeHost
  readonly client: ServiceClient
  /** Calls a method and resolves with its value. */
  readonly call: (method: string, ...args: unknown[]) => Promise<unknown>
  /** Names of the events so far. */
  readonly events: string[]
}

/** A client of `host`, not connected yet. */
export function clientOf(host: FakeHost, options: ClientOptions = {}): Connected {
  const client = new ServiceClient('ws://localhost:5555', { ports: portsOf(host), ...options })
  const events: string[] = []
  for (const event of ['open', 'ready', 'reconnecting', 'error', 'close'] as const) {
    client.events.on(event, () => events.push(event))
  }
  onTestFinished(() => client.close())
  return { host, client, events, call: (method, ...args) => client.call(method, args, {}, false) }
}

/** A client that is connected to `host`. */
export async function connected(
  host = new FakeHost(),
  options: ClientOptions = {},
): Promise<Connected> {
  const made = clientOf(host, options)
  await made.client.connect()
  return made
}

/** What a promise rejects with. */
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
