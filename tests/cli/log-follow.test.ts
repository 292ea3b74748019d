/** `vms log -f` while its host is killed, stopped, started again, and replaced: each entry once, in order. */
import { expect, test } from 'vitest'
import { findFreePort } from '../harness/free-port.ts'
import { startLocalDht } from '../harness/local-dht.ts'
import { execHost } from '../harness/vms-host.ts'
import { hostMany } from '../harness/vms-many.ts'
import { startVms, type VmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

/** Each starts some dozen processes. */
const SLOW = { timeout: 180_000 }

/** Indexes of the entries that were printed. */
const printed = ({ stdout }: { stdout: string }): number[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{"index"'))
    .map((line) => (JSON.parse(line) as { index: number }).index)

const upTo = (length: number): number[] => Array.from({ length }, (_, index) => index)

/** Waits until so many entries are printed. */
const entries = (following: VmsProcess, count: number): Promise<unknown> =>
  following.until(({ stdout }) => stdout.split('\n').length > count)

const losses = ({ stderr }: VmsProcess): number => stderr.split('Connection lost: ').length - 1

const increment = async (place: Workplace, url: string): Promise<void> => {
  expect((await vms(place, ['call', url, 'increment'])).code).toBe(0)
}

test('what is added while the host was away comes once it is back, once', SLOW, async () => {
  const place = makeWorkplace()
  const script = place.example('counter.js')
  const args = ['--no-swarm', '-p', String(await findFreePort())]
  let host = await execHost(place, script, args)
  const following = startVms(place, ['log', host.url, '-f', '--jsonl'])
  // Genesis, boot, init; then in each round a call, the boot after the restart, and two calls.
  let length = 3
  await entries(following, length)
  for (const [round, signal] of (['SIGKILL', 'SIGTERM'] as const).entries()) {
    await increment(place, host.url)
    length += 1
    await entries(following, length)
    await host.process.finished(signal)
    await following.until(() => losses(following) === round + 1)
    host = await execHost(place, script, args)
    for (let i = 0; i < 2; i++) await increment(place, host.url)
    length += 3
    await entries(following, length)
  }
  expect(following.stderr.split('Reconnected.')).toHaveLength(3)
  expect(await following.finished('SIGINT')).toMatchObject({ code: 130 })
  expect(printed(following)).toEqual(upTo(length))
  const whole = await vms(place, ['log', host.url, '--jsonl'])
  expect(following.stdout).toBe(whole.stdout)
})

test('who comes back with another ledger is not waited for', SLOW, async () => {
  const place = makeWorkplace()
  const args = ['--no-swarm', '-p', String(await findFreePort())]
  const script = place.example('counter.js')
  const host = await execHost(place, script, args)
  const following = startVms(place, ['log', host.url, '-f', '--jsonl'])
  await entries(following, 3)
  await host.process.finished('SIGTERM')
  await execHost(place, script, [...args, '--dir', 'other'])
  await following.until(({ stderr }) => stderr.includes('serves another ledger by now'))
  expect(await following.finished()).toMatchObject({ code: 3 })
  expect(printed(following)).toEqual(upTo(3))
})

test('a service that was purged is not waited for', SLOW, async () => {
  const place = makeWorkplace()
  const host = await hostMany(place)
  const line = ['deploy', place.example('counter.js'), '--to', host.url]
  const url = (await vms(place, line)).stdout.trim()
  const following = startVms(place, ['log', url, '-f', '--jsonl'])
  await entries(following, 3)
  expect((await vms(place, ['remove', url, '--purge'])).code).toBe(0)
  await following.until(({ stderr }) => stderr.includes('does not have this ledger'))
  expect(await following.finished()).toMatchObject({ code: 3 })
  expect(printed(following)).toEqual(upTo(3))
})

test('over the DHT too', SLOW, async () => {
  const place = makeWorkplace()
  const bootstrap = ['--bootstrap', await startLocalDht()]
  const script = place.example('counter.js')
  let host = await execHost(place, script, bootstrap)
  const following = startVms(place, ['log', host.ledger, '-f', '--jsonl', ...bootstrap])
  await entries(following, 3)
  await host.process.finished('SIGTERM')
  host = await execHost(place, script, bootstrap)
  await increment(place, host.url)
  await entries(following, 5)
  expect(await following.finished('SIGTERM')).toMatchObject({ code: 143 })
  expect(printed(following)).toEqual(upTo(5))
})
