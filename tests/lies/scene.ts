/**
 * What happens around each lie: guests call before it and after it, and one request of two calls, {@link Scene.victim}'s,
 * is what the lie is about. Without a lie, all of it is verified.
 */

import type { ClientOptions } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Host, HostOptions } from '@vms/host'
import { type AnyRemote, Place } from '../service/place.ts'
import { Liar } from './liar.ts'
import { GUESTS } from './script.ts'

/** Where the victim's request stands: genesis, boot and init come first, then two calls. */
export const VICTIM_ENTRY = 5

export class Scene {
  readonly place: Place
  readonly liar = new Liar()
  readonly alice = sodiumCrypto.keyPair()
  readonly bob = sodiumCrypto.keyPair()
  #script: string
  #options: Partial<HostOptions>
  #host: Host | null = null

  private constructor(place: Place, script: string, options: Partial<HostOptions>) {
    this.place = place
    this.#script = script
    this.#options = options
  }

  static async make(script = GUESTS, options: Partial<HostOptions> = {}): Promise<Scene> {
    return new Scene(await Place.make(), script, options)
  }

  get host(): Host {
    if (!this.#host) throw new Error('nothing is served yet')
    return this.#host
  }

  /** Serves the script: by the liar, or by an honest host. Ends the host before. */
  async serve(who: 'liar' | 'honest', port = 0): Promise<void> {
    await this.#host?.close()
    const lying = who === 'liar' && { ports: this.liar.ports }
    this.#host = await this.place.host(this.#script, { ...this.#options, port, ...lying })
  }

  async connect(key = sodiumCrypto.keyPair(), options: ClientOptions = {}): Promise<AnyRemote> {
    return this.place.connect(this.host, { key, timeout: 20_000, ...options })
  }

  /** Two honest requests: entries 3 and 4 of a new ledger. */
  async before(): Promise<void> {
    const bob = await this.connect(this.bob)
    await bob.$call('RSVP', [true, 'with cake'])
    await bob.$call('visit')
  }

  /** Two more. */
  async after(): Promise<void> {
    const carol = await this.connect()
    await carol.$call('list')
    await carol.$call('RSVP', [false, 'away'])
  }
}
