/** A proxy in front of a host that says in X-Forwarded-For whom it speaks for, and can turn visitors away itself. */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Front {
  readonly port: number
  /** Answers that the next requests get instead of the host's, first come first served. */
  readonly instead: string[]
}

/** Starts one in front of `port`, gone when the test ends; it speaks for a visitor with this address. */
export async function frontOf(port: number, address: string): Promise<Front> {
  const instead: string[] = []
  const open = new Set<Socket>()
  const server = createServer((visitor) => {
    const host = connect(port, '127.0.0.1')
    for (const socket of [visitor, host]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        open.delete(socket)
        visitor.destroy()
        host.destroy()
      })
    }
    // The head of a request of ours comes in one piece, and one connection carries one that counts.
    visitor.once('data', (head) => {
      const answer = instead.shift()
      if (answer !== undefined) return visitor.end(answer)
      const text = head.toString('latin1')
      host.write(text.replace('\r\n\r\n', `\r\nX-Forwarded-For: ${address}\r\n\r\n`), 'latin1')
      visitor.pipe(host)
      return host.pipe(visitor)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, instead }
}
