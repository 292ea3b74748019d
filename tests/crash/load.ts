/**
 * Load on a service that is killed again and again: callers that never tire. What they are told is kept with its
 * receipt; what they are not told is asked for until it is.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Receipt, type Remote } from '@vms/client'
import type { Random } from '../harness/random.ts'

/** Milliseconds that a caller waits for a call, over all the restarts of the host that fall into it. */
const PATIENCE_MS = 110_000

/** Steps that a caller makes at once, at most. */
const BURST_STEPS = 12

/** Milliseconds between two bursts of a caller, at most. */
const PAUSE_MS = 15

/** Characters of a step's note, at most. */
const NOTE_CHARACTERS = 600

/** The methods of the script. */
type Steps = Record<'step' | 'count' | 'ids', (...args: unknown[]) => unknown>

/** A step that was acknowledged. */
export interface Step {
  readonly id: string
  readonly value: number
  readonly receipt: Receipt
}

export class Load {
  /** Ids of all the steps that were ever asked for. */
  readonly asked: string[] = []
  /** What was acknowledged, in the order of the replies. */
  readonly acknowledged: Step[] = []
  /** How often a client had to connect anew. */
  reconnections = 0
  #clients: Remote<Steps>[]
  #callers: Promise<void>[] = []
  #stopping = false

  private constructor(clients: Remote<Steps>[], random: Random) {
    this.#clients = clients
    for (const client of clients)
      client.$on('reconnecting', ({ attempt }) => {
        if (attempt === 1) this.reconnections += 1
      })
    clients.forEach((client, number) => {
      const caller = this.#call(client, number, random.fork())
      // It is waited for in the end; until then a failure must not end the process.
      caller.catch(() => {})
      this.#callers.push(caller)
    })
  }

  /** Connects `callers` clients, each with a key of its own, and lets them call. */
  static async start(url: string, callers: number, random: Random): Promise<Load> {
    const clients: Remote<Steps>[] = []
    for (let i = 0; i < callers; i++)
      clients.push(await connect<Steps>(url, { timeout: PATIENCE_MS }))
    return new Load(clients, random)
  }

  /**
   * Resolves when `callers` of the callers were told of a step that they had not been told of when this was called.
   * Rejects if a caller has failed.
   */
  async progress(callers = 1): Promise<void> {
    const before = this.acknowledged.length
    const moved = async (): Promise<void> => {
      const told = (): Set<string> =>
        new Set(this.acknowledged.slice(before).map(({ id }) => id.slice(0, id.indexOf('-'))))
      while (told().size < callers) await sleep(5)
    }
    await Promise.race([
      moved(),
      ...this.#callers.map((caller) => caller.then(() => new Promise<never>(() => {}))),
    ])
  }

  /** Ends the load once all that was asked for is answered. Rejects with the first call that failed. */
  async finish(): Promise<{ count: unknown; ids: unknown }> {
    this.#stopping = true
    await Promise.all(this.#callers)
    const [client] = this.#clients as [Remote<Steps>]
    return { count: await client.count(), ids: await client.ids() }
  }

  close(): void {
    this.#stopping = true
    for (const client of this.#clients) client.$close()
  }

  async #call(client: Remote<Steps>, number: number, random: Random): Promise<void> {
    for (let burst = 0; !this.#stopping; burst++) {
      const steps = Array.from({ length: 1 + random.below(BURST_STEPS) }, async (_, i) => {
        const id = `${number}-${burst}-${i}`
        this.asked.push(id)
        const { value, receipt } = await client.$receipt('step', [
          id,
          'x'.repeat(random.below(NOTE_CHARACTERS)),
        ])
        this.acknowledged.push({ id, value: value as number, receipt })
      })
      await Promise.all(steps)
      await sleep(random.below(PAUSE_MS))
    }
  }
}
