/** Reading from a stream that several readers share: it is paused while one of them asks for that. */
import type { Duplex } from 'node:stream'

const holders = new WeakMap<Duplex, Set<object>>()

/** Stops reading from `stream` until `holder` calls {@link unhold}. */
export function hold(stream: Duplex, holder: object): void {
  const known = holders.get(stream)
  if (known) known.add(holder)
  else holders.set(stream, new Set([holder]))
  stream.pause()
}

/** Reads on, unless another holder has stopped it. */
export function unhold(stream: Duplex, holder: object): void {
  const known = holders.get(stream)
  if (!known?.delete(holder) || known.size > 0) return
  if (!stream.destroyed) stream.resume()
}
