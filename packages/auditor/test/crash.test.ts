/** The auditor's own machine dies, at each step of a replay: that leaves the audit incomplete, and accuses nobody. */
import process from 'node:process'
import { encodeValue } from '@vms/format'
import { Machine, type MachineOptions } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { testInTurn } from '../../../tests/harness/in-turn.ts'
import { audit } from '../src/index.ts'
import { Recording } from './recording.ts'

const SCRIPT = `
exports.init = () => System.files.writeFile('/a', 'a')
exports.add = (n) => n + 1
exports.spin = () => { for (let i = 0; i < 3e7; i++); return 1 }`

type Step = 'boot' | 'init' | 'run'
type When = 'before' | 'during'

/** Starts machines whose process dies by a signal at a step, `before` it is asked or while it runs. */
const dying = (step: Step, when: When, signal: NodeJS.Signals, spared = 0) => {
  let started = 0
  return async (options: MachineOptions): Promise<Machine> => {
    const machine = await Machine.start(options)
    started += 1
    if (started <= spared) return machine
    const real = machine[step].bind(machine) as (...given: never[]) => Promise<unknown>
    const kill = () => process.kill(machine.pid as number, signal)
    const failing = async (...given: never[]) => {
      if (when === 'during') {
        const running = real(...given)
        kill()
        return running
      }
      kill()
      await gone(machine)
      return real(...given)
    }
    return Object.assign(machine, { [step]: failing })
  }
}

/** Until the machine's process is known to have ended. */
async function gone(machine: Machine): Promise<void> {
  const { pid } = machine
  for (;;) {
    try {
      process.kill(pid as number, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function recorded() {
  const recording = await Recording.start(SCRIPT)
  await recording.group([{ calls: [['spin']] }])
  return recording
}

const testDue = testInTurn(4)

for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGKILL'] as const) {
  for (const [step, when, entry] of [
    ['boot', 'before', 1],
    ['boot', 'during', 1],
    ['init', 'before', 2],
    ['init', 'during', 2],
    ['run', 'before', 3],
    ['run', 'during', 3],
  ] as const) {
    testDue(
      `a machine that dies by ${signal} ${when} its ${step} leaves the audit incomplete`,
      async () => {
        const { scribe } = await recorded()
        const report = await audit({
          ledger: scribe.source(),
          startMachine: dying(step, when, signal),
        })
        expect(report).toMatchObject({
          verdict: 'incomplete',
          findings: [{ code: 'REPLAY_REFUSED', entry, severity: 'undecided' }],
        })
      },
    )
  }
}

test('a difference that no second machine lives to confirm accuses nobody', async () => {
  const recording = await Recording.start(SCRIPT)
  await recording.group([{ calls: [['add', 1]] }], {
    calls: (entry) => ({
      ...entry,
      outcomes: entry.outcomes.map((outcome) => ({ ...outcome, value: encodeValue(4) })),
    }),
  })
  const ledger = recording.scribe.source()
  expect(await audit({ ledger })).toMatchObject({ verdict: 'host-fault' })
  const startMachine = dying('run', 'before', 'SIGSEGV', 1)
  expect(await audit({ ledger, startMachine })).toMatchObject({
    verdict: 'incomplete',
    findings: [{ code: 'REPLAY_REFUSED' }, { code: 'VALUE_DIFFERS', severity: 'undecided' }],
  })
})

test('a ledger that cannot be read again to confirm a difference accuses neither the host nor the script', async () => {
  const recording = await Recording.start(SCRIPT)
  await recording.group([{ calls: [['add', 1]] }], {
    calls: (entry) => ({
      ...entry,
      outcomes: entry.outcomes.map((outcome) => ({ ...outcome, value: encodeValue(4) })),
    }),
  })
  const whole = recording.scribe.source()
  let readings = 0
  const ledger = {
    ...whole,
    entries: (start: number, end: number) => {
      if (start === 0) readings += 1
      return whole.entries(start, readings > 1 ? Math.min(end, 3) : end)
    },
  }
  expect(await audit({ ledger })).toMatchObject({
    verdict: 'incomplete',
    findings: [{ code: 'WITHHELD' }, { code: 'VALUE_DIFFERS', severity: 'undecided' }],
  })
})
