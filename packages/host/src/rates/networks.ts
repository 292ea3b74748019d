/**
 * Networks of visitors. An IPv4 address counts alone. An IPv6 address counts as its /64, because a visitor with one address of a /64
 * has all of them. Providers also give away /56 and /48 networks. The host counts those too, with a few times the limit of a /64.
 */
import { isIP } from 'node:net'

/** A network, and its limit as a multiple of one address's. */
export interface Network {
  readonly name: string
  readonly times: number
}

/** Prefix lengths of the counted IPv6 networks, and their shares. */
const PREFIXES = [
  { bits: 64, times: 1 },
  { bits: 56, times: 2 },
  { bits: 48, times: 4 },
] as const

/** All networks that an address counts for, the smallest first. An IPv6 address may be given as its /64. */
export function networksOf(address: string): Network[] {
  const plain = address.replace(/[%/].*$/, '')
  if (isIP(plain) !== 6) return [{ name: address, times: 1 }]
  const groups = groupsOf(plain)
  return PREFIXES.map(({ bits, times }) => ({ name: nameOf(groups, bits), times }))
}

/** An IPv4 address as it is, an IPv6 address by its /64. */
export const networkOf = (address: string): string => networksOf(address)[0]?.name ?? address

export const isLoopback = (address: string): boolean =>
  address === '::1' || address.startsWith('127.')

/** The four groups of 16 bits that name the network. */
function groupsOf(address: string): number[] {
  const [before = '', after] = address.split('::')
  const groups = before === '' ? [] : before.split(':')
  const rest = after === undefined || after === '' ? [] : after.split(':')
  const left = after === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length)
  const all = [...groups, ...Array<string>(left).fill('0'), ...rest]
  return all.slice(0, 4).map((group) => Number.parseInt(group, 16))
}

function nameOf(groups: readonly number[], bits: number): string {
  const kept = groups.map((group, i) => {
    const of = Math.max(0, Math.min(16, bits - 16 * i))
    return group & (0xffff << (16 - of)) & 0xffff
  })
  return `${kept.map((group) => group.toString(16)).join(':')}::/${bits}`
}
