/** A connection for a download. */

/** A connection with one peer or many. The function that opened it closes it. */
export interface Link {
  close(): unknown
  /** Aborted, with the reason, when the peer ends the connection, or when no peer can be there. */
  readonly lost?: AbortSignal
  /** Bytes received, incomplete blocks included. */
  readonly received?: () => number
}

/** Milliseconds that work has after the end of its link, to finish with the blocks that have arrived. */
const HERE_MS = 1_000

/** The result of `work`, which needs the peer. Rejects with the reason of the link if the link ends. */
export async function whileLinked<T>(work: Promise<T>, { lost }: Link): Promise<T> {
  if (!lost) return work
  const ended = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const onLost = (): void => {
    timer = setTimeout(() => ended.reject(lost.reason), HERE_MS)
  }
  if (lost.aborted) onLost()
  else lost.addEventListener('abort', onLost, { once: true })
  try {
    return await Promise.race([work, ended.promise])
  } finally {
    clearTimeout(timer)
    lost.removeEventListener('abort', onLost)
    work.catch(() => {})
  }
}
