/** The transition, without a machine: each test says what a machine would have answered. */
import {
  ALARMS_FOLDER,
  alarmPath,
  decodeScriptState,
  encodeValue,
  type FileChange,
  SCRIPT_FILE,
  UPGRADE_METHOD,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import {
  alarmDueAt,
  applyAlarm,
  applyBoot,
  applyCalls,
  applyInit,
  applyUpgrade,
  begin,
  bootDue,
  type CallsEvent,
  callsLeft,
  type ExecutionState,
  resume,
  type SignedRequest,
  withoutMachine,
} from '../../src/execution/index.ts'
import type { BootReport, CallResult } from '../../src/protocol/types.ts'

const FIRST = { name: 'v1.js', title: 'V1', source: 'one', declarations: '' }
const SECOND = { name: 'v2.js', title: 'V2', source: 'two', declarations: '' }
const settings = {
  script: FIRST,
  epochCalls: 3,
  epochBytes: 100_000,
  epochFuel: 100_000,
  upgrade: { callers: [], delayMs: 100 },
}

const returned: CallResult = {
  status: 'returned',
  value: encodeValue(null),
  error: null,
  abort: null,
  fuel: 1,
  changes: [],
  oracles: [],
}
const aborted: CallResult = { ...returned, status: 'aborted', value: null, abort: 'fuel' }
const thrown: CallResult = {
  ...returned,
  status: 'thrown',
  value: null,
  error: { name: 'Error', message: '', code: null },
}
const skipped: CallResult = { ...returned, status: 'skipped', value: null }
const wrote = (...changes: FileChange[]): CallResult => ({ ...returned, changes })

const report: BootReport = {
  outcome: returned,
  methods: ['a'],
  hasInit: false,
  engine: { v8: '1', icu: '1', unicode: '1', tz: '1', arch: 'x64' },
  scriptHash: new Uint8Array(32),
  report: null,
}

const request = (calls: SignedRequest['calls']): SignedRequest => ({
  bytes: new Uint8Array([1]),
  signature: null,
  requestId: new Uint8Array(32),
  caller: 'debug:ada',
  calls,
})
const NO_ARGS = encodeValue([])
const callsAt = (position: number, time = position): CallsEvent => ({
  kind: 'calls',
  position,
  time,
  request: request([['a', NO_ARGS]]),
})

function booted(state: ExecutionState, other: Partial<BootReport> = {}, time = 1): ExecutionState {
  const reason = bootDue(state, time) ?? 'restart'
  const event = { kind: 'boot', reason, position: 1, time } as const
  return applyBoot(crypto, state, event, { ...report, ...other }).state
}

const after = (state: ExecutionState, ...results: CallResult[]): ExecutionState =>
  applyCalls(crypto, state, callsAt(2), results).state

/** An alarm that is due then, as the change of the call that sets it. */
const idOf = (due: number, number = 0): string =>
  `${String(due).padStart(16, '0')}-${'1'.padStart(16, '0')}-${String(number).padStart(6, '0')}`
const setting = (id: string): FileChange => ({
  path: alarmPath(id),
  kind: 'file',
  data: encodeValue(['a', []]),
  mtime: 1,
})

describe('a boot', () => {
  test('comes first, and says why', () => {
    expect(bootDue(begin(settings), 1)).toBe('start')
    const resumed = resume({ ...begin(settings), methods: new Set(['a']) })
    expect(bootDue(resumed, 1)).toBe('restart')
    expect(bootDue(booted(begin(settings)), 1)).toBeNull()
  })

  test('is due again when its top level failed', () => {
    const failed = booted(begin(settings), { outcome: aborted, methods: [] })
    expect(bootDue(failed, 1)).toBe('restart')
  })

  test('is due after the machine was given up', () => {
    const state = withoutMachine(booted(begin(settings)), 'refusal')
    expect([bootDue(state, 1), callsLeft(state)]).toEqual(['refusal', 0])
  })

  test('makes an init due only as the first', () => {
    const state = booted(begin(settings), { hasInit: true })
    expect(state.epoch.initDue).toBe(true)
    const done = applyInit(crypto, state, { kind: 'init', position: 2, time: 1 }, returned).state
    expect(done.epoch.initDue).toBe(false)
    expect(booted(done, { hasInit: true }).epoch.initDue).toBe(false)
  })
})

describe('an epoch', () => {
  test('ends when its calls are used up, those that were skipped not counted', () => {
    const state = booted(begin(settings))
    const two = after(state, returned, returned, skipped)
    expect([callsLeft(two), bootDue(two, 2)]).toEqual([1, null])
    const three = after(two, returned)
    expect([callsLeft(three), bootDue(three, 2)]).toEqual([0, 'epoch'])
    expect(callsLeft(booted(three))).toBe(3)
  })

  test('ends with an abort', () => {
    const state = after(booted(begin(settings)), returned, aborted, skipped)
    expect([callsLeft(state), bootDue(state, 2)]).toEqual([0, 'abort'])
  })

  test('counts alarms', () => {
    const set = after(booted(begin(settings)), wrote(setting(idOf(5))))
    const event = { kind: 'alarm', id: idOf(5), run: true, position: 3, time: 5 } as const
    expect(callsLeft(applyAlarm(crypto, set, event, returned).state)).toBe(1)
    expect(callsLeft(applyAlarm(crypto, set, { ...event, run: false }, skipped).state)).toBe(2)
  })
})

describe('an alarm', () => {
  const state = after(
    booted(begin(settings)),
    wrote(setting(idOf(9)), setting(idOf(5, 1)), setting(idOf(5))),
  )

  test('is due in the order of time, then of setting', () => {
    expect(alarmDueAt(state, 4)).toBeNull()
    expect(alarmDueAt(state, 5)?.id).toBe(idOf(5))
    const left = after(state, wrote({ path: alarmPath(idOf(5)), kind: 'deleted' }))
    expect(alarmDueAt(left, 5)?.id).toBe(idOf(5, 1))
  })

  test.each([
    ['ran', { run: true, result: returned }],
    ['threw', { run: true, result: thrown }],
    ['could not be run', { run: false, result: skipped }],
  ])('that %s is pending no longer, and its file is gone', (_, { run, result }) => {
    const event = { kind: 'alarm', id: idOf(5), run, position: 3, time: 6 } as const
    const step = applyAlarm(crypto, state, event, result)
    expect(step.state.alarms.get(idOf(5))).toBeNull()
    expect(step.state.alarms.size).toBe(2)
    expect(step.changes[0]).toEqual({ path: alarmPath(idOf(5)), kind: 'deleted' })
    expect(step.entry).toMatchObject({ id: idOf(5), due: 5, method: 'a', time: 6 })
  })

  test('that sets itself again is pending', () => {
    const event = { kind: 'alarm', id: idOf(5), run: true, position: 3, time: 6 } as const
    const step = applyAlarm(crypto, state, event, wrote(setting(idOf(20))))
    expect(step.state.alarms.get(idOf(20))?.due).toBe(20)
  })

  test('that nobody set cannot be applied', () => {
    const event = { kind: 'alarm', id: idOf(7), run: true, position: 3, time: 7 } as const
    expect(() => applyAlarm(crypto, state, event, returned)).toThrow('is not pending')
  })
})

describe('an upgrade', () => {
  const script = encodeValue([SECOND])
  const announced = applyUpgrade(crypto, booted(begin(settings)), {
    kind: 'upgrade',
    position: 4,
    time: 10,
    request: request([[UPGRADE_METHOD, script]]),
  })
  const stateIn = (changes: readonly FileChange[]) => {
    const [change] = changes
    if (change?.path !== SCRIPT_FILE || change.kind !== 'file') throw new Error('no state')
    return decodeScriptState(change.data)
  }
  const bootAt = (reason: 'upgrade' | 'restart', other: Partial<BootReport> = {}) =>
    applyBoot(
      crypto,
      announced.state,
      { kind: 'boot', reason, position: 5, time: 110 },
      { ...report, ...other },
    )

  test('is due after its delay, and counts as no call', () => {
    expect(stateIn(announced.changes).pending).toEqual({ entry: 4, due: 110 })
    expect([bootDue(announced.state, 109), bootDue(announced.state, 110)]).toEqual([
      null,
      'upgrade',
    ])
    expect(callsLeft(announced.state)).toBe(3)
    expect(announced.entry.outcomes).toHaveLength(1)
  })

  test('takes effect with its boot', () => {
    const { state, changes } = bootAt('upgrade')
    expect(state.scripts).toMatchObject({ current: SECOND, pending: null })
    expect(stateIn(changes)).toEqual({ current: 4, since: 5, pending: null })
    expect(bootDue(state, 110)).toBeNull()
  })

  test.each([
    ['throws', { outcome: thrown }],
    ['has no method', { methods: [] }],
  ])('whose script %s is dropped, and the script before boots again', (_, other) => {
    const { state, changes } = bootAt('upgrade', other)
    expect(state.scripts).toMatchObject({ current: FIRST, pending: null })
    expect(stateIn(changes)).toEqual({ current: null, since: 0, pending: null })
    expect(bootDue(state, 110)).toBe('restart')
  })

  test('stays pending through a boot for another reason', () => {
    const { state, changes } = bootAt('restart')
    expect(changes).toEqual([])
    expect(state.scripts.pending).toEqual(SECOND)
  })
})

test('pending alarms follow any order of changes as a map would', () => {
  let seed = 1
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const model = new Map<string, number>()
  let { alarms } = begin(settings)
  for (let i = 0; i < 2_000; i++) {
    const [due, number] = [random(40), random(5)]
    const id = idOf(due, number)
    if (random(3) > 0) {
      alarms = alarms.apply([setting(id), { path: '/other', kind: 'deleted' }])
      model.set(id, due)
    } else {
      alarms = alarms.apply([{ path: `${ALARMS_FOLDER}/${id}`, kind: 'deleted' }])
      model.delete(id)
    }
    const [first] = [...model.keys()].sort()
    expect([alarms.size, alarms.next()?.id]).toEqual([model.size, first])
    expect(alarms.dues).toEqual([...model.values()].sort((a, b) => a - b))
  }
})
