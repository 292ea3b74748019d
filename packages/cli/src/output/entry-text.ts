/** Entries of a ledger as lines for a person, for `vms log`. */
import type { CallJson, EntryJson } from './entry-json.ts'
import { safeText } from './terminal-text.ts'

/** Characters of a caller id to show: enough to tell callers apart in a list. */
const CALLER_SHOWN = 8

/** Most characters of arguments and of results to show. */
const VALUE_SHOWN = 120

/** The lines of an entry: one for each call, or one. */
export function entryLines(entry: EntryJson): string[] {
  const place = `#${entry.index}`.padEnd(6)
  const time = entry.time === undefined ? '' : `${entry.time.slice(0, 19).replace('T', ' ')}  `
  if (entry.calls) {
    const caller = shortCaller(entry.caller ?? '')
    return entry.calls.map((call) => `${place}${time}${caller}  ${callText(call)}`)
  }
  return [`${place}${time}${safeText(otherText(entry))}`]
}

function callText({ method, args, ...outcome }: CallJson): string {
  const shown = Array.isArray(args) ? args.map((arg) => JSON.stringify(arg)).join(', ') : ''
  return safeText(`${method}(${cut(shown)}) → ${outcomeText(outcome)}`)
}

function outcomeText(outcome: Omit<CallJson, 'method' | 'args'>): string {
  const { oracles = [] } = outcome
  const asked = oracles.length === 0 ? '' : ` (asked ${oracles.map(({ name }) => name).join(', ')})`
  return `${endText(outcome)}${cut(asked)}`
}

function endText({ status, value, error, abort }: Omit<CallJson, 'method' | 'args'>): string {
  switch (status) {
    case 'returned':
      return cut(JSON.stringify(value) ?? 'undefined')
    case 'thrown':
      return cut(`✘ ${error?.name}: ${error?.message}${error?.code ? ` [${error.code}]` : ''}`)
    case 'aborted':
      return `✘ aborted: ${abort}`
    case 'skipped':
      return 'skipped'
    default:
      return status satisfies never
  }
}

function otherText(entry: EntryJson): string {
  if (entry.type === 'genesis') {
    const { name, title } = entry['script'] as { name: string; title: string }
    return `genesis: ${name} (${title}), callers are ${entry['authentication']}`
  }
  if (entry.type === 'boot')
    return `boot (${entry['reason']}): ${(entry['methods'] as string[]).join(', ')}`
  if (entry.type === 'alarm') {
    const late = Date.parse(entry.time ?? '') - Date.parse(entry['due'] as string)
    const call = entry as unknown as CallJson
    return `alarm (${late} ms late): ${call.status === 'skipped' ? `${call.method}() did not run` : callText(call)}`
  }
  return `init → ${outcomeText(entry as unknown as Omit<CallJson, 'method' | 'args'>)}`
}

function shortCaller(caller: string): string {
  return caller.startsWith('debug:') ? caller : caller.slice(0, CALLER_SHOWN)
}

const cut = (text: string): string =>
  text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN)}…` : text
