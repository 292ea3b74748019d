/** The pace of an announcer under virtual time, on a DHT that answers at once or not at all. */
import { EventEmitter } from 'node:events'
import { Announcer, type AnnouncerDht } from '@vms/ledger'
import { expect, test } from 'vitest'
import { VirtualTime } from '../src/testing/index.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** An announcer at time 0, and the times at which it announced each topic, in the order of its announcements. */
function started(isOnline: (now: number) => boolean) {
  const time = new VirtualTime(0)
  const announced: [topic: number, at: number][] = []
  const errors: string[] = []
  const events = new EventEmitter()
  const dht: AnnouncerDht = {
    on(event, listener) {
      events.on(event, listener)
      return this as never
    },
    createServer: () => ({
      listening: true,
      relayAddresses: [],
      listen: async () => {},
      close: async () => {},
    }),
    announce: (topic) => ({
      async finished() {
        announced.push([topic[0] as number, time.now])
        if (!isOnline(time.now)) throw new Error('offline')
      },
    }),
    unannounce: async () => {},
    destroy: async () => {},
  }
  const announcer = new Announcer({
    ...{ dht, now: () => time.now, timers: time.timers(() => true) },
    pace: { atOnce: 2, gapMs: 50 },
    onStream: () => {},
    onEvent: (event) => event.type === 'error' && errors.push(event.error.message),
  })
  /** Runs all that the announcer does until `ms`. */
  const until = async (ms: number): Promise<void> => {
    let over = false
    time.after(ms - time.now, () => {
      over = true
    })
    await time.run(() => over)
  }
  const add = (...topics: number[]) => topics.map((topic) => announcer.add(Uint8Array.of(topic)))
  return { announcer, announced, errors, add, until, moved: () => events.emit('network-change') }
}

test('an announcer pauses between topics, and repeats each after ten minutes', async () => {
  const { announcer, announced, add, until } = started(() => true)
  await until(SECOND)
  add(1, 2, 3)
  await until(2 * SECOND)
  const first = announced.splice(0)
  expect(first.map(([, at]) => at)).toEqual([1_000, 1_050, 1_100])
  expect(first.map(([topic]) => topic).toSorted()).toEqual([1, 2, 3])
  await until(10 * MINUTE)
  expect(announced).toEqual([])
  await until(11 * MINUTE)
  expect(announced).toEqual(first.map(([topic, at]) => [topic, at + 10 * MINUTE]))
  await announcer.close()
})

test('an announcer that is offline reports it once, and tries each topic again after 30 seconds', async () => {
  const { announcer, announced, errors, add, until } = started((now) => now >= 50 * SECOND)
  await until(SECOND)
  add(1, 2)
  await until(50 * SECOND)
  expect(announced.map(([, at]) => at)).toEqual([1_000, 1_050, 31_000, 31_050])
  expect(announcer.state.underWay).toBe(0)
  await until(70 * SECOND)
  expect(announced.slice(4).map(([, at]) => at)).toEqual([61_000, 61_050])
  await until(5 * MINUTE)
  expect(announced).toHaveLength(6)
  expect(errors).toEqual(['offline'])
  await announcer.close()
})

test('after a change of network an announcer repeats all topics at its pace', async () => {
  const { announcer, announced, add, until, moved } = started(() => true)
  await until(SECOND)
  add(1, 2)
  await until(MINUTE)
  announced.splice(0)
  moved()
  await until(2 * MINUTE)
  expect(announced.map(([, at]) => at)).toEqual([60_000, 60_050])
  await announcer.close()
  await until(30 * MINUTE)
  expect(announced).toHaveLength(2)
})
