/** A host without a network: it serves at once, and looks for the DHT behind. */
import { createSocket } from 'node:dgram'
import { expect, onTestFinished, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

/** A node of the DHT that takes everything and answers nothing. */
async function startBlackHole(): Promise<{ address: string; heard(): number }> {
  const socket = createSocket('udp4')
  let heard = 0
  socket.on('message', () => {
    heard += 1
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return { address: `127.0.0.1:${socket.address().port}`, heard: () => heard }
}

test('a host whose bootstrap node never answers is ready, takes calls, verifies and stops', async () => {
  const place = makeWorkplace()
  const hole = await startBlackHole()
  const host = await execHost(place, place.example('counter.js'), ['--bootstrap', hole.address])
  expect(await vms(place, ['call', host.url, 'increment'])).toMatchObject({
    code: 0,
    stdout: '1\n',
  })
  expect(await vms(place, ['verify', host.url])).toMatchObject({ code: 0 })
  // It did try.
  expect(hole.heard()).toBeGreaterThan(0)
  const end = await host.process.finished('SIGTERM')
  expect(end.code).toBe(143)
  expect(end.stderr).toContain('Final head: 4 entries')
})

test('a bootstrap node that is unreachable, and a name that does not exist, delay nothing', async () => {
  const place = makeWorkplace()
  // A port that nobody listens at, and a name that RFC 6761 keeps from existing.
  for (const bootstrap of ['127.0.0.1:9', 'nowhere.invalid:49737']) {
    const host = await execHost(place, place.example('counter.js'), ['--bootstrap', bootstrap])
    expect(await vms(place, ['call', host.url, 'get'])).toMatchObject({ code: 0, stdout: '0\n' })
    expect((await host.process.finished('SIGINT')).code).toBe(130)
  }
})
