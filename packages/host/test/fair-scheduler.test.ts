/** Turns: a flood of one service waits behind itself. */

import { nodeTimers } from '@vms/ledger'
import { expect, test } from 'vitest'
import { FairScheduler, TURN_FRAMES } from '../src/connections/fair-scheduler.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a frame of another service waits for one frame of the flood, not for all', async () => {
  const turns = new FairScheduler(nodeTimers)
  const [flood, polite] = [{}, {}]
  const ran: string[] = []
  for (let i = 0; i < 1_000; i++) turns.run(flood, () => ran.push(`flood ${i}`))
  turns.run(polite, () => ran.push('polite'))
  expect(ran).toHaveLength(TURN_FRAMES)
  await turn()
  expect(ran.indexOf('polite')).toBe(TURN_FRAMES + 1)
  while (ran.length < 1_001) await turn()
  const own = ran.filter((name) => name !== 'polite')
  expect(own).toEqual(Array.from({ length: 1_000 }, (_, i) => `flood ${i}`))
})

test('no turn of the event loop takes more frames than it may, and input is seen in between', async () => {
  const turns = new FairScheduler(nodeTimers)
  let ran = 0
  for (let i = 0; i < 5 * TURN_FRAMES; i++) turns.run({}, () => ran++)
  for (let i = 1; i <= 5; i++) {
    expect(ran).toBe(i * TURN_FRAMES)
    await turn()
  }
})

test('what comes alone runs at once', async () => {
  const turns = new FairScheduler(nodeTimers)
  for (let i = 0; i < 3; i++) {
    let ran = false
    turns.run({}, () => {
      ran = true
    })
    expect(ran).toBe(true)
    for (let j = 0; j < 2; j++) await turn()
  }
})
