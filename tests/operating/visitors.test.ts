/** Connections by address, and whose word counts for it. */
import type { Host } from '@vms/host'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { Place } from '../service/place.ts'

const SCRIPT = 'exports.one = async () => 1'

/** Tries to connect with a header that anyone can send; whether it was let in. */
function connects(host: Host, forwardedFor: string): Promise<boolean> {
  const socket = new WebSocket(host.url, 'vms.rpc.1', {
    headers: { 'x-forwarded-for': forwardedFor },
  })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(true))
    socket.once('error', (error) =>
      error.message.includes('429') ? resolve(false) : reject(error),
    )
  })
}

test('one address gets so many connections, as a named proxy tells it', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, {
    connectionsPerAddress: 2,
    trustedProxies: ['127.0.0.0/8', '::1', '10.0.0.7'],
  })
  // What stands left of the last that is not trusted is what the visitor made up.
  const visitor = '198.51.100.1, 203.0.113.9, 10.0.0.7'
  expect(await connects(host, visitor)).toBe(true)
  expect(await connects(host, '203.0.113.9')).toBe(true)
  expect(await connects(host, visitor)).toBe(false)
  expect(await connects(host, '203.0.113.10')).toBe(true)
})

test('whoever connects from elsewhere than a named proxy is taken for itself', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, {
    connectionsPerAddress: 1,
    trustedProxies: ['10.0.0.7'],
  })
  // They are all this machine, which is not counted.
  for (let i = 0; i < 3; i++) expect(await connects(host, '203.0.113.9')).toBe(true)
})

test('a proxy that is no address is refused', async () => {
  const place = await Place.make()
  for (const proxy of ['example.org', '10.0.0.0/33', '10.0.0.0/8/8', ''])
    await expect(place.host(SCRIPT, { trustedProxies: [proxy] })).rejects.toMatchObject({
      code: 'ERR_VMS_PROXY',
    })
})
