/** Methods of a service become methods of the client, whatever they are called, and never take a name that is the client's. */

import { verifyReceipt } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import { connect, NodeVMSClient } from '../src/index.ts'
import { failure, portsOf } from './connected.ts'
import { FakeHost } from './fake-host.ts'
import { FakeLedger } from './fake-ledger.ts'

const nasty = [
  '__proto__',
  'constructor',
  'then',
  'toJSON',
  'toString',
  'hasOwnProperty',
  'connect',
  'close',
  'on',
  'off',
  'backendInfo',
  '$call',
  '$close',
  '',
  'a b',
  '0',
]

/** A host that lists other methods and answers each call with the name of its method. */
function hostOf(methods: readonly string[]): FakeHost {
  const host = new FakeHost()
  host.tamper = (frame) =>
    frame[0] === 'hello' ? ['hello', { ...frame[1], methods: [...methods] }] : frame
  return host
}

describe('NodeVMSClient', () => {
  test('works as in 2017', async () => {
    const host = new FakeHost()
    const client = new NodeVMSClient({ timeout: 1_000, ports: portsOf(host) })
    const events: string[] = []
    client
      .on('open', () => events.push('open'))
      .on('ready', () => events.push('ready'))
      .on('close', () => events.push('close'))
    expect(client.backendInfo).toBeNull()
    expect(client.info).toBeNull()
    const typed = await client.connect<{ add: (a: number, b: number) => number }>('localhost:5555')
    expect(typed).toBe(client)
    expect(await typed.add(1, 2)).toBe(3)
    expect(client.backendInfo).toEqual({
      methods: ['echo', 'add', 'fail', 'burst'],
      filesArchiveUrl: expect.stringMatching(/^hyper:\/\//),
      callLogUrl: expect.stringMatching(/^vms:\/\//),
    })
    expect(client.info?.genesis.script.name).toBe('fake.js')
    expect(await client.$call('add', [2, 3])).toBe(5)
    const { receipt } = await client.$receipt('add', [2, 3])
    expect(verifyReceipt(crypto, receipt).index).toBe(4)
    expect(await failure(client.connect('localhost:5555'))).toMatchObject({
      code: 'ERR_VMS_ALREADY_CONNECTED',
    })
    client.close()
    client.close()
    expect(events).toEqual(['open', 'ready', 'close'])
    expect(await failure(client.$call('add', [1, 2]))).toMatchObject({
      code: 'ERR_VMS_NOT_CONNECTED',
    })
  })

  test('can connect again, elsewhere, and then has the methods of there', async () => {
    const host = hostOf(['one', 'both'])
    const client = new NodeVMSClient({ ports: portsOf(host) })
    await client.connect('localhost:5555')
    expect(Object.keys(client)).toEqual(expect.arrayContaining(['one', 'both']))
    client.close()
    host.tamper = (frame) =>
      frame[0] === 'hello' ? ['hello', { ...frame[1], methods: ['two', 'both'] }] : frame
    host.ledger = new FakeLedger()
    await client.connect('localhost:5555')
    expect(Object.keys(client)).toEqual(expect.arrayContaining(['two', 'both']))
    expect(Object.keys(client)).not.toContain('one')
    client.close()
  })

  test('a failed connecting rejects, tells its listeners, and leaves the client as new', async () => {
    const host = new FakeHost()
    host.listening = false
    const client = new NodeVMSClient({ ports: portsOf(host) })
    const errors: string[] = []
    client.on('error', ({ code }) => errors.push(code))
    expect(await failure(client.connect('localhost:5555'))).toMatchObject({
      code: 'ERR_VMS_UNREACHABLE',
    })
    expect(errors).toEqual(['ERR_VMS_UNREACHABLE'])
    expect(await failure(client.connect('vms://'))).toMatchObject({ code: 'ERR_VMS_BAD_ADDRESS' })
    host.listening = true
    await client.connect('localhost:5555')
    client.close()
  })

  test('keeps its own members; the methods of those names are there by $call', async () => {
    const host = hostOf(['free', ...nasty])
    const client = new NodeVMSClient({ ports: portsOf(host) })
    const own = { connect: client.connect, close: client.close, on: client.on, $call: client.$call }
    await client.connect('localhost:5555')
    expect(client).toMatchObject(own)
    expect(client).toBeInstanceOf(NodeVMSClient)
    expect(Object.getPrototypeOf(client)).toBe(NodeVMSClient.prototype)
    expect((client as { then?: unknown }).then).toBeUndefined()
    expect(Object.keys(client)).toContain('free')
    for (const method of nasty) {
      await client.$call(method, []).catch(() => {})
      expect(host.requests.at(-1)?.calls[0]?.[0]).toBe(method)
    }
    client.close()
  })

  test('ends with its block', async () => {
    const host = new FakeHost()
    {
      await using client = new NodeVMSClient({ ports: portsOf(host) })
      await client.connect('localhost:5555')
    }
    expect(host.connection.ended).toBe(true)
  })

  test('listeners can be taken off', async () => {
    const host = new FakeHost()
    const client = new NodeVMSClient({ ports: portsOf(host) })
    const seen: string[] = []
    const listener = () => seen.push('ready')
    await client.on('ready', listener).off('ready', listener).connect('localhost:5555')
    client.close()
    expect(seen).toEqual([])
  })
})

describe('connect', () => {
  const from = (host: FakeHost) => connect('localhost:5555', { ports: portsOf(host) })

  test('gives an object with the methods, and members that begin with $', async () => {
    const host = new FakeHost()
    const remote = await from(host)
    expect(Object.keys(remote)).toEqual(['echo', 'add', 'fail', 'burst'])
    expect(Object.getPrototypeOf(remote)).toBeNull()
    expect(await remote['add']?.(1, 2)).toBe(3)
    expect(await remote.$call('add', [2, 3])).toBe(5)
    expect((await remote.$receipt('add', [2, 3])).value).toBe(5)
    expect(remote.$info.callLogUrl).toMatch(/^vms:/)
    const closed = Promise.withResolvers<void>()
    remote.$on('close', closed.resolve)
    remote.$close()
    await closed.promise
    expect(await failure(remote.$call('add'))).toMatchObject({ code: 'ERR_VMS_CLOSED' })
  })

  test('any name may be a method, but for the few that are reserved', async () => {
    const host = hostOf(nasty)
    const remote = await from(host)
    const reserved = ['then', 'toJSON', '$call', '$close']
    const free = nasty.filter((name) => !reserved.includes(name))
    expect(Object.keys(remote).toSorted()).toEqual(free.toSorted())
    for (const method of free) {
      await remote[method]?.().catch(() => {})
      expect(host.requests.at(-1)?.calls[0]?.[0]).toBe(method)
    }
    expect(remote['then']).toBeUndefined()
    expect(remote['toJSON']).toBeUndefined()
    expect(JSON.stringify(remote)).toBe('{}')
    await remote.$call('then').catch(() => {})
    expect(host.requests.at(-1)?.calls[0]?.[0]).toBe('then')
    remote.$close()
  })

  test('ends with its block', async () => {
    const host = new FakeHost()
    {
      await using remote = await from(host)
      expect(remote).toBeDefined()
    }
    expect(host.connection.ended).toBe(true)
  })

  test.each([
    ['vms://ybndrfg8ejkmcpqxot1uwisza345h769ybndrfg8ejkmcpqxotyy', 'ERR_VMS_NOT_A_HOST'],
    [`hyper://${'00'.repeat(32)}`, 'ERR_VMS_NOT_A_HOST'],
    ['ftp://localhost', 'ERR_VMS_BAD_ADDRESS'],
    ['localhost:5555/ybndrfg8ejkmcpqxot1uwisza345h769ybndrfg8ejkmcpqxot', 'ERR_VMS_BAD_ADDRESS'],
  ])('%s is no address of a host', async (address, code) => {
    expect(await failure(connect(address, { ports: portsOf(new FakeHost()) }))).toMatchObject({
      code,
    })
  })
})
