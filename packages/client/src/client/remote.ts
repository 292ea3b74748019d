/** The typed client: an object with the service's methods. All its other members begin with `$`. */
import type { Signer, Value } from '@vms/format'
import type { CallOptions, Receipted } from '../calls/pending-call.ts'
import type { ClientEvents, ClientOptions } from '../connection/options.ts'
import type { ServiceInfo } from '../connection/service-info.ts'
import type { LedgerReader } from './ledger-reader.ts'
import { ServiceClient } from './service-client.ts'
import type { ServiceFiles } from './service-files.ts'

type AnyFunction = (...args: never[]) => unknown

/** Names that a remote never takes from a service: its own names, and names that make an object a promise or change how it prints. */
type Reserved = `$${string}` | 'then' | 'toJSON'

/** The methods of a module `M`, as its callers see them: every function among the exports, with a promise as its result. */
export type Methods<M> = {
  readonly [K in keyof M as K extends Reserved | 'init'
    ? never
    : M[K] extends AnyFunction
      ? K
      : never]: M[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never
}

/** Members of a remote besides the service's methods. */
export interface RemoteMembers extends AsyncDisposable {
  readonly $info: ServiceInfo
  /** The signer of the calls; null for a debug caller. */
  readonly $key: Signer | null
  /** The ledger's entries, proven. */
  readonly $ledger: LedgerReader
  /** The service's files, proven. */
  readonly $files: ServiceFiles
  /** Calls a method by its name. Use it for reserved names, and to pass options. */
  $call(method: string, args?: readonly unknown[], options?: CallOptions): Promise<Value>
  /** Calls a method. Resolves with the result and the receipt that proves it to anyone. */
  $receipt(method: string, args?: readonly unknown[], options?: CallOptions): Promise<Receipted>
  /** Listens to an event. Returns the function that stops it. */
  $on<K extends keyof ClientEvents>(
    event: K,
    listener: (...args: ClientEvents[K]) => void,
  ): () => void
  /** Ends the client. */
  $close(): void
}

/** A connected service whose script has the type `M`, as in `connect<typeof import('./rsvp.js')>(url)`. */
export type Remote<M> = Methods<M> & RemoteMembers

/** Connects to a service. Rejects with the reason if it cannot connect. */
export async function connect<M = Record<string, (...args: unknown[]) => Value>>(
  address: string,
  options: ClientOptions = {},
): Promise<Remote<M>> {
  const client = new ServiceClient(address, options)
  await client.connect()
  // Without a prototype, a method may have any name, and the name of a missing method is undefined.
  const remote: object = Object.create(null)
  const add = (name: string | symbol, value: unknown, enumerable: boolean): void => {
    Object.defineProperty(remote, name, { value, enumerable })
  }
  for (const method of client.info.methods) {
    if (method.startsWith('$') || method === 'then' || method === 'toJSON') continue
    add(method, (...args: unknown[]) => client.call(method, args, {}, false), true)
  }
  const members: RemoteMembers = {
    get $info() {
      return client.info
    },
    get $key() {
      return client.key
    },
    $ledger: client.ledger,
    $files: client.files,
    $call: (method, args = [], callOptions = {}) => client.call(method, args, callOptions, false),
    $receipt: (method, args = [], callOptions = {}) => client.call(method, args, callOptions, true),
    $on: (event, listener) => client.events.on(event, listener),
    $close: () => client.close(),
    [Symbol.asyncDispose]: async () => client.close(),
  }
  for (const name of Reflect.ownKeys(members)) {
    Object.defineProperty(remote, name, {
      ...Object.getOwnPropertyDescriptor(members, name),
      enumerable: false,
    })
  }
  return Object.preventExtensions(remote) as Remote<M>
}
