/**
 * Limits the files that the process opens (RLIMIT_NOFILE). If a store cannot open a file, its service or the host ends, and every socket
 * takes a descriptor. So stores come first, and the host admits sockets only within the rest.
 */
import { readFileSync } from 'node:fs'
import type { Log } from './log.ts'

/** Descriptors of the host itself: the runtime, the port, logs, provisioning. */
const HOST_FILES = 128

/** Descriptors of an open ledger: measured 12, and its database opens more tables as it grows. */
const STORE_FILES = 32

/** Descriptors of a machine: its pipes. */
const MACHINE_FILES = 8

/** Least share of all descriptors for sockets. If that leaves too little for the stores, fewer services are awake. */
const SOCKETS_SHARE = 1 / 4

/** The limits of a host that decide how many descriptors it uses. */
export interface DescriptorLimits {
  readonly sockets: number
  /** Most open ledgers. */
  readonly awake: number
  readonly machines: number
}

/** The requested limits, lowered to what fits. `limit`: descriptors of the process; null if it is not known. */
export function fitDescriptors(limit: number | null, wanted: DescriptorLimits): DescriptorLimits {
  if (limit === null) return wanted
  const left = Math.max(0, limit - HOST_FILES)
  const forStores = Math.floor(left * (1 - SOCKETS_SHARE))
  const machines = Math.max(1, Math.min(wanted.machines, Math.floor(forStores / 4 / MACHINE_FILES)))
  const awake = Math.max(
    1,
    Math.min(wanted.awake, Math.floor((forStores - machines * MACHINE_FILES) / STORE_FILES)),
  )
  const sockets = left - awake * STORE_FILES - machines * MACHINE_FILES
  return { machines, awake, sockets: Math.max(1, Math.min(wanted.sockets, sockets)) }
}

/** The limits lowered to the descriptors of this process. Warns in the log if they are lower than wanted. */
export function fitHere(wanted: DescriptorLimits, log?: Log): DescriptorLimits {
  const limit = descriptorLimit()
  const fit = fitDescriptors(limit, wanted)
  if (fit.sockets < wanted.sockets || fit.awake < wanted.awake || fit.machines < wanted.machines) {
    const why = `this process may have ${limit} files open, which is too few for its limits of connections, services and machines`
    log?.warn({ limit, wanted, fit }, why)
  }
  return fit
}

/** The limit of this process; null if it has none, or if the system does not tell. */
function descriptorLimit(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1]
    return soft === undefined || soft === 'unlimited' ? null : Number(soft)
  } catch {
    return reportedLimit()
  }
}

/** The limit from the runtime's report, for systems without /proc. */
function reportedLimit(): number | null {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: unknown } }
  }
  const soft = Number(userLimits?.open_files?.soft)
  return Number.isSafeInteger(soft) ? soft : null
}
