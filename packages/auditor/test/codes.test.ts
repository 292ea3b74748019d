/** Every code of a finding: a ledger for which an audit raises it, and a line in the specification. */
import { readFileSync } from 'node:fs'
import {
  type BootEntry,
  decodeValue,
  type Entry,
  encodeValue,
  MACHINE_LIMITS,
  type Outcome,
  type Value,
} from '@vms/format'
import { ForkClaimedError, ForkedError } from '@vms/ledger'
import { Machine, type OraclePort } from '@vms/sandbox'
import { describe, expect, test } from 'vitest'
import { testInTurn } from '../../../tests/harness/in-turn.ts'
import {
  type ArchiveSource,
  type AuditOptions,
  audit,
  FINDINGS,
  type Finding,
  type FindingCode,
  type LedgerSource,
  type SignedFiles,
  type Verdict,
} from '../src/index.ts'
import { Recording, type Tampering } from './recording.ts'
import { aborted, alarmEntry, type Scribe, thrown } from './scribe.ts'
import { STRUCTURE_FAULTS, type StructureFault } from './structure-faults.ts'

interface AuditFault {
  readonly audited: () => Promise<AuditOptions>
  readonly verdict: Verdict
  readonly expected: Partial<Finding>
}

const SCRIPT = `
exports.init = async () => { await System.files.writeFile('/log', '') }
exports.write = async (text) => {
  await System.files.writeFile('/log', text)
  return { text, by: System.caller.id }
}
exports.fail = () => { throw new Error('no') }
exports.long = () => 'x'.repeat(200)
exports.ask = (text) => System.oracle('echo', text)
exports.later = () => System.alarm.at(0, 'write', 'later')
exports.spin = async () => { for (;;) await null }
`

/** More fuel than a call can burn before it runs into a wall clock. */
const FUEL = 2 ** 31 - 1

const settings = {
  limits: { ...MACHINE_LIMITS, resultBytes: 100, fuelPerCall: FUEL, fuelPerRequest: FUEL },
}

const echo: OraclePort = async (_name, args) => ({
  value: encodeValue((decodeValue(args) as Value[])[0]),
})

const deployed = (tampering: Tampering = {}): Promise<Recording> =>
  Recording.start(SCRIPT, settings, tampering, echo)

/** An audit of a good ledger of three entries that is handed over badly. */
async function handedOver(badly: (scribe: Scribe) => Partial<LedgerSource>): Promise<AuditOptions> {
  const { scribe } = await deployed()
  return { ledger: scribe.source(badly(scribe)) }
}

/** An audit of a ledger in which the outcome of entry 4, call 1 was exchanged. */
async function exchanged(
  method: string,
  change: (outcome: Outcome) => Outcome,
  boot: Partial<BootEntry> = {},
): Promise<AuditOptions> {
  const recording = await deployed({ boot })
  await recording.group([{ calls: [['write', 'before']] }])
  const second = (outcome: Outcome, call: number): Outcome =>
    call === 1 ? change(outcome) : outcome
  const tampering: Tampering = {
    calls: (entry) => ({ ...entry, outcomes: entry.outcomes.map(second) }),
  }
  await recording.group(
    [
      {
        calls: [
          ['write', 'with'],
          [method, 'it'],
        ],
      },
    ],
    tampering,
  )
  return { ledger: recording.scribe.source(), archive: recording.archive }
}

/** The blocks of an archive, those of the contents with other bytes. */
const altered = (archive: ArchiveSource): ArchiveSource['blocks'] =>
  async function* (core, start, end) {
    for await (const block of archive.blocks(core, start, end))
      yield core === 'blobs' ? block.map((byte) => byte ^ 1) : block
  }

/** An audit of a ledger whose call at entry 3 set an alarm, due at 3,000, and whose entry 4 is another than that. */
async function afterAlarm(entry: (scribe: Scribe) => Entry): Promise<AuditOptions> {
  const recording = await deployed()
  await recording.group([{ calls: [['later']] }])
  const { scribe } = recording
  return { ledger: scribe.group([entry(scribe)]).source() }
}

const SET = alarmEntry({ method: 'write', args: encodeValue(['later']) })

const ofAlarm = { entry: 4, call: null, method: 'write', part: 'alarm' }

const otherValue = (outcome: Outcome): Outcome => ({
  ...outcome,
  value: encodeValue({ text: 'it', by: 1 }),
})

const ofCall = { entry: 4, call: 1, method: 'write' }

