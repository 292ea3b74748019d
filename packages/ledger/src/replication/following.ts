/**
 * Waits for the data of peers, with a time limit: a silent peer counts as no peer.
 */

import type { Core } from '../engine/hypercore.ts'
import { UnreachableError } from '../errors/errors.ts'
import { ForkClaimedError } from '../errors/fork-errors.ts'
import { fittingRange } from '../reading/block-range.ts'
import { storedNodes } from '../reading/checked-blocks.ts'
import type { DownloadMonitor } from './download-monitor.ts'

/** Milliseconds to wait for a peer, and for its first message. Bounds the delay by a peer that stalls or withholds data. */
export const SILENCE_MS = 30_000

/** Milliseconds between two checks of the peers' fork numbers, because hypercore sends no event for them. */
const FORK_LOOK_MS = 200

/** Consecutive checks with all peers on another fork, after which the reader stops waiting for a peer with the ledger: 5 seconds. */
const FORK_LOOKS = 25

/**
 * Brings a core up to the length that the connected peers announce. Waits for a first peer, and until the peers announce `atLeast`
 * blocks. Throws {@link UnreachableError} after `timeoutMs`, and {@link ForkClaimedError} if every peer claims another fork. The
 * unsigned claim of one peer ends nothing while there is another peer.
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
async function bounded<T>(work: () => Promise<T>, what: string, timeoutMs: number): Promise<T> {
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

/** Downloads the blocks [start, end). Throws what {@link DownloadMonitor.wait} throws. */
export async function download(
  core: Core,
  start: number,
  end: number,
  what: string,
  pace: DownloadMonitor,
): Promise<void> {
  if (start >= end || (await core.has(start, end))) return
  const range = core.download({ start, end })
  try {
    await pace.wait(range.done(), what)
  } finally {
    range.destroy()
  }
}

/** The size of one request. The bytes bound a peer's answer, and so the memory for it. */
const PIECE = { blocks: 256, bytes: 4 * 1024 * 1024 } as const

/** Requests under way while the reader consumes a piece. Keeps the connection busy, and bounds memory and useless downloads. */
const AHEAD = { pieces: 4, bytes: 8 * 1024 * 1024 } as const

/** Bytes that a block of unknown size counts as: all the room ahead, so that the reader requests it alone. */
const UNKNOWN_BYTES = AHEAD.bytes

interface Piece {
  readonly start: number
  readonly end: number
  readonly bytes: number
  readonly arrived: Promise<void>
  cancel(): void
}

/**
 * Downloads the blocks [start, end) some pieces ahead, and yields each piece when all of it is here. `wait` may cut the
 * waiting short. Throws what {@link DownloadMonitor.wait} and {@link DownloadMonitor.mustFit} throw.
 */
export async function* downloadPieces(
  core: Core,
  [start, end]: readonly [start: number, end: number],
  what: string,
  pace: DownloadMonitor,
  wait: (arrived: Promise<void>) => Promise<void>,
): AsyncGenerator<{ readonly start: number; readonly end: number }> {
  const ahead: Piece[] = []
  let next = start
  let underWay = 0
  try {
    while (next < end || ahead.length > 0) {
      while (next < end && ahead.length < AHEAD.pieces) {
        const limits = { ...PIECE, bytes: Math.min(PIECE.bytes, pace.left) }
        const piece = await fittingRange(storedNodes(core), [next, end], limits)
        const bytes = piece.bytes ?? UNKNOWN_BYTES
        if (ahead.length > 0 && underWay + bytes > AHEAD.bytes) break
        const here = await core.has(next, piece.end)
        // Blocks on this disk cost nothing, and earlier blocks can still be read.
        if (!here && ahead.length > 0 && !pace.fits(piece.bytes ?? 0)) break
        if (!here) pace.mustFit(piece.bytes ?? 0)
        ahead.push(fetchPiece(core, next, piece.end, bytes, here))
        underWay += bytes
        next = piece.end
      }
      const first = ahead[0] as Piece
      await wait(pace.wait(first.arrived, `${what} ${first.start}`))
      ahead.shift()
      underWay -= first.bytes
      yield first
    }
  } finally {
    for (const piece of ahead) piece.cancel()
  }
}

function fetchPiece(core: Core, start: number, end: number, bytes: number, here: boolean): Piece {
  if (here) return { start, end, bytes, arrived: Promise.resolve(), cancel() {} }
  const range = core.download({ start, end })
  const arrived = range.done()
  // The piece may fail while the loop waits for an earlier one.
  arrived.catch(() => {})
  return { start, end, bytes, arrived, cancel: () => range.destroy() }
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
