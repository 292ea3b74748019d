/** The machine's process is killed, at rest and under load: the host, its connections and all other calls live on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { VmsRefusedError } from '@vms/client'
import { Machine } from '@vms/sandbox'
import { expect, test, vi } from 'vitest'
import { seededRandom } from '../harness/random.ts'
import { Place } from '../service/place.ts'
import { SCRIPT } from './script.ts'

const SEED = 4
const KILLS = 8
const CALLERS = 3

/** Machines as a host starts them, and a way to kill the last one from outside. */
function killableMachines() {
  const started: Machine[] = []
  const killed = new Set<Machine>()
  return {
    started,
    killed,
    startMachine: async (...options: Parameters<typeof Machine.start>) => {
      const machine = await Machine.start(...options)
      started.push(machine)
      return machine
    },
    /** Kills the process of the last machine, if that was not done before, and returns the machine. */
    kill(): Machine {
      const machine = started.at(-1)
      if (machine?.pid === undefined) throw new Error('no machine has been started')
      if (!killed.has(machine)) process.kill(machine.pid, 'SIGKILL')
      killed.add(machine)
      return machine
    },
  }
}

test('a machine that is killed while it has nothing to do is replaced, and no call is lost', async () => {
  const place = await Place.make()
  const machines = killableMachines()
  const onFatal = vi.fn()
  const host = await place.host(SCRIPT, { ports: { startMachine: machines.startMachine }, onFatal })
  const client = await place.connect(host)
  for (const value of [1, 2, 3]) {
    expect(await client['step']?.(`id-${value}`, '')).toBe(value)
    const machine = machines.kill()
    // From when the host knows of it. A call that comes before that may be refused: it was handed to a process that is gone.
    await vi.waitFor(() =>
      expect(machine.run([])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_DEAD' }),
    )
  }
  expect(await client['count']?.()).toBe(3)
  expect(machines.killed.size).toBe(3)
  await host.close()
  expect(onFatal).not.toHaveBeenCalled()
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 4, epochs: 4 })
})

test('machines that are killed under load cost the calls that ran on them, and nothing else', async () => {
  const place = await Place.make()
  const machines = killableMachines()
  const onFatal = vi.fn()
  const onReconnect = vi.fn()
  const random = seededRandom(SEED)
  const host = await place.host(SCRIPT, { ports: { startMachine: machines.startMachine }, onFatal })
  const clients = await Promise.all(
    Array.from({ length: CALLERS }, () => place.connect(host, { timeout: 60_000 })),
  )
  for (const client of clients) client.$on('reconnecting', onReconnect)

  let stopping = false
  const values: unknown[] = []
  const refused: unknown[] = []
  const callers = clients.map(async (client, caller) => {
    for (let burst = 0; !stopping; burst++) {
      const steps = Array.from({ length: 8 }, async (_, i) => {
        try {
          values.push(await client['step']?.(`${caller}-${burst}-${i}`, 'note'))
        } catch (error) {
          refused.push(error)
        }
      })
      await Promise.all(steps)
    }
  })
  while (machines.killed.size < KILLS) {
    const before = values.length
    await sleep(random.below(60))
    const machine = machines.kill()
    // From when the host knows of it, the next call is served.
    await vi.waitFor(() =>
      expect(machine.run([])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_DEAD' }),
    )
    await vi.waitFor(() => expect(values.length).toBeGreaterThan(before + CALLERS * 8), {
      timeout: 30_000,
    })
  }
  stopping = true
  await Promise.all(callers)

  for (const error of refused) {
    expect(error).toBeInstanceOf(VmsRefusedError)
    expect(error).toMatchObject({ code: 'ERR_VMS_CRASH', mayHaveExecuted: false })
  }
  // A kill costs one request at most, and one that held several calls is sent again as one each.
  expect(refused.length).toBeLessThanOrEqual(KILLS)
  expect(await clients[0]?.['count']?.()).toBe(values.length)
  expect(new Set(values).size).toBe(values.length)
  expect(onReconnect).not.toHaveBeenCalled()
  expect(onFatal).not.toHaveBeenCalled()
  await host.close()
  console.log(
    `machines killed: ${KILLS}; steps: ${values.length}; refused: ${refused.length}; machines: ${machines.started.length}`,
  )
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: values.length + 1 })
})
