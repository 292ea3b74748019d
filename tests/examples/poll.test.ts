/** The poll: it closes by itself, also when the host was down when it should have, and nobody else closes it. */
import { expect, test, vi } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { type Example, newCaller, serveExample } from './example-service.ts'

type Poll = Example<'open' | 'vote' | 'close' | 'show'>

/** The machines that run the tests are slow and busy. */
const PATIENCE = { timeout: 45_000, interval: 50 }

/** Minutes: soon. */
const SOON = 3 / 60

test('votes count until it closes by itself', async () => {
  const poll = await serveExample<Poll>('poll')
  const [alice, bob] = [await poll.caller(), await poll.caller()]
  await expect(alice.service.vote('yes')).rejects.toMatchObject({ code: 'ENOPOLL' })
  await alice.service.open('Cake?', SOON)
  await expect(bob.service.open('Tea?', 1)).rejects.toMatchObject({ code: 'EOPEN' })
  await alice.service.vote('yes')
  await expect(bob.service.close()).rejects.toMatchObject({ code: 'EACCES' })
  await vi.waitFor(
    async () => expect(await bob.service.show()).toMatchObject({ result: { yes: 1 } }),
    PATIENCE,
  )
  await expect(bob.service.vote('no')).rejects.toMatchObject({ code: 'ECLOSED' })
  const report = await vms(poll.place, ['verify', poll.url])
  expect(report).toMatchObject({ code: 0 })
  expect(report.stderr).toMatch(/1 alarm fired, at most [\d.]+ s late; 0 pending/)
  const log = await vms(poll.place, ['log', poll.url])
  expect(log.stdout).toMatch(/alarm \(\d+ ms late\): close\(\) → undefined/)
})

test('a host that is killed and comes back late closes it before anybody can vote', async () => {
  const poll = await serveExample<Poll>('poll')
  const alice = await poll.caller()
  const end = (await alice.service.open('Cake?', SOON)) as Date
  await alice.service.vote('yes')
  await poll.process.finished('SIGKILL')
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(end.getTime()), PATIENCE)
  const again = await execHost(poll.place, 'poll.js')
  const { service } = await newCaller<Poll>(again.url)
  await expect(service.vote('no')).rejects.toMatchObject({ code: 'ECLOSED' })
  expect(await service.show()).toStrictEqual({ question: 'Cake?', votes: 1, result: { yes: 1 } })
  expect(await vms(poll.place, ['verify', again.url])).toMatchObject({ code: 0 })
})
