import { nodeTimers } from '@vms/ledger'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from '../src/connections/heartbeat.ts'

const BEAT_MS = 1_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start() {
  const cuts: string[] = []
  const peer = { waiting: 0, left: 0, paused: false, pings: 0 }
  const heartbeat = new Heartbeat(
    nodeTimers,
    {
      get waiting() {
        return peer.waiting
      },
      get left() {
        return peer.left
      },
      isPaused: () => peer.paused,
      ping: () => {
        peer.pings += 1
      },
      cut: (reason) => cuts.push(reason),
    },
    BEAT_MS,
  )
  return { heartbeat, peer, cuts, beat: () => vi.advanceTimersByTime(BEAT_MS) }
}

test('a peer that is heard between two beats stays, one that is not is cut', () => {
  const { heartbeat, peer, cuts, beat } = start()
  for (let i = 1; i <= 5; i++) {
    beat()
    expect(peer.pings).toBe(i)
    heartbeat.heard()
  }
  beat()
  expect(cuts).toEqual([])
  beat()
  expect(cuts).toEqual(['silent'])
})

test('an answer that was begun just before a beat cuts nobody', () => {
  const { heartbeat, peer, cuts, beat } = start()
  for (let i = 0; i < 5; i++) {
    beat()
    heartbeat.heard()
    // Nothing of it has left yet.
    peer.waiting = 1_000_000
    beat()
    peer.waiting = 0
    peer.left += 1_000_000
    heartbeat.heard()
  }
  expect(cuts).toEqual([])
})

test('a slow reader stays, and needs no pong meanwhile; one that reads nothing is cut', () => {
  const { peer, cuts, beat } = start()
  peer.waiting = 1_000_000
  for (let i = 0; i < 10; i++) {
    peer.left += 1
    beat()
  }
  expect(cuts).toEqual([])
  beat()
  expect(cuts).toEqual(['unread'])
})

test('a peer that the host itself does not read from is not taken for silent', () => {
  const { peer, cuts, beat } = start()
  peer.paused = true
  for (let i = 0; i < 5; i++) beat()
  expect(cuts).toEqual([])
})
