/**
 * Waiting for what peers have, with a bound: a peer that says nothing more is the same as no peer.
 */
import type { Core } from './engine/hypercore.ts'
import { UnreachableError } from './errors.ts'
import { ForkClaimedError } from './fork-errors.ts'

/** Milliseconds without anything arriving after which a download is given up. Answers a peer that stalls or withholds. */
export const SILENCE_MS = 30_000

/** Milliseconds between two looks at what forks the peers are on: they say it without an event. */
const FORK_LOOK_MS = 200

/** Looks in a row at which all peers say another fork, after which no peer with the ledger is waited for: 5 seconds. */
const FORK_LOOKS = 25

/**
 * Brings a core up to the length that the connected peers have said, waiting for a first peer if there is none yet, and
 * for the peers to say it if they have said less than `atLeast`. Throws {@link UnreachableError} after `timeoutMs`, and
 * {@link ForkClaimedError} if there are only peers who say that they are on another fork. What one peer says, unsigned, ends
 * nothing while there is another.
 */
export async function catchUp(
  core: Core,
  atLeast: number,
  what: string,
  timeoutMs: number,
): Promise<void> {
  const stopFinding = core.findingPeers()
  const fork = Promise.withResolvers<never>()
  let looks = 0
  const look = setInterval(() => {
    const [first] = core.peers
    const elsewhere = core.peers.every((peer) => peer.remoteFork > 0)
    looks = first && elsewhere && core.length < atLeast ? looks + 1 : 0
    if (first && looks >= FORK_LOOKS) {
      fork.reject(new ForkClaimedError(core.key, first.remoteFork))
    }
  }, FORK_LOOK_MS)
  let waiting = true
  const work = async (): Promise<void> => {
    await firstPeer(core)
    await core.update({ wait: true, force: true })
    while (waiting && core.length < atLeast) await grown(core)
  }
  try {
    await bounded(() => Promise.race([work(), fork.promise]), what, timeoutMs)
  } finally {
    waiting = false
    clearInterval(look)
    stopFinding()
  }
}

/** Resolves as `work` does, or rejects with {@link UnreachableError} when `timeoutMs` have passed. */
export async function bounded<T>(
  work: () => Promise<T>,
  what: string,
  timeoutMs: number,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnreachableError(what, timeoutMs)), timeoutMs)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Downloads the blocks [start, end). Throws {@link UnreachableError} after `silenceMs` without a block. */
export async function download(
  core: Core,
  start: number,
  end: number,
  what: string,
  silenceMs: number,
): Promise<void> {
  if (start >= end) return
  const range = core.download({ start, end })
  let timer: NodeJS.Timeout | undefined
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnreachableError(what, silenceMs)), silenceMs)
  })
  const onDownload = (): void => {
    timer?.refresh()
  }
  core.on('download', onDownload)
  try {
    await Promise.race([range.done(), silent])
  } finally {
    clearTimeout(timer)
    core.off('download', onDownload)
    range.destroy()
  }
}

/** Blocks in one download request, of which {@link CHUNKS_AHEAD} are under way. Bounds what a peer must answer at once. */
const CHUNK_BLOCKS = 256

/** Chunks that are downloaded while one is consumed. Keeps the connection busy without fetching what is not needed. */
const CHUNKS_AHEAD = 4

/** Downloads the blocks [start, end) several chunks ahead, and yields each chunk when all of it is here. `wait` may cut the waiting short. */
export async function* downloadChunks(
  core: Core,
  start: number,
  end: number,
  what: string,
  silenceMs: number,
  wait: (arrived: Promise<void>) => Promise<void>,
): AsyncGenerator<{ readonly start: number; readonly end: number }> {
  const chunks: { start: number; end: number; arrived: Promise<void> }[] = []
  let next = start
  while (next < end || chunks.length > 0) {
    while (next < end && chunks.length < CHUNKS_AHEAD) {
      const chunkEnd = Math.min(end, next + CHUNK_BLOCKS)
      const arrived = download(core, next, chunkEnd, `${what} ${next}`, silenceMs)
      // It may fail while an earlier chunk is waited for.
      arrived.catch(() => {})
      chunks.push({ start: next, end: chunkEnd, arrived })
      next = chunkEnd
    }
    const chunk = chunks.shift()
    if (!chunk) return
    await wait(chunk.arrived)
    yield chunk
  }
}

async function firstPeer(core: Core): Promise<void> {
  if (core.peers.length > 0) return
  await new Promise<void>((resolve) => {
    core.once('peer-add', () => resolve())
  })
}

async function grown(core: Core): Promise<void> {
  await new Promise<void>((resolve) => {
    core.once('append', () => resolve())
  })
}
