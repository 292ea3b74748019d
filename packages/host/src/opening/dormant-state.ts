/**
 * The state of a dormant service, in a file beside its ledger. With it a starting host can describe a thousand services without opening
 * their ledgers. The file exists only while the service is dormant. It is a cache: the service compares it with its ledger when it opens
 * that.
 */
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { writeDurably } from '../platform/durable-file.ts'
import type { Service } from '../service/service.ts'

const FILE = 'nap.json'

export interface DormantState {
  /** Entries of the ledger. */
  readonly length: number
  /** Methods of its last boot. */
  readonly methods: readonly string[]
  /** When its next alarm is due, in milliseconds since 1970; null if none is pending. */
  readonly nextAlarm: number | null
}

/** The state of a service that becomes dormant. A faulted service may have due alarms, and methods that no boot recorded. */
export function dormantStateOf(service: Service, before: DormantState): DormantState {
  const { fault, nextAlarm, methods, ledger } = service
  const { length } = ledger
  if (fault) return { length, methods: before.methods, nextAlarm: 0 }
  return { length, methods: [...methods], nextAlarm }
}

export const saveDormantState = (
  dir: string,
  { length, methods, nextAlarm }: DormantState,
): Promise<void> => writeDurably(dir, FILE, `${JSON.stringify({ length, methods, nextAlarm })}\n`)

/** Reads the state of a dormant service; null if it was awake when its host ended. Synchronous, because the host serves a new service before it answers the deploy. */
export function readDormantState(dir: string): DormantState | null {
  try {
    const text = readFileSync(path.join(dir, FILE), 'utf8')
    const { length, methods, nextAlarm } = JSON.parse(text) as DormantState
    const isNap = Number.isSafeInteger(length) && Array.isArray(methods) && nextAlarm !== undefined
    return isNap ? { length, methods, nextAlarm } : null
  } catch {
    return null
  }
}

export const removeDormantState = (dir: string): Promise<void> =>
  rm(path.join(dir, FILE), { force: true })
