/**
 * Visitors by address: each has a limit of connections, so that one visitor cannot take all of a host's. Behind a proxy every
 * connection comes from the proxy, which names the visitor in X-Forwarded-For. Anyone can send that header, so the host believes it
 * only from proxies that the operator names.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { HostError } from '../errors/errors.ts'
import { AddressCounts } from '../rates/address-counts.ts'
import { isLoopback, networkOf } from '../rates/networks.ts'
import type { Log } from './log.ts'

/** WebSockets of one address at one time; a /56 of IPv6 has twice as many, a /48 four times. Connections from this machine do not count: they belong to a proxy or the operator. */
export const CONNECTIONS_PER_ADDRESS = 100

export interface VisitorsOptions {
  /** Addresses (`10.0.0.7`) or networks (`10.0.0.0/8`) of proxies in front. Default none. */
  readonly trustedProxies?: readonly string[]
  /** Default {@link CONNECTIONS_PER_ADDRESS}. */
  readonly connectionsPerAddress?: number
  /** Called when a connection opens or closes, for debugging. */
  readonly log?: Log
}

export class Visitors {
  #trusted: BlockList
  #counts: AddressCounts
  #log: Log | null

  /** Throws {@link HostError} for a proxy that is no address. */
  constructor(options: VisitorsOptions) {
    this.#trusted = listOf(options.trustedProxies ?? [])
    this.#counts = new AddressCounts(options.connectionsPerAddress ?? CONNECTIONS_PER_ADDRESS)
    this.#log = options.log ?? null
  }

  /** Whether the host admits one more connection of this visitor. */
  admits(request: IncomingMessage): boolean {
    return this.#counts.admits(this.addressOf(request))
  }

  /** The visitor that a request counts for: an address, or an IPv6 network; null for this machine. */
  visitorOf(request: IncomingMessage): string | null {
    const address = this.addressOf(request)
    return isLoopback(address) ? null : networkOf(address)
  }

  /** Counts a connection until it closes. */
  enter(
    request: IncomingMessage,
    socket: { once(event: 'close', listener: () => void): unknown },
  ): void {
    const address = this.addressOf(request)
    const fields = { address, path: request.url }
    const leave = this.#counts.enter(address)
    this.#log?.debug(fields, 'connected')
    socket.once('close', () => {
      leave()
      this.#log?.debug(fields, 'disconnected')
    })
  }

  /** Whether an address belongs to a trusted proxy. */
  readonly isProxy = (address: string): boolean => this.#trusts(plain(address))

  /** The visitor's address: the last address of the chain that is no trusted proxy. */
  addressOf({ socket, headers }: IncomingMessage): string {
    const said = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    let address = plain(socket.remoteAddress ?? '')
    while (this.#trusts(address)) {
      const before = plain(said.pop()?.trim() ?? '')
      if (isIP(before) === 0) break
      address = before
    }
    return address
  }

  #trusts(address: string): boolean {
    const family = isIP(address)
    return family !== 0 && this.#trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits, ...rest] = proxy.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    try {
      if (isIP(address) === 0 || rest.length > 0) throw new RangeError('it is no IP address')
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, /^\d{1,3}$/.test(bits) ? Number(bits) : -1, family)
    } catch (cause) {
      throw new HostError('ERR_VMS_PROXY', `${JSON.stringify(proxy)} names no proxy`, {
        cause,
        hint: 'give its address, such as 10.0.0.7, or a network, such as 10.0.0.0/8',
      })
    }
  }
  return list
}

/** An IPv4 address as IPv4, where the socket takes both. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