const AUDIT_FAULTS: Record<Exclude<FindingCode, keyof typeof STRUCTURE_FAULTS>, AuditFault> = {
  KEY_MISMATCH: {
    audited: () => handedOver(() => ({ key: new Uint8Array(32) })),
    verdict: 'incomplete',
    expected: { entry: null, part: 'manifest' },
  },
  HEAD_UNSIGNED: {
    audited: () => handedOver((scribe) => ({ head: { ...scribe.head(), length: 2 } })),
    verdict: 'incomplete',
    expected: { entry: null, part: 'signature' },
  },
  TREE_MISMATCH: {
    audited: () => handedOver(({ blocks }) => entriesOf(blocks.with(2, Uint8Array.of(1)))),
    verdict: 'incomplete',
    expected: { entry: null, part: 'treeHash' },
  },
  WITHHELD: {
    audited: () => handedOver(({ blocks }) => entriesOf(blocks.slice(0, 2))),
    verdict: 'incomplete',
    expected: { entry: 2, part: 'entries', expected: '3 entries', got: '2' },
  },
  BUDGET_EXCEEDED: {
    audited: async () => {
      const recording = await deployed()
      await recording.group([{ calls: [['write', 'it']] }])
      return { ledger: recording.scribe.source(), budgets: { writtenBytes: 1 } }
    },
    verdict: 'incomplete',
    expected: { part: 'writtenBytes', expected: 'at most 1' },
  },
  LEDGER_FORKED: {
    audited: () =>
      handedOver((scribe) => ({
        entries: () => {
          const other = scribe.fork(2)
          other.group([other.calls()])
          throw new ForkedError(
            scribe.key,
            Promise.resolve({
              key: scribe.key,
              manifest: scribe.manifest,
              files: null,
              heads: [
                { ...scribe.head(), fork: 0 },
                { ...other.head(), fork: 0 },
              ],
              trees: [],
            }),
          )
        },
      })),
    verdict: 'host-fault',
    expected: {
      entry: null,
      part: 'head',
      expected: expect.stringContaining('length 3, tree hash '),
      got: expect.stringContaining('length 3, tree hash '),
    },
  },
  FORK_CLAIMED: {
    audited: () =>
      handedOver((scribe) => ({
        entries: () => {
          throw new ForkClaimedError(scribe.key, 7)
        },
      })),
    verdict: 'incomplete',
    expected: { entry: null, part: 'head', got: expect.stringContaining('fork 7') },
  },
  BOOT_DIFFERS: {
    audited: async () => {
      const { scribe } = await deployed({ boot: { methods: ['write'] } })
      return { ledger: scribe.source() }
    },
    verdict: 'host-fault',
    expected: { entry: 1, part: 'boot', path: '$.methods[0]' },
  },
  INIT_DIFFERS: {
    audited: async () => {
      const { scribe } = await deployed({ without: 'init' })
      return { ledger: scribe.source() }
    },
    verdict: 'host-fault',
    expected: { entry: 1, part: 'init', got: 'none' },
  },
  ORACLE_DIFFERS: {
    audited: () =>
      exchanged('ask', (outcome) => ({
        ...outcome,
        oracles: outcome.oracles.map((use) => ({ ...use, args: encodeValue(['that']) })),
      })),
    verdict: 'host-fault',
    expected: {
      ...ofCall,
      method: 'ask',
      part: 'oracles',
      path: '$[0].args[0]',
      expected: 'echo("it")',
      got: 'echo("that")',
    },
  },
  STATUS_DIFFERS: {
    audited: () => exchanged('write', () => thrown('no')),
    verdict: 'host-fault',
    expected: { ...ofCall, part: 'status', expected: 'returned', got: 'thrown Error: no' },
  },
  VALUE_DIFFERS: {
    audited: () => exchanged('write', otherValue),
    verdict: 'host-fault',
    expected: { ...ofCall, part: 'value', path: '$.by', got: '1' },
  },
  ERROR_DIFFERS: {
    audited: () => exchanged('fail', () => thrown('yes')),
    verdict: 'host-fault',
    expected: { ...ofCall, method: 'fail', part: 'error', path: '$.message', got: '"yes"' },
  },
  ABORT_DIFFERS: {
    audited: () => exchanged('long', () => aborted('call-files')),
    verdict: 'host-fault',
    expected: { ...ofCall, method: 'long', part: 'abort', expected: 'result-bytes' },
  },
  CHANGES_DIFFER: {
    audited: () => exchanged('write', (outcome) => ({ ...outcome, changes: null })),
    verdict: 'host-fault',
    expected: { ...ofCall, part: 'changes', got: 'none' },
  },
  FUEL_DIFFERS: {
    audited: () => exchanged('write', (outcome) => ({ ...outcome, fuel: outcome.fuel + 1 })),
    verdict: 'host-fault',
    expected: { ...ofCall, part: 'fuel' },
  },
  ALARM_MISSED: {
    audited: () =>
      afterAlarm((scribe) => scribe.calls({ calls: [['write', 'x']], entry: { time: 3_000 } })),
    verdict: 'host-fault',
    expected: { ...ofAlarm, expected: `the alarm ${SET.id}, due at 3000`, got: 'calls at 3000' },
  },
  ALARM_INVENTED: {
    audited: () => afterAlarm(() => ({ ...SET, id: SET.id.replace(/0$/, '1') })),
    verdict: 'host-fault',
    expected: { ...ofAlarm, expected: 'a pending alarm', got: expect.stringContaining('000001') },
  },
  ALARM_DIFFERS: {
    audited: () => afterAlarm(() => ({ ...SET, args: encodeValue(['sooner']) })),
    verdict: 'host-fault',
    expected: { ...ofAlarm, path: '$.args[0]', expected: '"later"', got: '"sooner"' },
  },
  FILES_DIFFER: {
    audited: async () => {
      const recording = await deployed()
      const data = new TextEncoder().encode('nobody wrote this')
      const changes = [{ path: '/log', kind: 'file', data, mtime: 1 }] as const
      await recording.group([{ calls: [['write', 'somebody wrote this']] }], { changes })
      return { ledger: recording.scribe.source() }
    },
    verdict: 'host-fault',
    expected: { entry: 3, call: null, part: 'files', path: '$.dbHash' },
  },
  ARCHIVE_DIFFERS: {
    audited: async () => {
      const recording = await deployed()
      const archive = recording.signing((_, blocks) => blocks.with(-1, Uint8Array.of(1)))
      return { ledger: recording.scribe.source(), archive }
    },
    verdict: 'host-fault',
    expected: { entry: 2, part: 'files', severity: 'proven' },
  },
  FILES_UNSIGNED: {
    audited: async () => {
      const { scribe, archive } = await deployed()
      const treesAt: ArchiveSource['treesAt'] = async (...lengths) => {
        const signed = (await archive.treesAt(...lengths)) as SignedFiles
        const signature = new Uint8Array(64)
        return { ...signed, db: { ...signed.db, head: { ...signed.db.head, signature } } }
      }
      return { ledger: scribe.source(), archive: { ...archive, treesAt } }
    },
    verdict: 'incomplete',
    expected: { entry: null, part: 'files', expected: expect.stringContaining('directory tree') },
  },
  FILES_FORKED: {
    audited: async () => {
      const { scribe, archive } = await deployed()
      const treesAt = async () => {
        const signed = [1, 2].map((byte) => scribe.drive('db', [Uint8Array.of(byte)], 1).head)
        throw new ForkedError(
          scribe.key,
          Promise.resolve({
            key: scribe.key,
            manifest: scribe.manifest,
            files: { core: 'db', signer: scribe.manifest.signer },
            heads: signed.map((head) => ({ ...head, fork: 0 })),
            trees: [],
          }),
        )
      }
      return { ledger: scribe.source(), archive: { ...archive, treesAt } }
    },
    verdict: 'host-fault',
    expected: { entry: null, part: 'files', severity: 'proven' },
  },
  CONTENTS_DAMAGED: {
    audited: async () => {
      const recording = await deployed()
      await recording.group([{ calls: [['write', 'what was written']] }])
      const { scribe, archive } = recording
      return { ledger: scribe.source(), archive: { ...archive, blocks: altered(archive) } }
    },
    verdict: 'incomplete',
    expected: { entry: null, part: 'files', path: '/log' },
  },
  FILES_UNACCOUNTED: {
    audited: async () => {
      const { scribe, archive } = await deployed()
      const { dbLength, blobsLength } = await archive.lengths()
      const lengths = async () => ({ dbLength: dbLength + 1, blobsLength })
      const later = async () => scribe.source()
      return { ledger: scribe.source(), archive: { ...archive, lengths, later } }
    },
    verdict: 'incomplete',
    expected: { entry: null, part: 'files' },
  },
  RECEIPT_MISSING: {
    audited: async () => {
      const recording = await deployed()
      await recording.group([{ calls: [['write', 'before']] }])
      const { scribe } = recording
      const other = scribe.fork(3)
      other.group([other.calls({ calls: [['write', 'instead']] })])
      return { ledger: scribe.source(), receipts: [other.receipt(3)] }
    },
    verdict: 'host-fault',
    expected: { entry: 3, method: 'write', part: 'receipt', severity: 'proven' },
  },
  LEDGER_BEHIND: {
    audited: async () => {
      const recording = await deployed()
      await recording.group([{ calls: [['write', 'before']] }])
      const { scribe } = recording
      return { ledger: scribe.fork(3).source(), receipts: [scribe.receipt(3)] }
    },
    verdict: 'incomplete',
    expected: {
      entry: 3,
      method: 'write',
      part: 'receipt',
      expected: expect.stringContaining('at least 4 entries'),
      got: '3 entries',
    },
  },
  RECEIPT_INVALID: {
    audited: async () => {
      const recording = await deployed()
      await recording.group([{ calls: [['write', 'before']] }])
      const { scribe } = recording
      const receipt = { ...scribe.receipt(3), signature: new Uint8Array(64) }
      return { ledger: scribe.source(), receipts: [receipt] }
    },
    verdict: 'incomplete',
    expected: { entry: 3, part: 'receipt' },
  },
  SCRIPT_NONDETERMINISTIC: {
    audited: async () => {
      const startMachine: AuditOptions['startMachine'] = async (options) => {
        const machine = await Machine.start(options)
        const { run } = machine
        machine.run = async (requests) => {
          const report = await run.call(machine, requests)
          for (const result of report.done.flatMap(({ results }) => results))
            result.value = encodeValue(Math.random())
          return report
        }
        return machine
      }
      return { ...(await exchanged('write', (outcome) => outcome)), startMachine }
    },
    verdict: 'nondeterministic-script',
    expected: { entry: 3, call: 0, method: 'write', part: 'value' },
  },
  ENGINE_DIFFERS: {
    audited: () => {
      const engine = { v8: '14.6.0', icu: '0', unicode: '17.0', tz: '0', arch: 'x64' }
      return exchanged('write', otherValue, { engine })
    },
    verdict: 'engine-differs',
    expected: { ...ofCall, part: 'engine', got: expect.stringContaining('"v8":"14.6.0"') },
  },
  REPLAY_REFUSED: {
    audited: async () => {
      const { scribe } = await deployed()
      scribe.group([scribe.calls({ calls: [['spin']] })])
      const startMachine: AuditOptions['startMachine'] = (options) =>
        Machine.start({ ...options, service: { callWallMs: 1_000 } })
      return { ledger: scribe.source(), startMachine, budgets: { callFuel: FUEL } }
    },
    verdict: 'incomplete',
    expected: { entry: 3, part: 'machine', got: expect.stringContaining('wall-clock') },
  },
}

