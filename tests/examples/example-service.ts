/** One of the examples, served by the command as a person would, and callers of it. */
import { callerId, connect, type Remote } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import { onTestFinished } from 'vitest'
import { execHost, type VmsHost } from '../harness/vms-host.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

/** The methods of an example, by name. */
export type Example<Names extends string> = Record<Names, (...args: unknown[]) => unknown>

/** Somebody with a key pair. */
export interface Caller<M> {
  /** What the script sees as `System.caller.id`. */
  readonly id: string
  readonly service: Remote<M>
}

export interface ExampleService<M> extends VmsHost {
  readonly place: Workplace
  /** Somebody new. */
  caller(): Promise<Caller<M>>
}

/** Serves `examples/<name>.js` until the test ends. */
export async function serveExample<M>(
  name: string,
  args: readonly string[] = ['--no-swarm'],
  place: Workplace = makeWorkplace(),
): Promise<ExampleService<M>> {
  const host = await execHost(place, place.example(`${name}.js`), args)
  return { ...host, place, caller: () => newCaller<M>(host.url) }
}

/** Connects a new caller, or the one with `key`. */
export async function newCaller<M>(url: string, key = sodiumCrypto.keyPair()): Promise<Caller<M>> {
  const service = await connect<M>(url, { key, timeout: 30_000 })
  onTestFinished(() => service.$close())
  return { id: callerId(key.publicKey), service }
}
