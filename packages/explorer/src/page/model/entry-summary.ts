/** The summary of an entry in a list. */
import { callerId, decodeRequest, decodeValue, type Entry, type VerifiedEntry } from '@vms/client'
import { valueLine } from './value-text.ts'
import { visibleLine } from './visible.ts'

export type EntryType = Entry['type']
export type Outcome = 'returned' | 'thrown' | 'aborted' | 'skipped'

export interface EntrySummary {
  readonly index: number
  readonly type: EntryType
  /** Milliseconds since the epoch; null for the genesis, which has none. */
  readonly time: number | null
  /** Names of the called methods, in order; empty for other entries. */
  readonly methods: readonly string[]
  /** Id of the caller; null for an entry without a caller. */
  readonly caller: string | null
  /** The worst outcome of the calls; null for the genesis. */
  readonly outcome: Outcome | null
  /** Number of calls that threw or were stopped. */
  readonly failures: number
  /** The call or event in one line. */
  readonly line: string
  /** Whether the entry ends its group: only then it names the files. */
  readonly endsGroup: boolean
}

/** Most characters of arguments in a line. */
const ARGUMENTS_SHOWN = 120

/** From best to worst. */
const OUTCOMES: readonly Outcome[] = ['returned', 'skipped', 'thrown', 'aborted']

/** Types of entries in words, for readers who do not know the specification. */
export const entryTypes: Readonly<Record<EntryType, string>> = {
  genesis: 'Beginning',
  boot: 'Start',
  init: 'First run',
  calls: 'Calls',
  alarm: 'Alarm',
}

const bootReasons: Readonly<Record<string, string>> = {
  start: 'The script was started for the first time',
  restart: 'The script was started again',
  epoch: 'The script was started afresh after many calls',
  abort: 'The script was started afresh after a call that was stopped',
  refusal: 'The script was started afresh after a request that could not run',
  upgrade: 'The script was replaced by a newer one',
}

/** The reason of a boot, in words. */
export const bootReason = (reason: string): string => bootReasons[reason] ?? visibleLine(reason)

export function summarize({ index, entry }: VerifiedEntry): EntrySummary {
  const common = {
    index,
    type: entry.type,
    endsGroup: entry.files !== null,
    methods: [],
    caller: null,
    failures: 0,
  }
  switch (entry.type) {
    case 'genesis':
      return {
        ...common,
        time: null,
        outcome: null,
        line: 'The script and the rules of this service',
      }
    case 'boot':
      return {
        ...common,
        time: entry.time,
        outcome: entry.outcome.status,
        line: bootReason(entry.reason),
      }
    case 'init':
      return {
        ...common,
        time: entry.time,
        outcome: entry.outcome.status,
        line: 'The script prepared its files',
      }
    case 'alarm':
      return {
        ...common,
        time: entry.time,
        outcome: entry.outcome.status,
        methods: [entry.method],
        failures: failures([entry.outcome]),
        line: argumentsLine(entry.args),
      }
    case 'calls': {
      const { caller, calls } = decodeRequest(entry.request)
      return {
        ...common,
        time: entry.time,
        outcome: worst(entry.outcomes.map(({ status }) => status)),
        methods: calls.map(([method]) => method),
        failures: failures(entry.outcomes),
        caller: callerId(caller),
        line: calls.length === 1 ? argumentsLine(calls[0]?.[1] as Uint8Array) : '',
      }
    }
    default:
      return { ...common, time: null, outcome: null, line: '' }
  }
}

const failures = (outcomes: readonly { readonly status: Outcome }[]): number =>
  outcomes.filter(({ status }) => status === 'thrown' || status === 'aborted').length

const worst = (statuses: readonly Outcome[]): Outcome =>
  statuses.reduce((a, b) => (OUTCOMES.indexOf(a) > OUTCOMES.indexOf(b) ? a : b), 'returned')

/** The arguments of a call as text between its brackets. */
function argumentsLine(args: Uint8Array): string {
  const value = decodeValue(args)
  return Array.isArray(value)
    ? value.map((argument) => valueLine(argument, ARGUMENTS_SHOWN)).join(', ')
    : valueLine(value, ARGUMENTS_SHOWN)
}
