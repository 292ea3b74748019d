/** Entries of a ledger, and bytes that are none. See `docs/spec/format.md`, "Entries". */
import {
  type AlarmEntry,
  type CallsEntry,
  type Entry,
  encodeEntry,
  encodeRequest,
  encodeValue,
  toHex,
  UPGRADE_METHOD,
} from '@vms/format'
import {
  aborted,
  alice,
  answered,
  boot,
  calls,
  failed,
  filled,
  genesis,
  init,
  nothing,
  requestOf,
  returned,
  skipped,
  thrown,
} from './example.ts'
import { recordNotationOf } from './notation.ts'
import { encodePositional } from './positional.ts'

const [first] = calls
const three = encodeRequest(
  requestOf(
    'bob',
    [
      ['list', []],
      ['list', []],
      ['list', []],
    ],
    9,
  ),
)
const debug: CallsEntry = {
  ...first,
  request: three,
  signature: null,
  outcomes: [thrown, aborted, skipped],
}

const upgrade = encodeRequest(
  requestOf(alice.publicKey, [[UPGRADE_METHOD, [{ ...genesis.script, title: 'RSVP 2' }]]], 10),
)

const alarm: AlarmEntry = {
  type: 'alarm',
  id: '0001760000005000-0000000000000003-000000',
  due: 1_760_000_005_000,
  method: 'RSVP',
  args: encodeValue([true]),
  time: 1_760_000_005_250,
  outcome: returned(true, filled(0x79)),
  root: filled(1),
  files: init.files,
}

const valid: readonly (readonly [string, Entry])[] = [
  ['a genesis', genesis],
  [
    'a genesis of a debug service without upgrades',
    { ...genesis, authentication: 'debug', upgrade: { callers: [], delayMs: 0 } },
  ],
  ['a boot inside a group', boot],
  [
    'a boot that is a group of its own',
    { ...boot, reason: 'restart', root: filled(1), files: init.files },
  ],
  ['an init at the end of the first group', init],
  ['calls that are a group of their own', first],
  ['calls inside a group', { ...first, root: null, files: null }],
  ['calls at the beginning of a group', { ...first, files: null }],
  ['calls at the end of a group', { ...first, root: null }],
  ['a debug caller; thrown, aborted, skipped', debug],
  [
    'uses of oracles: answered, failed, and of a call that was aborted after one',
    {
      ...debug,
      outcomes: [
        { ...returned(1.25), oracles: [answered, failed] },
        { ...thrown, oracles: [failed] },
        { ...aborted, oracles: [answered] },
      ],
    },
  ],
  ['an init that asked an oracle', { ...init, outcome: { ...nothing, oracles: [answered] } }],
  [
    'an upgrade',
    { ...first, request: upgrade, outcomes: [returned(1_760_086_405_000, filled(0x7a))] },
  ],
  ['a boot for an upgrade', { ...boot, reason: 'upgrade', root: filled(1), files: init.files }],
  ['an alarm that is a group of its own', alarm],
  ['an alarm inside a group, which threw', { ...alarm, outcome: thrown, root: null, files: null }],
  ['an alarm that did not run', { ...alarm, outcome: skipped }],
  [
    'an error without a code',
    { ...debug, outcomes: [{ ...thrown, error: { name: 'Error', message: '', code: null } }] },
  ],
]

const bad = (entry: object, changes: object): Uint8Array =>
  encodePositional({ ...entry, ...changes })
const badOutcome = (outcome: object, changes: object): Uint8Array =>
  bad(first, { outcomes: [{ ...outcome, ...changes }] })
const { files: _files, ...open } = first

