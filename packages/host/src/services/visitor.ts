/** Who is at the other end of a stream of the DHT, as far as that can be told: its address. */
import type { Duplex } from 'node:stream'

/** What a stream of hyperdht has besides; the packet stream below it knows the address. */
type WithRaw = Duplex & { readonly rawStream?: { readonly remoteHost?: string | null } | null }

/** A stream whose end cannot be told shares what it may do with all such. Keys tell nothing: they cost nothing to make. */
export const visitorOf = (stream: Duplex): string =>
  (stream as WithRaw).rawStream?.remoteHost ?? 'unknown'
