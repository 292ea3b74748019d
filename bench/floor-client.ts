/** Calls the composed floor: one signature per call, and nothing of the reply is checked. */

import { sodiumCrypto } from '@vms/format/sodium'
import { encode } from './floor-frame.ts'

export async function connectFloor(
  port: number,
): Promise<{ call: () => Promise<unknown>; close: () => void }> {
  const keys = sodiumCrypto.keyPair()
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const waiting: ((value: unknown) => void)[] = []
  // Replies come in the order of the calls.
  socket.onmessage = ({ data }) => waiting.shift()?.(data)
  let id = 0
  return {
    call: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        socket.send(encode(keys, { id: ++id, method: 'count' }))
      }),
    close: () => socket.close(),
  }
}
