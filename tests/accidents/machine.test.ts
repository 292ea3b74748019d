/** Accidents of machines, at the host and at the auditor: whatever befalls a process, no honest host is accused. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  type BootReport,
  Machine,
  type MachineOptions,
  underLoad,
  type WarmProcess,
} from '@vms/sandbox'
import { expect, vi } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { type AnyRemote, Place } from '../service/place.ts'

const test = testInTurn(3)

const SCRIPT = `
exports.note = async (text) => { await System.files.writeFile('/' + text, text); return text }
exports.spin = (turns) => { let sum = 0; for (let i = 0; i < turns; i++) sum = (sum + i) % 1000; return sum }
exports.fill = (n) => { const kept = []; for (let i = 0; i < n; i++) kept.push(new Array(1000).fill(i)); return kept.length }
`

const hostileChild = fileURLToPath(
  new URL('../../packages/sandbox/test/fixtures/hostile-child.ts', import.meta.url),
)

/** Machines as a host or an auditor starts them: the next one may be made otherwise, and the last one is known. */
class Machines {
  last: Machine | null = null
  #boot: BootReport | null = null
  next: Partial<MachineOptions> = {}

  readonly start = async (options: MachineOptions, warmProcess?: WarmProcess): Promise<Machine> => {
    const machine = await Machine.start({ ...options, ...this.next }, warmProcess)
    const boot = machine.boot.bind(machine)
    machine.boot = async (moment) => {
      const report = await boot(moment)
      this.#boot = report
      return report
    }
    this.last = machine
    this.next = {}
    return machine
  }

  /** What makes the child a hostile one, which boots as the last machine did. */
  hostile(how: string): Pick<MachineOptions, 'childModule' | 'env'> {
    const { methods = [], scriptHash, outcome } = this.#boot ?? {}
    const hex = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('hex')
    const boot = { methods, hash: hex(scriptHash), value: hex(outcome?.value), fuel: outcome?.fuel }
    return { childModule: hostileChild, env: { HOW: how, BOOT: JSON.stringify(boot) } }
  }

  get pid(): number {
    const pid = this.last?.pid
    if (pid === undefined) throw new Error('no machine was started')
    return pid
  }
}

/** What a call was refused with; null if it was not. */
const refusal = (call: Promise<unknown> | undefined): Promise<string | null> =>
  (call as Promise<unknown>).then(
    () => null,
    (error: { code: string }) => error.code,
  )

async function scene(serviceLimits: object = {}) {
  const place = await Place.make()
  const machines = new Machines()
  const onFatal = vi.fn()
  const host = await place.host(SCRIPT, {
    ports: { startMachine: machines.start },
    serviceLimits,
    onFatal,
    machineLimits: { fuelPerCall: 2 ** 31 - 1, fuelPerRequest: Number.MAX_SAFE_INTEGER },
  })
  const client: AnyRemote = await place.connect(host)
  const verified = async (): Promise<void> => {
    expect(await client['note']?.('after')).toBe('after')
    await host.close()
    expect(onFatal).not.toHaveBeenCalled()
    expect(await place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
  }
  return { place, machines, host, client, verified }
}

test('a machine is killed for its memory in the middle of a call', async () => {
  const { machines, client, verified } = await scene()
  await client['note']?.('before')
  const spinning = refusal(client['spin']?.(1e9))
  await sleep(300)
  process.kill(machines.pid, 'SIGKILL')
  expect(await spinning).toBe('ERR_VMS_CRASH')
  await verified()
})

test('a machine is stopped in the middle of a call, and never goes on', async () => {
  const { machines, client, verified } = await scene({ callWallMs: 2_000 })
  await client['note']?.('before')
  const spinning = refusal(client['spin']?.(1e9))
  await sleep(300)
  process.kill(machines.pid, 'SIGSTOP')
  expect(await spinning).toBe('ERR_VMS_WALL_CLOCK')
  await verified()
})

test('a machine is stopped for a while, and goes on', async () => {
  const { machines, client, verified } = await scene()
  const noting = client['note']?.('before')
  const { pid } = machines
  process.kill(pid, 'SIGSTOP')
  await sleep(1_000)
  process.kill(pid, 'SIGCONT')
  expect(await noting).toBe('before')
  await verified()
})

test('a machine has little memory', async () => {
  const { client, verified } = await scene({ memoryMiB: 32 })
  expect(await refusal(client['fill']?.(100_000))).toBe('ERR_VMS_MEMORY')
  await verified()
})

test('a machine has the lowest priority on a busy computer: nothing is refused that an idle one would have run', async () => {
  // A call of some tenths of a second, on a machine that may take one second of processor time.
  const { client, verified } = await scene({ callCpuMs: 1_500, callWallMs: 60_000 })
  await underLoad(4, async () => {
    for (let i = 0; i < 3; i++) expect(await client['spin']?.(5e7)).toBeTypeOf('number')
  })
  await verified()
})

test('a machine that computes for ever is ended by its processor time, long before its time by the clock', async () => {
  const { client, verified } = await scene({ callCpuMs: 500, callWallMs: 600_000 })
  const error = await client.$call('spin', [2e9]).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'ERR_VMS_WALL_CLOCK',
    message: expect.stringContaining('500 ms of processor time (callCpuMs)'),
  })
  await verified()
})

test.each([
  'a path that leads out',
  'progress for ever',
  'a flood of console lines',
  'negative fuel',
])('a machine was taken over once, at the host: %s', async (how) => {
  const { machines, client, verified } = await scene({ callCpuMs: 1_000, callWallMs: 2_000 })
  await client['note']?.('before')
  machines.next = machines.hostile(how)
  // The machine in hand ends, and the next one is hostile.
  process.kill(machines.pid, 'SIGKILL')
  await vi.waitFor(() =>
    expect(machines.last?.run([])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_DEAD' }),
  )
  expect(await refusal(client['note']?.('taken'))).toMatch(/^ERR_VMS_(CRASH|WALL_CLOCK)$/)
  await vi.waitFor(() => client['note']?.('again'), { timeout: 30_000, interval: 200 })
  await verified()
})

test.each(['negative fuel', 'a path that leads out', 'silence', 'boot: methods out of order'])(
  'a machine is taken over at the auditor: %s',
  async (how) => {
    const { place, machines, client, host } = await scene()
    await client['note']?.('one')
    await host.close()
    const startMachine = (options: MachineOptions) =>
      Machine.start({
        ...options,
        ...machines.hostile(how),
        service: { callCpuMs: 500, callWallMs: 500 },
      })
    const report = await place.audit({ startMachine } as never).catch((error: Error) => error)
    if (report instanceof Error)
      expect(report).toMatchObject({ code: expect.stringMatching(/^ERR_VMS_/) })
    else {
      expect(report.verdict).not.toBe('host-fault')
      expect(report.findings.filter(({ severity }) => severity === 'proven')).toEqual([])
    }
    expect(await place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
  },
)
