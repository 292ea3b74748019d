/** Connections that break, calls that end without an answer, and clients that are closed. */
import { describe, expect, test } from 'vitest'
import { VmsCancelError, VmsConnectionError, VmsTimeoutError } from '../src/index.ts'
import { clientOf, connected, failure } from './connected.ts'
import { FakeHost } from './fake-host.ts'

const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms))
const callsOf = (host: FakeHost) => host.received.filter(([kind]) => kind === 'call')

describe('time and signals', () => {
  test('a call that is not answered in time may have been executed', async () => {
    const host = new FakeHost()
    const { client } = await connected(host)
    host.holding = true
    const error = await failure(client.call('echo', [1], { timeout: 20 }, false))
    expect(error).toBeInstanceOf(VmsTimeoutError)
    expect(error).toMatchObject({
      name: 'TimeoutError',
      code: 'ERR_VMS_TIMEOUT',
      timeoutMs: 20,
      mayHaveExecuted: true,
    })
    expect((error as VmsTimeoutError).shouldRetry()).toBe(true)
  })

  test('a call that was not sent in time was not', async () => {
    const host = new FakeHost()
    const { client, events } = await connected(host)
    host.listening = false
    host.drop()
    const error = await failure(client.call('echo', [1], { timeout: 20 }, false))
    expect(error).toMatchObject({ code: 'ERR_VMS_TIMEOUT', mayHaveExecuted: false })
    host.listening = true
    await expect.poll(() => events.filter((event) => event === 'ready')).toHaveLength(2)
    expect(callsOf(host)).toEqual([])
  })

  test('the timeout of the client holds for its calls, and Infinity for none', async () => {
    const host = new FakeHost()
    const { client, call } = await connected(host, { timeout: 20 })
    host.holding = true
    const patient = client.call('echo', ['patient'], { timeout: Number.POSITIVE_INFINITY }, false)
    expect(await failure(call('echo', 1))).toMatchObject({ timeoutMs: 20 })
    await pause(30)
    host.release()
    expect(await patient).toBe('patient')
  })

  test('a signal ends the waiting with its reason', async () => {
    const host = new FakeHost()
    const { client } = await connected(host)
    const abort = new AbortController()
    host.holding = true
    const sent = failure(client.call('echo', [1], { signal: abort.signal }, false))
    await pause()
    const waiting = failure(client.call('echo', [1], { signal: abort.signal }, false))
    abort.abort('enough')
    for (const error of [await sent, await waiting]) {
      expect(error).toBeInstanceOf(VmsCancelError)
      expect(error).toMatchObject({
        name: 'AbortError',
        code: 'ERR_VMS_CANCELLED',
        cause: 'enough',
      })
    }
    expect(await sent).toMatchObject({ mayHaveExecuted: true })
    expect(await waiting).toMatchObject({ mayHaveExecuted: false })
    const late = failure(client.call('echo', [1], { signal: abort.signal }, false))
    expect(await late).toMatchObject({ code: 'ERR_VMS_CANCELLED', mayHaveExecuted: false })
    await pause()
    expect(callsOf(host)).toHaveLength(1)
  })

  test('connecting takes no longer than the timeout, and ends with its signal', async () => {
    const host = new FakeHost()
    host.tamper = () => null
    expect(await failure(clientOf(host, { timeout: 20 }).client.connect())).toBeInstanceOf(
      VmsTimeoutError,
    )
    const signal = AbortSignal.timeout(10)
    const error = await failure(clientOf(host, { signal }).client.connect())
    expect(error).toMatchObject({ code: 'ERR_VMS_CANCELLED', cause: { name: 'TimeoutError' } })
    expect(host.connections.every(({ ended }) => ended)).toBe(true)
    const closed = clientOf(host)
    const connecting = failure(closed.client.connect())
    closed.client.close()
    expect(await connecting).toMatchObject({ code: 'ERR_VMS_CLOSED' })
    expect(
      await failure(clientOf(host, { signal: AbortSignal.abort() }).client.connect()),
    ).toMatchObject({ code: 'ERR_VMS_CANCELLED' })
  })
})

