/** Readers for the values of flags. Each throws commander's error, which names the flag and the problem. */
import { InvalidArgumentError, Option } from 'commander'
import { blockedPort } from './blocked-ports.ts'

/** A text that is not empty. A shell gives an empty text for a variable that is not set. */
export function text(value: string): string {
  if (value === '') throw new InvalidArgumentError('It must not be empty.')
  return value
}

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number) =>
  (digits: string): number => {
    const value = Number(digits)
    if (!/^\d+$/.test(digits) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return value
  }

const anyPort = wholeNumber(0, 65_535)

/** A TCP port to listen on; 0 lets the system choose. */
export function port(digits: string): number {
  const number = anyPort(digits)
  const protocol = blockedPort(number)
  if (protocol === null) return number
  throw new InvalidArgumentError(
    `Port ${number} belongs to another protocol (${protocol}): browsers and Node refuse to connect to it.`,
  )
}

/** Milliseconds, up to the longest timer of the engine. */
export const milliseconds = wholeNumber(1, 2 ** 31 - 1)

/** Collects the values of a repeatable flag. */
export const collect = (value: string, list: string[] = []): string[] => [...list, text(value)]

/** A SHA-256 hash in hexadecimal; repeatable. */
export function hashes(value: string, list: string[] = []): string[] {
  if (!/^[0-9a-f]{64}$/i.test(value))
    throw new InvalidArgumentError('It must be a SHA-256 in hexadecimal, 64 digits.')
  return [...list, value.toLowerCase()]
}

/** A node through which one joins a DHT. */
export interface BootstrapNode {
  readonly host: string
  readonly port: number
}

/** `host:port`, or several with commas between; repeatable. */
function bootstrapNodes(value: string, nodes: BootstrapNode[] = []): BootstrapNode[] {
  return nodes.concat(
    value.split(',').map((node) => {
      const [, host, digits] = /^(.+):(\d{1,5})$/.exec(node.trim()) ?? []
      if (!host || Number(digits) > 65_535 || Number(digits) === 0)
        throw new InvalidArgumentError('It must be host:port, several with commas between.')
      return { host, port: Number(digits) }
    }),
  )
}

/** The flag `--bootstrap`. */
export const bootstrapOption = (
  use = 'find vms:// and hyper:// keys on your own DHT, through these nodes',
): Option => new Option('--bootstrap <host:port>', use).argParser(bootstrapNodes)

const UNITS: Record<string, number> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** A number of bytes, such as 4096, 64KiB or 2GiB. */
export function bytes(value: string): number {
  const [, digits, unit = ''] = /^(\d{1,12})(KiB|MiB|GiB)?$/.exec(value) ?? []
  if (digits === undefined)
    throw new InvalidArgumentError('It must be a number of bytes, such as 4096, 64KiB or 2GiB.')
  return Number(digits) * (UNITS[unit] as number)
}

const DURATIONS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration such as 30s, 15m, 24h or 7d, in milliseconds. */
export function duration(value: string): number {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(value) ?? []
  if (digits === undefined || unit === undefined)
    throw new InvalidArgumentError('It must be a duration, such as 30s, 15m, 24h or 7d.')
  return Number(digits) * (DURATIONS[unit] as number)
}