const invalid: readonly (readonly [string, Uint8Array])[] = [
  ['an unknown type', bad(init, { type: 'note' })],
  ['a type that is the name of a method of objects', bad(init, { type: 'constructor' })],
  ['no type', encodePositional([])],
  ['no array', encodeValue({ type: 2 })],
  ['a type by its name', encodeValue(['init'])],
  ['an unknown field', bad(init, { extra: null })],
  ['a missing field', encodePositional(open)],
  [
    'the type at the end',
    encodePositional({ time: init.time, outcome: nothing, root: null, files: null, type: 'init' }),
  ],
  ['a genesis of format 2', bad(genesis, { format: 2 })],
  ['a genesis without a root', bad(genesis, { root: null })],
  ['a genesis with a files head', bad(genesis, { files: init.files })],
  ['a genesis with a limit too many', bad(genesis, { limits: { ...genesis.limits, extra: 1 } })],
  [
    'a genesis with a negative limit',
    bad(genesis, { limits: { ...genesis.limits, fileBytes: -1 } }),
  ],
  ['a genesis without engines', bad(genesis, { engines: [] })],
  ['a genesis with 101 engines', bad(genesis, { engines: Array(101).fill(genesis.engines[0]) })],
  [
    'a genesis with an engine of four fields',
    bad(genesis, { engines: [{ ...genesis.engines[0], icu: '78.3' }] }),
  ],
  ['a genesis with epochs of no calls', bad(genesis, { epochCalls: 0 })],
  ['a genesis with another authentication', bad(genesis, { authentication: 'none' })],
  [
    'a genesis with a short key',
    bad(genesis, { keys: { ...genesis.keys, refusal: filled(1, 31) } }),
  ],
  [
    'a genesis with 101 upgraders',
    bad(genesis, {
      upgrade: { callers: Array.from({ length: 101 }, () => filled(1)), delayMs: 0 },
    }),
  ],
  ['a boot for another reason', bad(boot, { reason: 'whim' })],
  ['a boot with an engine field too many', bad(boot, { engine: { ...boot.engine, os: 'linux' } })],
  ['a boot whose methods are a Set', bad(boot, { methods: new Set(['RSVP']) })],
  ['a script hash of 31 bytes', bad(boot, { scriptHash: filled(1, 31) })],
  ['a negative time', bad(init, { time: -1 })],
  ['a time that is a Date', bad(init, { time: new Date(0) })],
  ['a root of 31 bytes', bad(init, { root: filled(1, 31) })],
  [
    'a files head with a field less',
    bad(init, { files: { dbLength: 1, dbHash: filled(1), blobsLength: 1 } }),
  ],
  ['an alarm with a caller', bad(alarm, { caller: filled(1) })],
  ['an alarm without a time', bad(alarm, { time: null })],
  ['an alarm whose arguments are not encoded', bad(alarm, { args: [true] })],
  ['an alarm whose id has 65 characters', bad(alarm, { id: 'i'.repeat(65) })],
  ['an alarm with two outcomes', bad(alarm, { outcome: [skipped, skipped] })],
  ['no outcomes', bad(first, { outcomes: [] })],
  ['a signature of 63 bytes', bad(first, { signature: filled(1, 63) })],
  ['an unknown status', badOutcome(nothing, { status: 'done' })],
  ['returned without a value', badOutcome(nothing, { value: null })],
  ['returned with an error', badOutcome(nothing, { error: thrown.error })],
  ['thrown with a value', badOutcome(thrown, { value: nothing.value })],
  ['thrown without an error', badOutcome(thrown, { error: null })],
  ['thrown with file changes', badOutcome(thrown, { changes: filled(1) })],
  ['aborted without a reason', badOutcome(aborted, { abort: null })],
  ['aborted with file changes', badOutcome(aborted, { changes: filled(1) })],
  ['skipped with a value', badOutcome(skipped, { value: nothing.value })],
  ['an error with a stack', badOutcome(thrown, { error: { ...thrown.error, stack: '' } })],
  [
    'an error message of 4097 characters',
    badOutcome(thrown, { error: { ...thrown.error, message: 'm'.repeat(4_097) } }),
  ],
  ['a use of an oracle that is null', badOutcome(returned(1), { oracles: [null] })],
  [
    'a use of an oracle with neither value nor error',
    badOutcome(returned(1), { oracles: [{ ...answered, value: null }] }),
  ],
  [
    'a use of an oracle with both value and error',
    badOutcome(returned(1), { oracles: [{ ...answered, error: failed.error }] }),
  ],
  [
    'a use of an oracle with a field too many',
    badOutcome(returned(1), { oracles: [{ ...answered, time: 1 }] }),
  ],
  [
    'a use of an oracle whose name has 101 characters',
    badOutcome(returned(1), { oracles: [{ ...answered, name: 'n'.repeat(101) }] }),
  ],
  [
    'a use of an oracle whose arguments are not encoded',
    badOutcome(returned(1), { oracles: [{ ...answered, args: ['EUR'] }] }),
  ],
  [
    'a use of an oracle in another order of fields',
    badOutcome(returned(1), {
      oracles: [{ args: answered.args, name: 'rate', value: answered.value, error: null }],
    }),
  ],
  ['skipped with a use of an oracle', badOutcome(skipped, { oracles: [answered] })],
  ['negative fuel', badOutcome(nothing, { fuel: -1 })],
  ['bytes after the entry', Uint8Array.of(...encodeEntry(init), 0xc0)],
]

export const entryVectors = (): object => ({
  about:
    'Entries. fields: a record (vectors/notation.ts). bytes: hex. invalid: bytes that are refused.',
  valid: valid.map(([name, entry]) => ({
    name,
    fields: recordNotationOf(entry),
    bytes: toHex(encodeEntry(entry)),
  })),
  invalid: invalid.map(([name, bytes]) => ({ name, bytes: toHex(bytes) })),
})
