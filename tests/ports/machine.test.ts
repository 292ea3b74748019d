/** What an execution relies on in a machine: the same programs on the real machine and on the scripted one. */
import { encodeValue, MACHINE_LIMITS } from '@vms/format'
import { runtimeCodec } from '@vms/format/runtime'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import {
  type CallResult,
  Machine,
  type MachineRequest,
  MemoryFiles,
  type OraclePort,
} from '@vms/sandbox'
import type { MachinePort } from '@vms/sandbox/execution'
import { type Program, ScriptedMachine, scriptOf } from '@vms/sandbox/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { seededRandom } from '../harness/random.ts'
import { drawProgram, METHODS } from '../simulation/programs.ts'

const limits = { ...MACHINE_LIMITS, fuelPerCall: 1_000_000, alarms: 3 }
const info = { title: 'Program', key: '' }
const engine = { v8: '1', icu: '1', unicode: '1', tz: '1', arch: 'x64' }
const oracle: OraclePort = async (name, args) => ({ value: encodeValue([name, args.length]) })

/** A machine with files of its own, to which it commits after each group. */
interface Subject {
  readonly machine: MachinePort
  readonly files: MemoryFiles
}

async function real(program: Program): Promise<Subject> {
  const files = new MemoryFiles()
  const script = { script: scriptOf(program), name: 'program.js', codec: runtimeCodec, info }
  const machine = await Machine.start({ ...script, limits, files, oracle })
  onTestFinished(() => machine.close())
  return { machine, files }
}

async function scripted(program: Program): Promise<Subject> {
  const files = new MemoryFiles()
  const script = scriptOf(program)
  const scriptHash = crypto.sha256(new TextEncoder().encode(script))
  const machine = new ScriptedMachine({ script, limits, files, oracle, engine, scriptHash })
  return { machine, files }
}

const place = (position: number, time = 1_000 * position) => ({
  position,
  time,
  seed: new Uint8Array(32),
})

const request = (
  position: number,
  calls: readonly (readonly [string, unknown])[],
): MachineRequest => ({
  position,
  time: 1_000 * position,
  caller: 'debug:ada',
  calls: calls.map(([method, argument]) => ({
    method,
    args: encodeValue([argument as number]),
    seed: new Uint8Array(32),
  })),
})

/** Fuel is what the two count otherwise. */
const compared = ({ fuel: _, ...result }: CallResult) => result

const PROGRAM: Program = {
  init: [{ do: 'write', path: '/one', text: 'begun ' }],
  methods: {
    append: [{ do: 'append', path: '/one' }, { do: 'remember' }, { do: 'caller' }, { do: 'time' }],
    exhaust: [{ do: 'append', path: '/one' }, { do: 'exhaust' }],
    fail: [
      { do: 'append', path: '/one' },
      { do: 'ask', oracle: 'rate' },
      { do: 'throw', message: 'no' },
    ],
    read: [{ do: 'read', path: '/one' }, { do: 'alarms' }],
    later: [{ do: 'alarm', afterMs: 5_000, method: 'append' }],
    cancel: [{ do: 'cancel' }],
  },
}

