/** Questions with large answers, asked of one service by several connections: the others of the host go on, and so do its own callers. */
import { encodeClientFrame } from '@vms/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { COUNTER, Many } from './many.ts'

const LARGE = `
  exports.large = async () => 'x'.repeat(1_000_000)
  exports.one = async () => 1
`
const CONNECTIONS = 4
const QUESTIONS = 500

test('calls to the service that is asked, and to others, are answered long before the questions', async () => {
  const many = await Many.make()
  const host = await many.host()
  const [asked, other] = [await many.deploy(host, LARGE), await many.deploy(host, COUNTER)]
  const [caller, polite] = [await many.connect(host, asked.id), await many.connect(host, other.id)]
  await caller['large']?.()
  const index = (host.services.find(({ id }) => id === asked.id)?.length ?? 0) - 1
  let answers = 0
  const cut: number[] = []
  const begun = Promise.withResolvers<void>()
  for (let i = 0; i < CONNECTIONS; i++) {
    const socket = new WebSocket(`${host.url}/${asked.id}`, 'vms.rpc.1')
    onTestFinished(() => socket.terminate())
    socket.on('message', (data: Buffer) => {
      if (data.length < 1_000_000) return
      answers += 1
      begun.resolve()
    })
    socket.once('close', (code) => cut.push(code))
    socket.once('open', () => {
      for (let id = 1; id <= QUESTIONS; id++) socket.send(encodeClientFrame(['entry', id, index]))
    })
  }
  await begun.promise
  for (let i = 1; i <= 10; i++) {
    expect(await polite['add']?.()).toMatchObject({ count: i })
    expect(await caller['one']?.()).toBe(1)
  }
  // They read what they asked for: so they wait, and are not cut.
  expect(cut).toEqual([])
  expect(answers).toBeLessThan((CONNECTIONS * QUESTIONS) / 4)
})
