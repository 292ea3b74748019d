/** Mixed calls of five callers over the five examples, and three ways to verify each: all agree. */
import { setTimeout as sleep } from 'node:timers/promises'
import { VmsRemoteError } from '@vms/client'
import { expect, test } from 'vitest'
import { rounds } from '../harness/in-turn.ts'
import { startLocalDht } from '../harness/local-dht.ts'
import { type Random, seededRandom } from '../harness/random.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'
import { type Caller, newCaller, serveExample } from './example-service.ts'
import {
  drawCall,
  EXAMPLE_NAMES,
  EXPECTED_CODES,
  type ExampleName,
  type MadeCall,
} from './mixed-calls.ts'

const SEED = 2_017
const CALLERS = 5
const CALLS = rounds('calls', 200, 1_000)

/** Calls that a caller makes at once, at most: some share a request, some come alone. */
const BURST_CALLS = 12

/** A caller of all five; the methods are called by name. */
type Person = Record<ExampleName, Caller<Record<never, never>>>

test('mixed calls, verified over WebSocket, over the DHT by key, and from the directory', {
  timeout: 600_000,
}, async () => {
  const place = makeWorkplace()
  const bootstrap = ['--bootstrap', await startLocalDht()]
  const services = await byExample((name) => serveExample(name, bootstrap, place))
  const people: Person[] = []
  for (let i = 0; i < CALLERS; i++)
    people.push(await byExample((name) => newCaller(services[name].url)))

  const random = seededRandom(SEED)
  const made = (
    await Promise.all(people.map((person, i) => makeCalls(person, i, random.fork())))
  ).flat()
  expect(made).toHaveLength(CALLS)
  for (const { code } of made) if (code !== null) expect(EXPECTED_CODES).toContain(code)
  await compare(people, made)

  for (const name of EXAMPLE_NAMES) {
    const service = services[name]
    // Whoever looks at the state of a service makes calls, too.
    const calls = made.filter(({ example }) => example === name).length + LOOKS[name].length
    const expected = {
      code: 0,
      report: {
        verdict: 'verified',
        calls,
        ledger: service.ledger,
        files: service.files,
        findings: [],
      },
    }
    const overWebSocket = await verify(place, [service.url])
    expect(overWebSocket).toMatchObject(expected)
    const overDht = await verify(place, [service.ledger, ...bootstrap])
    expect(overDht).toMatchObject(expected)
    const stopped = await service.process.finished('SIGTERM')
    expect(stopped.code).toBe(143)
    const ofDirectory = await verify(place, [service.directory])
    expect(ofDirectory).toMatchObject(expected)
    const { head } = ofDirectory.report
    expect([overWebSocket.report.head, overDht.report.head]).toEqual([head, head])
    expect(stopped.stderr).toContain(
      `Final head: ${head.length} entries, ${head.treeHash} of ${service.ledger}`,
    )
  }
})

async function byExample<T>(
  make: (name: ExampleName) => Promise<T>,
): Promise<Record<ExampleName, T>> {
  const made: [ExampleName, T][] = []
  for (const name of EXAMPLE_NAMES) made.push([name, await make(name)])
  return Object.fromEntries(made) as Record<ExampleName, T>
}

async function makeCalls(person: Person, caller: number, random: Random): Promise<MadeCall[]> {
  const made: MadeCall[] = []
  while (made.length < CALLS / CALLERS) {
    const count = Math.min(1 + random.below(BURST_CALLS), CALLS / CALLERS - made.length)
    const burst = Array.from({ length: count }, () => drawCall(random))
    made.push(
      ...(await Promise.all(
        burst.map(async (call): Promise<MadeCall> => {
          try {
            const value = await person[call.example].service.$call(call.method, call.args)
            return { ...call, caller, value, code: null }
          } catch (error) {
            if (!(error instanceof VmsRemoteError)) throw error
            return { ...call, caller, value: null, code: error.code }
          }
        }),
      )),
    )
    await sleep(random.below(5))
  }
  return made
}

/** What is looked at in the end. */
const LOOKS = {
  rsvp: ['list'],
  keyserver: ['users'],
  counter: ['get'],
  registry: ['info left-pad', 'info right-pad', 'info is-even'],
  whoami: [],
} as const satisfies Record<ExampleName, readonly string[]>

/** Compares what the callers were told with what the services hold. */
async function compare(people: readonly Person[], made: readonly MadeCall[]): Promise<void> {
  const [person] = people as [Person]
  const look = async (example: ExampleName): Promise<unknown[]> => {
    const found: unknown[] = []
    for (const text of LOOKS[example]) {
      const [method = '', ...args] = text.split(' ')
      found.push(await person[example].service.$call(method, args))
    }
    return found
  }
  const succeeded = made.filter(({ code }) => code === null)
  const of = (example: ExampleName, method: string) =>
    succeeded.filter((call) => call.example === example && call.method === method)

  const steps = of('counter', 'increment')
  expect(await look('counter')).toEqual([
    steps.reduce((sum, { args }) => sum + Number(args[0] ?? 1), 0),
  ])

  const published = of('registry', 'publish').map(({ args }) => `${args[0]} ${args[1]}`)
  expect(new Set(published).size).toBe(published.length)
  const packages = (await look('registry')) as ({
    name: string
    versions: { version: string }[]
  } | null)[]
  const held = packages.flatMap(
    (pkg) => pkg?.versions.map(({ version }) => `${pkg.name} ${version}`) ?? [],
  )
  expect([...held].sort()).toEqual([...published].sort())

  const [answers] = (await look('rsvp')) as [{ who: string; reason: string }[]]
  // Calls of one caller are executed in the order in which they were made.
  const last = new Map(
    of('rsvp', 'RSVP').map(({ caller, args }) => [people[caller]?.rsvp.id, args[1]]),
  )
  expect(new Map(answers.map(({ who, reason }) => [who, reason]))).toEqual(last)

  const names = of('whoami', 'register').map(({ args }) => args[0])
  expect(new Set(names).size).toBe(names.length)
  expect(new Set(of('whoami', 'register').map(({ caller }) => caller)).size).toBe(names.length)

  const [users] = (await look('keyserver')) as [string[]]
  const owned = new Set(of('keyserver', 'publish').map(({ args }) => args[0]))
  expect(users.filter((user) => !owned.has(user))).toEqual([])
}

interface Verified {
  readonly code: number | null
  readonly report: { readonly head: { readonly length: number; readonly treeHash: string } }
}

async function verify(place: Workplace, args: readonly string[]): Promise<Verified> {
  const { code, stdout, stderr } = await vms(place, ['verify', '--json', ...args])
  if (stdout === '') throw new Error(`vms verify ${args.join(' ')} printed nothing:\n${stderr}`)
  return { code, report: JSON.parse(stdout) as Verified['report'] }
}
