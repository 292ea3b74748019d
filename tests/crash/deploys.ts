/**
 * The story of a host of many that is killed while services are deployed, called, upgraded, stopped and removed, and while
 * their alarms are due; it is started on the same directory each time. What was acknowledged is there each time, nothing
 * half-made is, no alarm is fired twice or left out, and in the end all of it verifies.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { callerId, connect, type Remote } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import { expect } from 'vitest'
import { type Random, seededRandom } from '../harness/random.ts'
import { hostMany, type RunningHost } from '../harness/vms-many.ts'
import { startVms } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

export interface DeployStory {
  readonly kills: number
  /** Deploys, calls and changes. */
  readonly answered: number
  readonly deployed: number
  readonly calls: number
  readonly upgrades: number
  /** That were acknowledged. */
  readonly alarms: number
  /** Alarms that were found to be fired, each once. */
  readonly fired: number
  /** Services whose last change was not answered when the host was killed. */
  readonly undecided: number
}

/** What is known of a service: the states that it may be in, and calls that were answered. */
interface Known {
  readonly id: string
  states: string[]
  calls: number
  /** That it may run: the last that was acknowledged, and those after it that were not answered. */
  versions: number[]
  /** When each alarm that was acknowledged is due, by name. */
  readonly alarms: Map<string, number>
}

type Client = Remote<Record<string, (...args: unknown[]) => unknown>>

const scriptOf = (version: number): string => `
exports.init = async () => {
  await System.files.writeFile('/count', '0')
  await System.files.mkdir('/rung')
}
exports.add = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}
exports.later = async (name, ms) => {
  const due = Date.now() + ms
  await System.alarm.at(due, 'ring', name)
  return due
}
exports.ring = async (name) => {
  const path = '/rung/' + name
  const before = await System.files.readFile(path).catch(() => '')
  await System.files.writeFile(path, before + 'x')
}
exports.rung = async () => {
  const names = await System.files.readdir('/rung')
  return Promise.all(names.map(async (name) => [name, await System.files.readFile('/rung/' + name)]))
}
exports.version = () => ${version}`

/** Milliseconds until an alarm is due, beyond the one second that is the least: before, at and after the kill. */
const DUE_MS = 2_500

/** The method that takes a new script. */
const UPGRADE = 'vms:upgrade'

/** Milliseconds from the first work to the kill, at most. */
const WORKING_MS = 2_500

/** Milliseconds from the start of the process to the kill of one that starts, at most. */
const STARTING_MS = 2_000

/** Services at one time: each is tried after each kill. */
const SERVICES = 12

/** One kill in so many comes while the host starts. */
const STARTING_ONE_IN = 4

/** One working host in so many may be killed before it has answered anything. */
const IDLE_ONE_IN = 4

type Change = [method: string, args: unknown[], to: string]

/** What may be done to a service that is in a state. */
const NEXT: Record<string, Change[]> = {
  running: [
    ['stop', [], 'stopped'],
    ['remove', [], 'removed'],
    ['remove', [{ purge: true }], 'purged'],
  ],
  stopped: [
    ['start', [], 'running'],
    ['remove', [{ purge: true }], 'purged'],
  ],
  removed: [['remove', [{ purge: true }], 'purged']],
}

