/** A connection that something is downloaded over, and waiting that ends with it. */

/** What connects with peers. Whoever has it closes it. */
export interface Link {
  close(): unknown
  /** Aborted, with the reason, when the other side has ended the connection, or of many peers none can be there. */
  readonly lost?: AbortSignal
  /** Bytes that it has received, incomplete blocks included. */
  readonly received?: () => number
}

/** Milliseconds after the end of a link in which what is here already still comes: a read from the disk, not an answer. */
const HERE_MS = 1_000

/** `work`, or the reason why the link has ended, for work that needs something from the other side. */
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
