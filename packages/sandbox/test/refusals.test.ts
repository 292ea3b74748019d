import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { testInTurn } from '../../../tests/harness/in-turn.ts'
import { RefusedError } from '../src/index.ts'
import { Bench, type BenchOptions } from './bench.ts'

const script = `
  exports.ok = () => 1
  exports.put = async (text) => { await System.files.writeFile('/f', text) }
  exports.get = () => System.files.readFile('/f')
  exports.loop = () => { for (;;) {} }
  exports.catchingLoop = () => { for (;;) { try { for (;;) {} } catch {} finally {} } }
  exports.asyncLoop = async () => { for (;;) await null }
  exports.fileLoop = async () => { for (;;) await System.files.stat('/') }
  exports.timerLoop = () => new Promise(() => { setInterval(() => {}, 1) })
  exports.loopAfterReply = () => { (async () => { for (;;) await null })(); return 1 }
  exports.resultLoop = () => new Proxy({}, { ownKeys() { for (;;) {} } })
  exports.bomb = () => { const all = []; for (;;) all.push({ a: all.length, b: [1, 2, 3] }) }
  exports.bytesBomb = () => { const all = []; for (;;) all.push(new Uint8Array(10_000_000).fill(1)) }
  exports.bytesBombCaught = () => { const all = []; for (;;) { try { all.push(new Uint8Array(10_000_000).fill(1)) } catch { all.push([]) } } }
  exports.textBomb = () => { let text = 'x'; const all = []; for (;;) { text = text + text.slice(0, 1000); all.push(text + all.length) } }
  exports.sleep = () => { for (let i = 0; i < 1e12; i++); }
`

const service = { callWallMs: 300, memoryMiB: 32 }

/** So much fuel that the backstops come first, which by default they do not. */
const limits = { fuelPerCall: 0x7fff_ffff, fuelPerRequest: Number.MAX_SAFE_INTEGER }

async function refused(method: string, options: BenchOptions = {}) {
  const bench = await Bench.booted(script, { service, limits, ...options })
  const kept = await bench.result('put', 'kept')
  bench.commit(kept)
  const requests = [
    bench.request(['ok']),
    bench.request(['put', 'lost'], [method], ['ok']),
    bench.request(['ok']),
  ]
  const { done, stop } = await bench.machine.run(requests)
  await expect(bench.run(['ok'])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_DEAD' })
  await bench.close()
  // The request before the culprit is done; the culprit left nothing.
  expect(done).toHaveLength(1)
  return stop
}

/** On a machine that is started anew over the same files. */
async function nextCallIsServed() {
  const bench = await Bench.booted(script)
  bench.files.commit([{ path: '/f', kind: 'file', data: Buffer.from('kept'), mtime: 1 }], 0)
  expect(await bench.call('get')).toBe('kept')
  await bench.close()
}

const test = testInTurn(3)

describe('wall clock', () => {
  for (const method of [
    'loop',
    'catchingLoop',
    'asyncLoop',
    'fileLoop',
    'timerLoop',
    'loopAfterReply',
    'resultLoop',
  ]) {
    test(`refuses ${method}`, async () => {
      expect(await refused(method)).toMatchObject({
        kind: 'refused',
        reason: 'wall-clock',
        certain: true,
      })
    })
  }

  it('is for each call, not for the batch', async () => {
    const bench = await Bench.booted(
      'exports.wait = () => { const end = 1e7; for (let i = 0; i < end; i++); return 1 }',
      { service: { callWallMs: 1_500 }, limits },
    )
    const { stop } = await bench.run(...Array.from({ length: 60 }, (): [string] => ['wait']))
    expect(stop).toBeNull()
    await bench.close()
  })

  it('does not count the time that the parent takes to answer', async () => {
    const bench = await Bench.booted(script, { service: { callWallMs: 300 } })
    bench.files.stat = async () => {
      await sleep(800)
      return { kind: 'file', size: 0, mtime: 0 }
    }
    bench.files.read = async () => {
      await sleep(800)
      return new Uint8Array()
    }
    expect(await bench.call('get')).toBe('')
    await bench.close()
  })

  it('refuses a boot and an init', async () => {
    const bench = await Bench.start('for (;;) {}', { service, limits })
    const error = await bench.boot().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({ code: 'ERR_VMS_REFUSED', reason: 'wall-clock' })
    await bench.close()
    const other = await Bench.booted('exports.init = async () => { for (;;) await null }', {
      service,
      limits,
    })
    await expect(other.init()).rejects.toMatchObject({ reason: 'wall-clock' })
    await other.close()
  })
})

describe('memory', () => {
  for (const method of ['bomb', 'bytesBomb', 'bytesBombCaught', 'textBomb']) {
    test(`refuses ${method}`, async () => {
      const stop = await refused(method, { service: { callWallMs: 5_000, memoryMiB: 32 } })
      expect(stop).toMatchObject({ kind: 'refused', certain: true })
      // V8 may also give up with the whole process, or spend its time collecting garbage.
      expect(['memory', 'crash', 'wall-clock']).toContain((stop as { reason: string }).reason)
    })
  }

  it('serves the next call on a new machine', nextCallIsServed)
})

describe('a crash', () => {
  for (const signal of ['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const) {
    it(`by ${signal} in the middle of a call refuses that request and no other`, async () => {
      // The call must still run when the signal comes.
      const limits = { fuelPerCall: 2 ** 31 - 1 }
      const bench = await Bench.booted(script, { limits })
      const requests = [
        bench.request(['ok']),
        bench.request(['ok']),
        bench.request(['sleep']),
        bench.request(['ok']),
      ]
      const running = bench.machine.run(requests)
      await sleep(300)
      process.kill(bench.machine.pid as number, signal)
      const { done, stop } = await running
      expect(done).toHaveLength(2)
      expect(stop).toMatchObject({ kind: 'refused', reason: 'crash', certain: true })
      expect((stop as { message: string }).message).toContain(signal)
      await bench.close()
    })
  }

  it('between calls is told by the next one', async () => {
    const bench = await Bench.booted(script)
    process.kill(bench.machine.pid as number, 'SIGKILL')
    await sleep(100)
    await expect(bench.run(['ok'])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_DEAD' })
    await bench.close()
  })

  it('of a child that stops answering is brought about by the parent', async () => {
    const bench = await Bench.booted(script, { service: { callWallMs: 100 } })
    process.kill(bench.machine.pid as number, 'SIGSTOP')
    const { stop } = await bench.run(['ok'])
    expect(stop).toMatchObject({ kind: 'refused', reason: 'wall-clock' })
    await bench.close()
  })
})

describe('signals to the whole group', () => {
  it('do not end the child: its parent finishes what it has in hand', async () => {
    const bench = await Bench.booted(script)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.kill(bench.machine.pid as number, signal)
    expect(await bench.call('ok')).toBe(1)
    await bench.close()
  })
})