class Story {
  /** Those that are not purged. */
  services: Known[] = []
  /** Deploys, calls and changes. */
  answered = 0
  deployed = 0
  calls = 0
  upgrades = 0
  alarms = 0
  fired = 0
  undecided = 0
  /** Names alarms and numbers versions: none comes twice, not even one that was not answered. */
  #next = 1
  readonly #key = sodiumCrypto.keyPair()
  readonly #random: Random
  #open: Client[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Works until `signal`; what is answered is noted, what is not stays undecided. */
  async work(host: RunningHost, signal: AbortSignal): Promise<void> {
    const id = host.provisioning.slice('vms://'.length)
    const clients = new Map<string, Client>()
    const client = async (service: string): Promise<Client> => {
      const known = clients.get(service)
      if (known) return known
      const url = `${host.url}/${service}`
      const made: Client = await connect(url, { key: this.#key, timeout: 30_000, signal })
      this.#open.push(made)
      clients.set(service, made)
      return made
    }
    try {
      while (!signal.aborted) {
        await this.#step(client, id)
        this.answered += 1
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  leave(): void {
    for (const client of this.#open.splice(0)) client.$close()
  }

  async #step(client: (id: string) => Promise<Client>, provisioning: string): Promise<void> {
    const left = this.services.filter(({ states }) => states[0] !== 'purged')
    const known = left[this.#random.below(Math.max(1, left.length))]
    const what = this.#random.below(5)
    const runs = known?.states.length === 1 && known.states[0] === 'running'
    if (!known || (what === 0 && left.length < SERVICES)) {
      await this.#deploy(await client(provisioning))
    } else if (runs && what === 1) {
      await (await client(known.id))['add']?.()
      known.calls += 1
      this.calls += 1
    } else if (runs && what === 2) {
      const name = `${this.#next++}`
      const ms = 1_000 + this.#random.below(DUE_MS)
      known.alarms.set(name, (await (await client(known.id))['later']?.(name, ms)) as number)
      this.alarms += 1
    } else if (runs && what === 3) {
      await this.#upgrade(known, await client(known.id))
    } else {
      const choices = NEXT[known.states[0] as string] ?? []
      const [method, args, to] = choices[this.#random.below(choices.length)] as Change
      const on = await client(provisioning)
      known.states.push(to)
      await on.$call(method, [known.id, ...args])
      known.states.shift()
    }
  }

  async #deploy(provisioning: Client): Promise<void> {
    const upgrade = { callers: [callerId(this.#key.publicKey)], delayMs: 0 }
    const wanted = { name: 'count.js', title: `No ${this.deployed}`, source: scriptOf(0), upgrade }
    const { id } = (await provisioning.$call('deploy', [wanted])) as { id: string }
    this.services.push({ id, states: ['running'], calls: 0, versions: [0], alarms: new Map() })
    this.deployed += 1
  }

  async #upgrade(known: Known, client: Client): Promise<void> {
    const version = this.#next++
    known.versions.push(version)
    const script = { name: 'count.js', title: 'Next', source: scriptOf(version) }
    await client.$call(UPGRADE, [script])
    known.versions = [version]
    this.upgrades += 1
  }

  /** What is listed is what was acknowledged, and the directories are what is listed. */
  async check(host: RunningHost): Promise<void> {
    const { services } = (await (
      await fetch(`${host.url.replace('ws', 'http')}/.well-known/vms.json`)
    ).json()) as { services: { id: string; state: string }[] }
    const listed = new Map(services.map(({ id, state }) => [id, state]))
    const at = (name: string): string[] => readdirSync(join(host.directory, name)).sort()
    expect(at('services')).toEqual([...listed.keys()].sort())
    for (const known of this.services) {
      const state = listed.get(known.id) ?? 'purged'
      expect(known.states).toContain(state)
      this.undecided += known.states.length - 1
      known.states = [state]
    }
    this.services = this.services.filter(({ states }) => states[0] !== 'purged')
    for (const known of this.services)
      if (known.states[0] === 'running') await this.#try(host, known)
  }

  /** What a service answers is what was acknowledged: calls, upgrades, and the alarms that are due. */
  async #try(host: RunningHost, known: Known): Promise<void> {
    const { id, calls, alarms } = known
    if (calls === 0 && alarms.size === 0 && known.versions.at(-1) === 0) return
    const client: Client = await connect(`${host.url}/${id}`, { key: this.#key, timeout: 30_000 })
    // No call stands in the ledger before an alarm that is due: there is nothing to wait for.
    const now = Date.now()
    const rung = new Map((await client['rung']?.()) as [string, string][])
    for (const [name, due] of alarms) {
      expect(rung.get(name) ?? (due <= now ? 'left out' : 'x'), `alarm ${name} of ${id}`).toBe('x')
      if (!rung.has(name)) continue
      alarms.delete(name)
      this.fired += 1
    }
    for (const [name, times] of rung) expect(times, `alarm ${name} of ${id}`).toBe('x')
    if (calls > 0) expect(await client['add']?.()).toBeGreaterThan(calls)
    const version = (await client['version']?.()) as number
    expect(known.versions, `version of ${id}`).toContain(version)
    known.versions = [version]
    client.$close()
  }
}

/**
 * Tells the story with so many kills; `onKill` is told how many are over. The same seed gives the same plan; when exactly each kill
 * strikes is up to the machine.
 */
export async function killDuringDeploys(
  kills: number,
  seed: number,
  onKill: (kill: number, answered: number) => void = () => {},
): Promise<DeployStory> {
  const random = seededRandom(seed)
  const place = makeWorkplace()
  const quotas = ['--quota-services', '1000', '--quota-deploys', '10000', '--quota-calls', '10000']
  const args = ['--dir', join(place.path, 'host'), '--open', ...quotas]
  const story = new Story(random.fork())
  for (let kill = 0; kill < kills; kill++) {
    onKill(kill, story.answered)
    if (random.below(STARTING_ONE_IN) === 0) {
      const starting = startVms(place, ['host', '-p', '0', ...args])
      await sleep(random.below(STARTING_MS))
      await starting.finished('SIGKILL')
      continue
    }
    const host = await hostMany(place, args)
    await story.check(host)
    const ending = new AbortController()
    const working = story.work(host, ending.signal)
    // Some are killed before they have answered anything: not the first, so that there is something to lose.
    const before = story.answered
    if (before === 0 || random.below(IDLE_ONE_IN) > 0)
      while (story.answered === before) await Promise.race([working, sleep(20)])
    await Promise.race([working, sleep(random.below(WORKING_MS))])
    ending.abort()
    await host.process.finished('SIGKILL')
    story.leave()
    await working
  }
  const last = await hostMany(place, args)
  await story.check(last)
  expect((await last.process.finished('SIGTERM')).code).toBe(143)
  const verified = await vms(place, ['verify', join(place.path, 'host'), '--all'])
  expect(verified, verified.stderr).toMatchObject({ code: 0 })
  const { answered, deployed, calls, upgrades, alarms, fired, undecided } = story
  return { kills, answered, deployed, calls, upgrades, alarms, fired, undecided }
}
