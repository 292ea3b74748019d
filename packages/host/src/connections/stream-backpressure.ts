/** Pauses a stream while one of its several holders asks for that. */
import type { Duplex } from 'node:stream'
import type { Timers } from '@vms/ledger'
import Protomux from 'protomux'
import type { Disconnects } from '../operations/disconnects.ts'
import { Heartbeat } from './heartbeat.ts'

const holders = new WeakMap<Duplex, Set<object>>()

/** Stops reading from `stream` until `holder` calls {@link unhold}. */
export function hold(stream: Duplex, holder: object): void {
  const known = holders.get(stream)
  if (known) known.add(holder)
  else holders.set(stream, new Set([holder]))
  stream.pause()
}

/** Resumes reading, unless another holder has stopped it. */
export function unhold(stream: Duplex, holder: object): void {
  const known = holders.get(stream)
  if (!known?.delete(holder) || known.size > 0) return
  if (!stream.destroyed) stream.resume()
}

/**
 * Reads from a stream of the DHT only while the peer reads its earlier answers, on all channels. Cuts a peer that has read nothing for two
 * beats. The stream itself sends keep-alives.
 */
export function boundUnread(
  stream: Duplex,
  { pingMs, cuts, timers }: { pingMs: number; cuts: Disconnects; timers: Timers },
): void {
  const mux = Protomux.from(stream)
  const holder = {}
  const heartbeat = new Heartbeat(
    timers,
    {
      get waiting() {
        return mux.stream._writableState.buffered
      },
      get left() {
        return mux.stream.rawBytesWritten
      },
      isPaused: () => true,
      cut: (reason) => {
        cuts.note(reason)
        stream.destroy()
      },
    },
    pingMs,
  )
  stream.on('data', () => {
    if (!mux.drained) hold(stream, holder)
  })
  stream.on('drain', () => unhold(stream, holder))
  stream.once('close', () => heartbeat.stop())
}
