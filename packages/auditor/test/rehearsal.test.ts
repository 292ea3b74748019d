/** Rehearsals: what agrees under every perturbation, and where a script that leaves something to chance is found out. */
import { perturbations } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { decodeValue, type RehearsalCall, type RehearsalOptions, rehearse } from '../src/index.ts'

/** The real child with one fault: what Math.random gives does not follow from the seed of the call. */
const chance = new URL('../../sandbox/test/fixtures/chance-child.ts', import.meta.url).pathname

const TIME = Date.UTC(2026, 0, 1)
const SAME = perturbations.slice(0, 1)

const call = (method: string, ...args: unknown[]): RehearsalCall => ({
  method,
  args,
  caller: 'debug:bob',
  time: TIME,
})

function rehearsal(
  source: string,
  calls: RehearsalCall[],
  options: Partial<RehearsalOptions> = {},
) {
  return rehearse({
    script: { name: 'script.js', source },
    time: TIME,
    plan: () => calls,
    perturbations: SAME,
    ...options,
  })
}

const NOTES = `
exports.init = () => System.files.writeFile('/notes', '')
exports.note = async (text) => {
  const notes = (await System.files.readFile('/notes')) + text
  await System.files.writeFile('/notes', notes)
  return [notes, System.caller.id, Date.now()]
}
exports.draw = async () => {
  await System.files.stat('/notes')
  const drawn = Math.random()
  await System.files.writeFile('/drawn', String(drawn))
  return 'drawn'
}
exports.drawQuietly = () => Math.random()
exports.late = async () => {
  await System.files.stat('/notes')
  return Math.random()
}
exports.never = () => new Promise(() => {})
exports.abort = () => 'x'.repeat(2_000_000)
exports.ask = () => System.oracle('weather')
exports.count = () => ++count
let count = 0
`

test('calls see each other’s files, and agree', async () => {
  const { plain, agreed, difference } = await rehearsal(NOTES, [
    call('note', 'a'),
    call('never'),
    call('note', 'b'),
  ])
  const [first, never, second] = plain.results.map(({ outcome }) => outcome)
  expect(decodeValue(first?.value as Uint8Array)).toEqual(['a', 'debug:bob', TIME])
  expect(never?.error?.code).toBe('ERR_VMS_NEVER_SETTLES')
  expect(decodeValue(second?.value as Uint8Array)).toEqual(['ab', 'debug:bob', TIME])
  expect([agreed, difference]).toEqual([SAME.map(({ name }) => name), null])
})

test('the first difference is known down to what was asked of the host, and the line', async () => {
  const { difference, agreed } = await rehearsal(
    NOTES,
    [call('note', 'a'), call('draw'), call('note', 'b')],
    { machine: { childModule: chance } },
  )
  expect(agreed).toEqual([])
  expect(difference).toMatchObject({
    call: 1,
    method: 'draw',
    part: 'changes',
    perturbation: 'the same again',
    step: { number: 1, expected: { operation: 'writeText', subject: '/drawn' } },
    lastStep: { operation: 'stat', subject: '/notes' },
  })
  expect(difference?.step?.expected?.stack).toMatch(/script\.js:11:\d+/)
  expect(difference?.step?.expected?.digest).not.toBe(difference?.step?.got?.digest)
})

test('a difference that the script alone makes is between two things asked of the host', async () => {
  const machine = { childModule: chance }
  const quiet = await rehearsal(NOTES, [call('drawQuietly')], { machine })
  expect(quiet.difference).toMatchObject({
    call: 0,
    part: 'value',
    path: '$',
    step: null,
    lastStep: null,
  })
  const late = await rehearsal(NOTES, [call('late')], { machine })
  expect(late.difference).toMatchObject({ part: 'value', step: null })
  expect(late.difference?.lastStep?.stack).toMatch(/script\.js:16:\d+/)
})

test('a top level that differs is found before any call', async () => {
  const { difference } = await rehearsal(
    'const name = "m" + String(Math.random()).slice(2)\nexports[name] = () => 1',
    [],
    { machine: { childModule: chance } },
  )
  expect(difference).toMatchObject({ call: null, method: null, part: 'boot' })
})

test('calls after an abort run on a machine that has booted again', async () => {
  const { plain, difference } = await rehearsal(NOTES, [
    call('count'),
    call('abort'),
    call('count'),
  ])
  expect(plain.results.map(({ outcome }) => outcome.status)).toEqual([
    'returned',
    'aborted',
    'returned',
  ])
  expect(decodeValue(plain.results[2]?.outcome.value as Uint8Array)).toBe(1)
  expect(difference).toBeNull()
})

test('oracles answer what was recorded, and nothing else', async () => {
  const value = (await rehearsal('exports.sun = () => "sun"', [call('sun')])).plain.results[0]
    ?.outcome.value
  const oracles = [{ name: 'weather', value: value as Uint8Array, error: null }]
  const { plain } = await rehearsal(NOTES, [{ ...call('ask'), oracles }, call('ask')])
  const [first, second] = plain.results.map(({ outcome }) => outcome)
  expect(decodeValue(first?.value as Uint8Array)).toBe('sun')
  expect(second?.error?.code).toBe('ERR_VMS_ORACLE_UNKNOWN')
})

test('methods that the script lacks are named and left out', async () => {
  const { plain } = await rehearsal(NOTES, [call('gone'), call('count'), call('gone')])
  expect(plain.unknown).toEqual(['gone'])
  expect(plain.results).toHaveLength(1)
})

test('a script that does not start has no calls, and a machine that gives up says so', async () => {
  const broken = await rehearsal('throw new Error("no")', [call('a')])
  expect(broken.plain.boot?.outcome.error?.message).toBe('no')
  expect(broken.plain.results).toEqual([])
  // Remainders are slow: the wall clock comes before the fuel.
  const source = 'exports.a = () => { for (let x = 1; ; ) x = ((x * 7.1) % 3.3) * (x % 0.7) + 1 }'
  const slow = await rehearsal(source, [call('a')], { machine: { service: { callWallMs: 400 } } })
  expect(slow.plain.refused).toMatch(/^the call took longer than it may/)
  expect([slow.plain.results, slow.agreed]).toEqual([[], []])
})

test('it stops when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(rehearsal(NOTES, [call('count')], { signal })).rejects.toThrow('enough')
})

test.each([
  ['throws', "throw new Error('no')", 'thrown'],
  ['never ends', 'for (;;) {}', 'aborted'],
])('a script whose init %s is called no further', async (_, body, status) => {
  const source = `exports.init = async () => { ${body} }; exports.a = async () => 1`
  const { plain } = await rehearsal(source, [call('a')])
  expect(plain.init?.outcome.status).toBe(status)
  expect(plain.results).toEqual([])
  expect(plain.refused).toBeNull()
})