const entriesOf = (blocks: readonly Uint8Array[]): Pick<LedgerSource, 'entries'> => ({
  async *entries(start, end) {
    yield* blocks.slice(start, end)
  },
})

const auditFaults: [string, AuditFault][] = Object.entries(AUDIT_FAULTS)
const structureFaults: [string, StructureFault][] = Object.entries(STRUCTURE_FAULTS)

const testDue = testInTurn(4)

describe('an audit raises', () => {
  testDue.each(auditFaults)('%s', async (code, { audited, verdict, expected }) => {
    const report = await audit(await audited())
    expect(report).toMatchObject({ verdict })
    expect(report.findings[0]).toMatchObject({ code, ...expected })
  })

  test('nothing, if nothing is wrong', async () => {
    const report = await audit(await exchanged('write', (outcome) => outcome))
    expect(report).toMatchObject({ verdict: 'verified', findings: [], entries: 5, calls: 3 })
  })
})

test('every code is raised by a test, here or in structure.test.ts', () => {
  const raised = [...auditFaults, ...structureFaults].map(([code]) => code)
  expect(raised.sort()).toEqual(Object.keys(FINDINGS).sort())
})

test('every code is in the specification, with its severity', () => {
  const spec = readFileSync(new URL('../../../docs/spec/audit.md', import.meta.url), 'utf8')
  const listed = [...spec.matchAll(/^\| (`[A-Z_`, ]+`) +\| (\w+) +\|/gm)].flatMap(
    ([, codes = '', severity]) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code, severity]),
  )
  const known = Object.entries(FINDINGS).map(([code, [severity]]) => [code, severity])
  expect(listed.sort()).toEqual(known.sort())
})