describe.each([
  ['real', real],
  ['scripted', scripted],
])('a %s machine', (_, start) => {
  test('runs nothing before it has booted, and nothing after it was closed', async () => {
    const { machine } = await start(PROGRAM)
    const early = machine.run([request(2, [['read', 0]])], 2)
    await expect(early).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_NOT_BOOTED' })
    await machine.boot(place(1))
    await machine.close()
    const late = machine.run([request(2, [['read', 0]])], 2)
    await expect(late).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_DEAD' })
  })

  test('reports its methods, and an init', async () => {
    const { machine } = await start(PROGRAM)
    const report = await machine.boot(place(1))
    expect(report).toMatchObject({
      methods: ['append', 'cancel', 'exhaust', 'fail', 'later', 'read'],
      hasInit: true,
    })
    const without = await start({ methods: { read: [] } })
    expect(await without.machine.boot(place(1))).toMatchObject({ hasInit: false })
    expect(await without.machine.init(place(2))).toBeNull()
  })

  test('refuses a run with a method that there is not, and runs nothing of it', async () => {
    const { machine } = await start(PROGRAM)
    await machine.boot(place(1))
    const run = machine.run([request(2, [['append', 0]]), request(3, [['none', 0]])], 2)
    await expect(run).rejects.toMatchObject({ code: 'ERR_VMS_UNKNOWN_METHOD' })
    const { done } = await machine.run([request(2, [['append', 0]])], 2)
    expect(done[0]?.results[0]?.value).toEqual(encodeValue([0, 1, 'debug:ada', 2_000]))
  })

  test('skips what follows an abort, and has to boot then', async () => {
    const { machine } = await start(PROGRAM)
    await machine.boot(place(1))
    const calls = ['append', 'exhaust', 'append'].map((method) => [method, 0] as const)
    const { done, stop } = await machine.run([request(2, calls), request(3, [['read', 0]])], 2)
    expect(stop).toEqual({ kind: 'abort' })
    expect(done).toHaveLength(1)
    expect(done[0]?.results.map(({ status }) => status)).toEqual(['returned', 'aborted', 'skipped'])
    await machine.boot(place(3))
    const again = await machine.run([request(4, [['append', 0]])], 4)
    // The call before the abort has written its file. The boot has cleared the script's memory.
    expect(again.done[0]?.results[0]?.value).toEqual(encodeValue([1, 1, 'debug:ada', 4_000]))
  })

  test('takes an alarm away whether it runs or not', async () => {
    const { machine } = await start(PROGRAM)
    await machine.boot(place(1))
    const { done } = await machine.run(
      [
        request(2, [
          ['later', 1],
          ['later', 2],
        ]),
      ],
      2,
    )
    const ids = done[0]?.results.map(({ value }) => value)
    expect(ids).toHaveLength(2)
    const id = (number: number) =>
      `${'7000'.padStart(16, '0')}-${'2'.padStart(16, '0')}-${String(number).padStart(6, '0')}`
    expect(ids).toEqual([0, 1].map((number) => encodeValue([id(number)])))
    const run = { method: 'append', args: encodeValue([0]) }
    expect(await machine.alarm({ id: id(0), run, ...place(3, 7_000) }, 3)).toMatchObject({
      status: 'returned',
      value: encodeValue([0, 1, null, 7_000]),
    })
    expect(await machine.alarm({ id: id(1), run: null, ...place(4, 7_000) }, 3)).toMatchObject({
      status: 'skipped',
    })
    const left = await machine.run([request(5, [['read', 0]])], 5)
    expect(left.done[0]?.results[0]?.value).toEqual(encodeValue(['x', []]))
  })
})

testInTurn(3).each([1, 2, 3, 4, 5, 6])('program %i gives the same on both', async (seed) => {
  const random = seededRandom(seed)
  const drawn = drawProgram(random)
  // The two draw their chance otherwise.
  const methods = Object.fromEntries(
    Object.entries(drawn.methods).map(([name, steps]) => [
      name,
      steps.filter((step) => step.do !== 'random'),
    ]),
  )
  const subjects = [await real({ ...drawn, methods }), await scripted({ ...drawn, methods })]
  let position = 1
  const group = () =>
    Array.from({ length: 1 + random.below(3) }, () =>
      request(
        position++,
        Array.from({ length: 1 + random.below(3) }, () => [random.pick(METHODS), random.below(9)]),
      ),
    )
  const both = async <T>(work: (subject: Subject) => Promise<T>): Promise<T> => {
    const [a, b] = await Promise.all(subjects.map(work))
    expect(b).toEqual(a)
    return a as T
  }
  const boot = async () => {
    const moment = place(position++)
    await both(async ({ machine }) => (await machine.boot(moment)).methods)
  }
  await boot()
  for (let i = 0; i < 40; i++) {
    const start = position
    const requests = group()
    const { aborted } = await both(async ({ machine, files }) => {
      const { done, stop } = await machine.run(requests, start)
      const results = done.map((one) => one.results.map(compared))
      files.commit(
        done.flatMap((one) => one.results.flatMap(({ changes }) => changes)),
        start,
      )
      // Now and then a group is still being committed while the next one runs.
      if (start % 3 > 0) machine.committed(position)
      return { results, aborted: stop?.kind === 'abort' }
    })
    if (aborted || i % 7 === 0) await boot()
  }
})
