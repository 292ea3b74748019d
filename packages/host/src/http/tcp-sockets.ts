/**
 * The TCP connections of a host's own port. The host counts all of them, with or without a request. Connections without a
 * WebSocket share a small pool. To admit a new one, the host closes the oldest, so silent connections keep no visitor out. A visitor
 * that sends its request at once needs a connection for milliseconds.
 */
import type { Duplex } from 'node:stream'
import type { Disconnects } from '../operations/disconnects.ts'
import { AddressCounts } from '../rates/address-counts.ts'
import { networksOf } from '../rates/networks.ts'
import { PLAIN_SOCKETS, PLAIN_SOCKETS_PER_ADDRESS } from '../settings/limits.ts'

/** A TCP connection, or the TLS connection on it. */
export type TcpSocket = Duplex & {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}

export interface TcpSocketsOptions {
  /** TCP connections at one time, WebSockets included: each has a file descriptor. */
  readonly most: number
  /** Whether an address is a proxy's, which speaks for many. */
  readonly isProxy: (address: string) => boolean
  readonly cuts: Disconnects
}

/** A connection without a WebSocket. */
interface Plain {
  readonly socket: TcpSocket
  /** Ends the count of this connection for its address. */
  readonly release: () => void
}

/** A name of a connection, equal for a TCP connection and for the TLS connection on it. */
const nameOf = ({ remoteAddress, remotePort }: TcpSocket): string =>
  `${remoteAddress} ${remotePort}`

const widestOf = (address: string): string => networksOf(address).at(-1)?.name ?? address

export class TcpSockets {
  readonly most: number
  /** Most TCP connections without a WebSocket at one time. */
  readonly plainMost: number
  #options: TcpSocketsOptions
  #open = 0
  /** In the order of their last activity, the quietest first. */
  #plain = new Map<string, Plain>()
  #byAddress = new AddressCounts(PLAIN_SOCKETS_PER_ADDRESS)

  constructor(options: TcpSocketsOptions) {
    this.#options = options
    this.most = options.most
    this.plainMost = Math.min(PLAIN_SOCKETS, Math.ceil(options.most / 2))
  }

  /** Called when a visitor has connected. */
  accept(socket: TcpSocket): void {
    const { isProxy } = this.#options
    const address = socket.remoteAddress ?? ''
    const counts = !isProxy(address)
    if (counts && !this.#byAddress.admits(address)) this.#cutOldest(address)
    const name = nameOf(socket)
    const release = counts ? this.#byAddress.enter(address) : () => {}
    this.#open += 1
    this.#plain.set(name, { socket, release })
    socket.once('close', () => {
      this.#open -= 1
      this.#forget(name)
    })
    while (this.#plain.size > this.plainMost || this.#open > this.most) {
      if (!this.#cutOldest()) return
    }
  }

  /** Called when a connection has received a request. */
  used(socket: TcpSocket): void {
    const name = nameOf(socket)
    const plain = this.#plain.get(name)
    if (!plain) return
    this.#plain.delete(name)
    this.#plain.set(name, plain)
  }

  /** Call when the connection has become a WebSocket, which the server counts by its service. */
  upgraded(socket: TcpSocket): void {
    this.#forget(nameOf(socket))
  }

  #forget(name: string): void {
    this.#plain.get(name)?.release()
    this.#plain.delete(name)
  }

  /** Cuts the quietest connection of all, or of one network. False if there is none. */
  #cutOldest(address?: string): boolean {
    const network = address === undefined ? null : widestOf(address)
    for (const [name, { socket }] of this.#plain) {
      if (network !== null && widestOf(socket.remoteAddress ?? '') !== network) continue
      this.#forget(name)
      this.#options.cuts.note('plain')
      socket.destroy()
      return true
    }
    return false
  }
}
