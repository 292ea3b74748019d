/** Joining two replicating sides over a real TCP socket on this machine. */
import { connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A side of a replication. */
export interface Side {
  replicate(isInitiator: boolean): Duplex
}

/** Connects `follower` to `host`; returns how to disconnect, and the bytes that the host has sent so far. */
export async function connectSides(
  host: Side,
  follower: Side,
): Promise<{ disconnect(): Promise<void>; sent(): number }> {
  let sent = 0
  const server = createServer((socket) => {
    join(host.replicate(false), socket, (bytes) => {
      sent += bytes
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const socket = connect(address.port, '127.0.0.1')
  join(follower.replicate(true), socket, () => {})
  return {
    sent: () => sent,
    async disconnect() {
      socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function join(stream: Duplex, socket: Socket, onSent: (bytes: number) => void): void {
  stream.on('data', (chunk: Uint8Array) => {
    onSent(chunk.length)
    socket.write(chunk)
  })
  socket.on('data', (chunk) => {
    stream.write(chunk)
  })
  for (const end of [stream, socket]) {
    end.on('error', () => {})
    end.on('close', () => {
      stream.destroy()
      socket.destroy()
    })
  }
}
