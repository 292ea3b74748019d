/** A replica that follows a host over its WebSocket, and how many bytes have come over it. */
import { pipeline } from 'node:stream'
import { parseAddress } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Host } from '@vms/host'
import { Replica } from '@vms/ledger'
import { REPLICATE_PROTOCOL } from '@vms/rpc'
import { onTestFinished } from 'vitest'
import { createWebSocketStream, WebSocket } from 'ws'

export class ReplicaTap {
  readonly replica: Replica
  /** Bytes that the host has sent. */
  received = 0
  closed = false

  private constructor(replica: Replica, socket: WebSocket) {
    this.replica = replica
    socket.on('message', (data: Buffer) => {
      this.received += data.length
    })
    socket.on('close', () => {
      this.closed = true
    })
    const wire = createWebSocketStream(socket)
    pipeline(wire, replica.replicate(true), wire, () => socket.terminate())
  }

  /** Follows `host`; what it downloads is kept at `directory`. */
  static async open(host: Host, directory: string): Promise<ReplicaTap> {
    const address = parseAddress(host.ledgerUrl)
    if (address.kind !== 'ledger') throw new TypeError(`${host.ledgerUrl} names no ledger`)
    const replica = await Replica.open({ key: address.key, directory, crypto: sodiumCrypto })
    const socket = new WebSocket(host.url, REPLICATE_PROTOCOL, { perMessageDeflate: false })
    const tap = new ReplicaTap(replica, socket)
    onTestFinished(async () => {
      socket.terminate()
      await replica.close()
    })
    return tap
  }
}