describe('a lost connection', () => {
  test('is opened again, and what was sent is sent again as the same bytes', async () => {
    const host = new FakeHost()
    const { call, events } = await connected(host)
    host.holding = true
    const calls = [call('echo', 1), call('echo', 2)]
    await pause()
    host.drop()
    const third = call('echo', 3)
    await expect.poll(() => events).toEqual(['open', 'ready', 'reconnecting', 'open', 'ready'])
    host.release()
    expect(await Promise.all([...calls, third])).toEqual([1, 2, 3])
    const [first, again] = callsOf(host)
    expect(again?.[2]).toEqual(first?.[2])
    expect(host.executed.map((request) => request.calls.length)).toEqual([2, 1])
  })

  test('a call that was executed and whose reply was lost gets the recorded outcome', async () => {
    const host = new FakeHost()
    const { call, client } = await connected(host)
    await call('echo', 0)
    host.tamper = (frame) => {
      if (frame[0] !== 'reply') return frame
      host.tamper = (honest) => honest
      host.drop()
      return null
    }
    const { value, receipt } = await client.call('echo', ['once'], {}, true)
    expect(value).toBe('once')
    expect(receipt.index).toBe(3)
    expect(host.executed).toHaveLength(2)
    expect(await call('echo', 'after')).toBe('after')
  })

  test('the history behind it has grown meanwhile', async () => {
    const host = new FakeHost()
    const { call, client } = await connected(host)
    await call('echo', 1)
    host.drop()
    const other = await connected(host)
    for (let i = 0; i < 11; i++) await other.call('echo', i)
    const { receipt } = await client.call('echo', [2], {}, true)
    expect(receipt.index).toBe(14)
    const asked = host.received.filter(([kind]) => kind === 'consistency')
    expect(asked).toEqual([['consistency', expect.any(Number), 3, 14]])
    host.drop()
    for (let i = 0; i < 3; i++) await other.call('echo', i)
    expect(await call('echo', 3)).toBe(3)
  })

  test('tries are further and further apart, with jitter, and tell their reason', async () => {
    const host = new FakeHost()
    const { client } = clientOf(host, { ports: { openTransport: host.open, random: () => 0.01 } })
    await client.connect()
    const seen: [number, number, string][] = []
    client.events.on('reconnecting', ({ attempt, delayMs, error }) =>
      seen.push([attempt, delayMs, error.code]),
    )
    host.listening = false
    host.drop()
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(5)
    expect(seen.slice(0, 5)).toEqual([
      [1, 3, 'ERR_VMS_CONNECTION_LOST'],
      [2, 5, 'ERR_VMS_UNREACHABLE'],
      [3, 10, 'ERR_VMS_UNREACHABLE'],
      [4, 20, 'ERR_VMS_UNREACHABLE'],
      [5, 40, 'ERR_VMS_UNREACHABLE'],
    ])
    host.listening = true
    expect(await client.call('echo', [1], {}, false)).toBe(1)
    host.drop()
    await expect.poll(() => seen.at(-1)?.[0]).toBe(1)
  })

  test('a host that is silent is connected to anew', async () => {
    const host = new FakeHost()
    const { client, call, events } = await connected(host)
    host.holding = true
    const patient = call('echo', 'patient')
    expect(await failure(client.call('echo', [1], { timeout: 20 }, false))).toBeInstanceOf(
      VmsTimeoutError,
    )
    await expect.poll(() => events.filter((event) => event === 'ready')).toHaveLength(2)
    host.release()
    expect(await patient).toBe('patient')
    expect(host.executed).toHaveLength(1)
  })
})

describe('closing', () => {
  test('ends what is pending, and says what may have been executed', async () => {
    const host = new FakeHost()
    const { client, call, events } = await connected(host)
    host.holding = true
    const sent = failure(call('echo', 1))
    await pause()
    const waiting = failure(call('echo', 2))
    client.close()
    client.close()
    expect(await sent).toBeInstanceOf(VmsConnectionError)
    expect(await sent).toMatchObject({ code: 'ERR_VMS_CLOSED', mayHaveExecuted: true })
    expect(await waiting).toMatchObject({ code: 'ERR_VMS_CLOSED', mayHaveExecuted: false })
    expect(await failure(call('echo', 3))).toMatchObject({ code: 'ERR_VMS_CLOSED' })
    expect(events).toEqual(['open', 'ready', 'close'])
    expect(host.connection.ended).toBe(true)
  })

  test('ends the tries to connect anew, and pauses of busy requests', async () => {
    const host = new FakeHost()
    host.refuse = () => 'ERR_VMS_BUSY'
    const { client, call, events } = await connected(host, {
      ports: { openTransport: host.open, random: () => 1 },
    })
    const busy = failure(call('echo', 1))
    await pause()
    host.listening = false
    host.drop()
    await expect.poll(() => events).toContain('reconnecting')
    client.close()
    expect(await busy).toMatchObject({ code: 'ERR_VMS_CLOSED' })
    await pause()
    expect(events).toEqual(['open', 'ready', 'reconnecting', 'close'])
  })

  test('a host that is closing may be back soon', async () => {
    const host = new FakeHost()
    const { call } = await connected(host)
    host.refuse = () => 'ERR_VMS_CLOSING'
    const pending = call('echo', 1)
    await pause()
    host.refuse = () => null
    for (const connection of host.connections) connection.end(null)
    expect(await pending).toBe(1)
  })

  test('a client that never connected says so', async () => {
    const { call, client } = clientOf(new FakeHost())
    expect(await failure(call('echo'))).toMatchObject({ code: 'ERR_VMS_NOT_CONNECTED' })
    expect(() => client.info).toThrow('not connected')
    const host = new FakeHost()
    host.listening = false
    expect(await failure(clientOf(host).client.connect())).toMatchObject({
      code: 'ERR_VMS_UNREACHABLE',
    })
  })
})
