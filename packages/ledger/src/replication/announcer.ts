/// <reference path="../types/hyperdht.d.ts" preserve="true" />
/**
 * Announces many topics on the DHT with one server. Each announcement asks some tens of nodes, and nodes forget it after 20 minutes.
 * So announcements wait in a queue: new topics first, then repeated ones, some at a time, with a pause between. A start with
 * thousands of topics is no storm, and neither is a change of network.
 */
import type { Duplex } from 'node:stream'
import DHT from 'hyperdht'
import type { Timers } from '../platform/timers.ts'
import { type BootstrapNode, GOODBYE_MS, openDht } from './dht-node.ts'
import type { SwarmEvent } from './swarm.ts'

/** Milliseconds after which the announcer repeats an announcement: half the time that nodes remember it. */
const AGAIN_MS = 10 * 60_000

/** Milliseconds after which the announcer retries a failed announcement. It is most likely offline. */
const RETRY_MS = 30_000

/** How an announcer paces itself. */
export interface Pace {
  /** Announcements under way at one time. */
  readonly atOnce: number
  /**
   * Milliseconds between the starts of two announcements. At 20 a second, 20,000 topics take less than the 20 minutes that nodes remember.
   */
  readonly gapMs: number
}

export const ANNOUNCER_PACE: Pace = { atOnce: 16, gapMs: 50 }

/** The methods of a DHT node that an announcer uses. */
export type AnnouncerDht = Pick<DHT, 'announce' | 'unannounce' | 'createServer' | 'on' | 'destroy'>

export interface AnnouncerOptions {
  readonly timers: Timers
  /** Milliseconds of a clock that never goes back. Default: Node's. */
  readonly now?: () => number
  /** The node to announce with, which the announcer destroys when it closes. Default: a new one that joins through `bootstrap`. */
  readonly dht?: AnnouncerDht
  /** Nodes to join through. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[]
  readonly pace?: Partial<Pace>
  /** Called with each connection that a peer opens. */
  readonly onStream: (stream: Duplex) => void
  /** Called on events. `announced`: all topics are announced, for the first time or again after new ones came. */
  readonly onEvent?: (event: SwarmEvent) => void
}

interface Topic {
  readonly bytes: Buffer
  /** Whether to announce the topic; false withdraws it. */
  wanted: boolean
  /** Whether nodes may hold an announcement of the topic. */
  said: boolean
  underWay: boolean
  dueAt: number
}

export class Announcer {
  #options: AnnouncerOptions
  #pace: Pace
  #now: () => number
  #dht: AnnouncerDht
  #keyPair = DHT.keyPair()
  #server: ReturnType<DHT['createServer']>
  #streams = new Set<Duplex>()
  #topics = new Map<string, Topic>()
  #underWay = new Set<Promise<void>>()
  #nextStart = 0
  #stopTimer = () => {}
  #told = true
  #listening = false
  /** Whether the last announcement failed. Then announcements go one at a time, and the first failure has been reported. */
  #failing = false
  #closing: Promise<void> | null = null

