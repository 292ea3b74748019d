/** What waits, in virtual time: throttle, reads that give way to calls, the open-ledger cache, the worker pool, the wake timer. */
import { expect, test } from 'vitest'
import { ReadScheduler } from '../src/connections/read-scheduler.ts'
import { Throttle } from '../src/platform/throttle.ts'
import { type CachedLedger, OpenLedgerCache } from '../src/tenancy/open-ledger-cache.ts'
import { WakeTimer } from '../src/tenancy/wake-timer.ts'
import { WorkerPool } from '../src/tenancy/worker-pool.ts'
import { VirtualTime } from '../src/testing/index.ts'

function virtual() {
  const time = new VirtualTime(1_000)
  const timers = time.timers(() => true)
  /** Lets `ms` milliseconds pass. */
  const pass = async (ms: number): Promise<void> => {
    const until = time.now + ms
    let over = false
    time.after(ms, () => {
      over = true
    })
    await time.run(() => over)
    expect(time.now).toBe(until)
  }
  return { time, timers, now: () => time.now, pass }
}

test('a throttle acts at once, then once for all that was asked in the pause', async () => {
  const { timers, now, pass } = virtual()
  const acted: number[] = []
  const throttle = new Throttle(timers, 100, () => acted.push(now()))
  for (let i = 0; i < 5; i++) throttle.ask()
  await pass(50)
  throttle.ask()
  await pass(500)
  expect(acted).toEqual([1_000, 1_100])
  throttle.ask()
  throttle.ask()
  throttle.stop()
  await pass(500)
  expect(acted).toEqual([1_000, 1_100, 1_550])
})

test('after a call, one read at a time, each followed by a pause of three times its length', async () => {
  const { time, timers, now } = virtual()
  const reads = new ReadScheduler(timers, now)
  const began: number[] = []
  const read = () =>
    reads.run({}, async () => {
      began.push(time.now)
      await time.sleep(10)
    })
  reads.giveWay()
  void Promise.all([read(), read(), read()])
  await time.run()
  expect(began).toEqual([1_000, 1_040, 1_080])
})

test('without calls, two reads at a time and no pause', async () => {
  const { time, timers, now } = virtual()
  const reads = new ReadScheduler(timers, now)
  const began: number[] = []
  const read = () =>
    reads.run({}, async () => {
      began.push(time.now)
      await time.sleep(10)
    })
  void Promise.all([read(), read(), read(), read()])
  await time.run()
  expect(began).toEqual([1_000, 1_000, 1_010, 1_010])
})

test('the open-ledger cache closes a ledger once it is idle for long enough, a followed one never', async () => {
  const { timers, now, pass } = virtual()
  const cache = new OpenLedgerCache({
    ...{ awake: 3, idleMs: 400, now, timers },
    onError: (error) => {
      throw error
    },
  })
  const closed: string[] = []
  const ledger = (name: string, given: Partial<CachedLedger> = {}): CachedLedger => {
    const own: CachedLedger = {
      idle: true,
      followed: false,
      rest: async () => true,
      sleep: async () => {
        closed.push(name)
        cache.left(own)
      },
      ...given,
    }
    return own
  }
  const busy = ledger('busy', { idle: false })
  await cache.enter(ledger('idle'))
  await cache.enter(ledger('followed', { followed: true }))
  await cache.enter(busy)
  await pass(300)
  expect(closed).toEqual([])
  await pass(300)
  expect(closed).toEqual(['idle'])
  await pass(5_000)
  expect(closed).toEqual(['idle'])
  expect(cache.count).toBe(2)
  cache.close()
  await cache.enter(ledger('late'))
  await pass(5_000)
  expect(closed).toEqual(['idle'])
})

test('a machine is taken from an idle service when its turn is over, and not before', async () => {
  const { timers, now, pass } = virtual()
  const pool = new WorkerPool({ machines: 1, turnMs: 200, now, timers })
  const holder = {
    rest: async () => {
      pool.release(holder)
      return true
    },
  }
  await pool.take(holder)
  let got = false
  void pool.take({ rest: async () => false }).then(() => {
    got = true
  })
  await pass(199)
  expect(got).toBe(false)
  await pass(2)
  expect(got).toBe(true)
})

test('a wake timer wakes at the time that is due, waits farther than a timer can, and tries again', async () => {
  const { time, timers, now, pass } = virtual()
  const far = 40 * 86_400_000
  const woken: number[] = []
  let fails = 1
  let due: number | null = time.now + far
  const timer = new WakeTimer({
    ...{ now, timers },
    due: () => due,
    wake: async () => {
      woken.push(time.now)
      if (fails-- > 0) throw new Error('no room')
      due = null
    },
    retryMs: () => 1_000,
    onError: () => {},
  })
  timer.set()
  await pass(far - 1)
  expect(woken).toEqual([])
  await pass(2_000)
  expect(woken).toEqual([1_000 + far, 2_000 + far])
  await pass(far)
  expect(woken).toHaveLength(2)
})
