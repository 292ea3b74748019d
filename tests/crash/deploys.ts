/**
 * The story of a host of many that is killed while services are deployed, called, stopped and removed, and started on the
 * same directory each time. What was acknowledged is there each time, nothing half-made is, and in the end all of it verifies.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Remote } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import { expect } from 'vitest'
import { type Random, seededRandom } from '../harness/random.ts'
import { hostMany, type RunningHost } from '../harness/vms-many.ts'
import { startVms, vms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'

export interface DeployStory {
  readonly kills: number
  /** Deploys, calls and changes. */
  readonly answered: number
  readonly deployed: number
  readonly calls: number
  /** Services whose last change was not answered when the host was killed. */
  readonly undecided: number
}

/** What is known of a service: the states that it may be in, and calls that were answered. */
interface Known {
  readonly id: string
  states: string[]
  calls: number
}

type Client = Remote<Record<string, (...args: unknown[]) => unknown>>

const SCRIPT = `
exports.init = async () => System.files.writeFile('/count', '0')
exports.add = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}`

/** Milliseconds from the first work to the kill, at most. */
const WORKING_MS = 2_500

/** Milliseconds from the start of the process to the kill of one that starts, at most. */
const STARTING_MS = 2_000

/** One kill in so many comes while the host starts. */
const STARTING_ONE_IN = 4

/** One working host in so many may be killed before it has answered anything. */
const IDLE_ONE_IN = 4

const NEXT: Record<string, [method: string, args: unknown[], to: string][]> = {
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
  readonly services: Known[] = []
  /** Deploys, calls and changes. */
  answered = 0
  deployed = 0
  calls = 0
  undecided = 0
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
    const known = this.services[this.#random.below(Math.max(1, this.services.length))]
    const what = this.#random.below(3)
    if (!known || what === 0) {
      const wanted = { name: 'count.js', title: `No ${this.deployed}`, source: SCRIPT }
      const made = (await (await client(provisioning))['deploy']?.(wanted)) as { id: string }
      this.services.push({ id: made.id, states: ['running'], calls: 0 })
      this.deployed += 1
    } else if (known.states.length === 1 && what === 1 && known.states[0] === 'running') {
      await (await client(known.id))['add']?.()
      known.calls += 1
      this.calls += 1
    } else if (known.states.length === 1) {
      const choices = NEXT[known.states[0] as string]
      const [method, args, to] = choices?.[this.#random.below(choices.length)] ?? []
      if (!method || !to) return
      const on = await client(provisioning)
      known.states.push(to)
      await on.$call(method, [known.id, ...(args as unknown[])])
      known.states.shift()
    }
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
    for (const { id, calls, states } of this.services.filter(({ calls }) => calls > 0)) {
      if (states[0] !== 'running') continue
      const client: Client = await connect(`${host.url}/${id}`, { key: this.#key, timeout: 30_000 })
      expect(await client['add']?.()).toBeGreaterThan(calls)
      client.$close()
    }
  }
}

/** Tells the story with so many kills. The same seed gives the same plan; when exactly each kill strikes is up to the machine. */
export async function killDuringDeploys(kills: number, seed: number): Promise<DeployStory> {
  const random = seededRandom(seed)
  const place = makeWorkplace()
  const quotas = ['--quota-services', '1000', '--quota-deploys', '10000', '--quota-calls', '10000']
  const args = ['--dir', join(place.path, 'host'), '--open', ...quotas]
  const story = new Story(random.fork())
  for (let kill = 0; kill < kills; kill++) {
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
  const { answered, deployed, calls, undecided } = story
  return { kills, answered, deployed, calls, undecided }
}