  /** Begins to listen. Reports failures of the network as events and throws none of them. */
  constructor(options: AnnouncerOptions) {
    this.#options = options
    this.#pace = { ...ANNOUNCER_PACE, ...options.pace }
    this.#now = options.now ?? (() => performance.now())
    this.#dht = options.dht ?? openDht(options.bootstrap)
    this.#server = this.#dht.createServer({}, (stream) => this.#accept(stream))
    this.#dht.on('network-change', () => this.#sayAllAgain())
    const listening = this.#server.listen(this.#keyPair)
    this.#hold(
      listening.then(() => {
        this.#listening = true
      }),
    )
  }

  /** Connections at present. */
  get connected(): number {
    return this.#streams.size
  }

  /** Topics that are announced, and announcements under way. */
  get state(): { readonly announced: number; readonly underWay: number } {
    const topics = [...this.#topics.values()]
    return {
      announced: topics.filter(({ said, wanted }) => said && wanted).length,
      underWay: topics.filter(({ underWay }) => underWay).length,
    }
  }

  /** Makes this node findable under a topic. */
  add(topic: Uint8Array): void {
    this.#want(topic, true)
  }

  /** Withdraws a topic. Open connections stay. */
  delete(topic: Uint8Array): void {
    if (this.#topics.has(nameOf(topic))) this.#want(topic, false)
  }

  /** Leaves the DHT: withdraws announcements within a time limit, and closes all connections. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#stopTimer()
    for (const stream of this.#streams) stream.destroy()
    let over = false
    const leaving = (async () => {
      const said = [...this.#topics.values()].filter((topic) => topic.said)
      const worker = async (): Promise<void> => {
        for (let topic = said.pop(); topic && !over; topic = said.pop())
          await this.#dht.unannounce(topic.bytes, this.#keyPair).catch(() => {})
      }
      await Promise.all(Array.from({ length: this.#pace.atOnce }, worker))
      await this.#server.close()
    })().catch(() => {})
    const timer = Promise.withResolvers<void>()
    const stop = this.#options.timers.after(GOODBYE_MS, timer.resolve)
    await Promise.race([leaving, timer.promise])
    over = true
    stop()
    await this.#dht.destroy({ force: true }).catch(() => {})
    await Promise.all([leaving, ...this.#underWay])
  }

  #accept(stream: Duplex): void {
    stream.on('error', () => {
      // Ignore errors of a connection: peers come and go.
    })
    if (this.#closing) {
      stream.destroy()
      return
    }
    this.#streams.add(stream)
    stream.once('close', () => {
      this.#streams.delete(stream)
      this.#tell({ type: 'peers', connected: this.#streams.size })
    })
    this.#tell({ type: 'peers', connected: this.#streams.size })
    try {
      this.#options.onStream(stream)
    } catch (error) {
      this.#tell({ type: 'error', error: error as Error })
      stream.destroy()
    }
  }

  #want(bytes: Uint8Array, wanted: boolean): void {
    const name = nameOf(bytes)
    const known = this.#topics.get(name)
    if (known?.wanted === wanted) return
    const topic = known ?? {
      bytes: Buffer.from(bytes),
      wanted,
      said: false,
      underWay: false,
      dueAt: 0,
    }
    topic.wanted = wanted
    topic.dueAt = 0
    this.#topics.set(name, topic)
    this.#told = false
    this.#work()
  }

  #sayAllAgain(): void {
    const now = this.#now()
    for (const topic of this.#topics.values()) topic.dueAt = Math.min(topic.dueAt, now)
    this.#work()
  }

  /** Begins due announcements as the pace allows, and sets a timer for the next. */
  #work(): void {
    this.#stopTimer()
    if (this.#closing || !this.#listening) return
    const now = this.#now()
    const next = this.#next()
    if (!next) {
      this.#tellAnnounced()
      return
    }
    const at = Math.max(next.dueAt, this.#nextStart)
    if (next.dueAt > now) this.#tellAnnounced()
    if (this.#underWay.size >= (this.#failing ? 1 : this.#pace.atOnce)) return
    if (at > now) {
      this.#stopTimer = this.#options.timers.after(at - now, () => this.#work())
      return
    }
    this.#nextStart = now + this.#pace.gapMs
    this.#hold(this.#say(next))
    this.#work()
  }

  /** The topic that is due first; among new topics, the newest. */
  #next(): Topic | null {
    let first: Topic | null = null
    for (const topic of this.#topics.values())
      if (!topic.underWay && (!first || topic.dueAt <= first.dueAt)) first = topic
    return first
  }

  async #say(topic: Topic): Promise<void> {
    const { bytes, wanted } = topic
    topic.underWay = true
    try {
      if (wanted) {
        topic.said = true
        await this.#dht.announce(bytes, this.#keyPair, this.#server.relayAddresses).finished()
      } else {
        if (topic.said) await this.#dht.unannounce(bytes, this.#keyPair)
        topic.said = false
      }
      this.#failing = false
      // The topic may have been withdrawn or added again meanwhile.
      if (topic.wanted === wanted) topic.dueAt = this.#now() + AGAIN_MS
      if (!topic.wanted && !wanted) this.#topics.delete(nameOf(bytes))
    } catch (error) {
      topic.dueAt = this.#now() + RETRY_MS
      const isNews = !this.#failing
      this.#failing = true
      if (isNews) throw error
    } finally {
      topic.underWay = false
    }
  }

  #tellAnnounced(): void {
    if (this.#told || [...this.#topics.values()].some(({ underWay }) => underWay)) return
    this.#told = true
    this.#tell({ type: 'announced' })
  }

  #hold(work: Promise<void>): void {
    const held = work
      .catch((error: Error) => this.#tell({ type: 'error', error }))
      .finally(() => {
        this.#underWay.delete(held)
        this.#work()
      })
    this.#underWay.add(held)
  }

  #tell(event: SwarmEvent): void {
    // Closing makes announcements under way fail. Report no error for them.
    if (!this.#closing || event.type !== 'error') this.#options.onEvent?.(event)
  }
}

const nameOf = (topic: Uint8Array): string => Buffer.from(topic).toString('hex')
