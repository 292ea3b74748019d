import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CallClock } from '../src/parent/call-clock.ts'

/** A child whose processor time and clock are the test's. */
function clocked(rate: number | null) {
  const over: string[] = []
  let used = 0
  const clock = new CallClock({
    cpuMs: () => (rate === null ? null : used),
    now: () => Date.now(),
    onOver: (limit) => over.push(limit),
  })
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i += 10) {
      used += 10 * (rate ?? 0)
      vi.advanceTimersByTime(10)
    }
  }
  return { over, clock, pass }
}

const limits = { cpuMs: 1_000, wallMs: 10_000 }

describe('the clock of a call', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('ends a call that computes by its processor time, an interval late at most', () => {
    const { over, clock, pass } = clocked(1)
    clock.begin(limits)
    pass(1_000)
    expect(over).toEqual([])
    pass(300)
    expect(over).toEqual(['cpuMs'])
  })

  it('gives a call on a busy computer the same processor time', () => {
    const { over, clock, pass } = clocked(0.2)
    clock.begin(limits)
    pass(4_900)
    expect(over).toEqual([])
    pass(600)
    expect(over).toEqual(['cpuMs'])
  })

  it.each([
    ['sleeps', 0],
    ['cannot be looked at', null],
  ] as const)('ends a child that %s by the clock', (_, rate) => {
    const { over, clock, pass } = clocked(rate)
    clock.begin(limits)
    pass(9_900)
    expect(over).toEqual([])
    pass(300)
    expect(over).toEqual(['wallMs'])
  })

  it('does not count what the child waits for, however often it asks', () => {
    const { over, clock, pass } = clocked(0)
    clock.begin(limits)
    for (let i = 0; i < 90; i++) {
      pass(100)
      clock.pause()
      pass(1_000)
      clock.resume()
    }
    expect(over).toEqual([])
    for (let i = 0; i < 15; i++) {
      pass(100)
      clock.pause()
      clock.resume()
    }
    expect(over).toEqual(['wallMs'])
  })

  it('gives each call its own time, and counts nothing between operations', () => {
    const { over, clock, pass } = clocked(1)
    clock.begin(limits)
    for (let i = 0; i < 10; i++) {
      pass(900)
      clock.again()
    }
    clock.stop()
    pass(60_000)
    expect(over).toEqual([])
  })
})
