import { afterEach, describe, expect, it } from 'vitest'
import { type CallResult, decodeJson, encodeJson } from '../src/index.ts'
import { Bench, type BenchOptions, seedOf } from './bench.ts'

const script = `
  let early
  System.alarm.at(0, 'ring').catch((error) => { early = error.code })
  exports.early = () => early
  exports.init = () => System.alarm.at(Date.now() + 5000, 'ring', 'init')
  exports.set = (time, method, ...args) => System.alarm.at(time, method, ...args)
  exports.setDate = (time) => System.alarm.at(new Date(time), 'ring')
  exports.odd = (kind) => System.alarm.at({ text: '2030', nan: NaN, none: undefined, fraction: 1500000.7, proxy: new Proxy(new Date(0), {}) }[kind], 'ring')
  exports.cancel = (id) => System.alarm.cancel(id)
  exports.list = async () => (await System.alarm.list()).map((alarm) => ({ ...alarm, time: alarm.time.getTime() }))
  exports.setAndThrow = async () => { await System.alarm.at(0, 'ring'); throw new Error('no') }
  exports.many = async (n) => { const ids = []; for (let i = 0; i < n; i++) ids.push(await System.alarm.at(0, 'ring', i)); return ids }
  exports.ring = async (...args) => { await System.files.writeFile('/rung', JSON.stringify([System.caller.id, Date.now(), args])); return args }
  exports.fail = async () => { await System.files.writeFile('/rung', 'never'); throw new Error('no') }
  exports.spin = () => { for (;;); }
  exports.pending = async () => (await System.alarm.list()).length
  exports.names = (recursive) => System.files.readdir('/', { recursive })
  exports.stats = async () => (await System.files.readdir('/', { stat: true })).map(({ name }) => name)
  exports.touch = async (operation, ...args) => { try { return await System.files[operation](...args) } catch (error) { return [error.name, error.code] } }
  exports.history = async () => (await System.files.history()).map(({ path }) => path)
  exports.shape = () => [Object.isFrozen(System.alarm), Object.keys(System.alarm), String(System.alarm.at), System.alarm.at.length]
`

const due = (id: string): number => Number(id.slice(0, 16))

describe('an alarm', () => {
  let bench: Bench
  afterEach(() => bench.close())

  const open = async (options: BenchOptions = {}): Promise<void> => {
    bench = await Bench.booted(script, options)
  }

  const fire = (
    id: string,
    run: { method: string; args: unknown[] } | null,
  ): Promise<CallResult> => {
    bench.position += 1
    const { time, position } = bench
    const encoded = run && { method: run.method, args: encodeJson(run.args) }
    return bench.machine.alarm({ time, position, seed: seedOf(3), id, run: encoded })
  }

  it('is a file whose name says when it is due and whose contents say what it is for', async () => {
    await open()
    const result = await bench.result('set', 2_000_000, 'ring', 'a', [1])
    const id = decodeJson(result.value as Uint8Array) as string
    expect(id).toBe(`0000000002000000-${String(bench.position).padStart(16, '0')}-000000`)
    expect(result.changes.map(({ path, kind }) => [path, kind])).toStrictEqual([
      ['/.vms', 'directory'],
      ['/.vms/alarms', 'directory'],
      [`/.vms/alarms/${id}`, 'file'],
    ])
    const file = result.changes.at(-1)
    expect(file?.kind === 'file' && decodeJson(file.data)).toStrictEqual(['ring', ['a', [1]]])
    expect(await bench.call('list')).toStrictEqual([
      { id, time: 2_000_000, method: 'ring', args: ['a', [1]] },
    ])
    // The folders are there now.
    expect((await bench.result('set', 2_000_000, 'ring')).changes).toHaveLength(1)
  })

  it('is due a second after the call at the soonest, and no later than the limit', async () => {
    await open({ limits: { alarmAheadMs: 600_000 } })
    const soonest = bench.time + 1_000
    expect(due((await bench.call('set', 0, 'ring')) as string)).toBe(soonest)
    expect(due((await bench.call('set', bench.time + 999, 'ring')) as string)).toBe(soonest)
    expect(due((await bench.call('setDate', bench.time + 2_000)) as string)).toBe(
      bench.time + 2_000,
    )
    expect(due((await bench.call('odd', 'fraction')) as string)).toBe(1_500_000)
    expect(due((await bench.call('set', bench.time + 600_000, 'ring')) as string)).toBe(
      bench.time + 600_000,
    )
    const far = { code: 'ERR_VMS_ALARM_TOO_FAR' }
    await expect(bench.call('set', bench.time + 600_001, 'ring')).rejects.toMatchObject(far)
    for (const kind of ['text', 'nan', 'none', 'proxy'])
      await expect(bench.call('odd', kind)).rejects.toMatchObject({ code: 'ERR_VMS_ALARM_TIME' })
  })

  it('is for a method of the script', async () => {
    await open()
    for (const method of ['init', 'missing', 'constructor', 1, null])
      await expect(bench.call('set', 0, method)).rejects.toMatchObject({
        code: 'ERR_VMS_ALARM_METHOD',
      })
  })

  it('is refused at the top level, and there for init', async () => {
    await open()
    expect(await bench.call('early')).toBe('ERR_VMS_ALARM_AT_TOP_LEVEL')
    expect(await bench.init()).toMatchObject({ status: 'returned' })
    expect(await bench.call('list')).toMatchObject([{ method: 'ring', args: ['init'] }])
  })

  it('is bounded in number and size', async () => {
    await open({ limits: { alarms: 3, alarmBytes: 50 } })
    const full = { code: 'ERR_VMS_ALARMS_FULL' }
    await expect(bench.call('many', 4)).rejects.toMatchObject(full)
    const [first] = (await bench.call('many', 3)) as string[]
    await expect(bench.call('set', 0, 'ring')).rejects.toMatchObject(full)
    expect(await bench.call('cancel', first)).toBe(true)
    expect(await bench.call('many', 1)).toHaveLength(1)
    const large = { code: 'ERR_VMS_ALARM_TOO_LARGE' }
    await expect(bench.call('set', 0, 'ring', 'x'.repeat(50))).rejects.toMatchObject(large)
  })

  it('is set with its call or not at all, and is cancelled once', async () => {
    await open()
    await expect(bench.call('setAndThrow')).rejects.toThrow('no')
    expect(await bench.call('pending')).toBe(0)
    const id = await bench.call('set', 0, 'ring')
    expect(await bench.call('cancel', id)).toBe(true)
    expect(await bench.call('cancel', id)).toBe(false)
    for (const strange of ['../../x', '', 'rung', 1, null])
      expect(await bench.call('cancel', strange)).toBe(false)
  })

  it('has an id of its own within a request, whatever the calls before it came to', async () => {
    await open()
    const { done } = await bench.run(['many', 2], ['setAndThrow'], ['many', 1])
    const ids = (done[0]?.results ?? [])
      .filter(({ status }) => status === 'returned')
      .flatMap(({ value }) => decodeJson(value as Uint8Array) as string[])
    expect(ids.map((id) => id.slice(-6))).toStrictEqual(['000000', '000001', '000003'])
    expect((await bench.call('list')) as unknown[]).toHaveLength(3)
  })

  it('calls its method without a caller, and is gone', async () => {
    await open()
    const id = (await bench.call('set', 0, 'ring', 'a')) as string
    bench.time += 5_000
    const result = await fire(id, { method: 'ring', args: ['a'] })
    expect(result).toMatchObject({ status: 'returned', oracles: [] })
    // That the alarm is gone is no change of the call.
    expect(result.changes.map(({ path }) => path)).toStrictEqual(['/rung'])
    expect(await bench.call('touch', 'readFile', '/rung')).toBe(
      JSON.stringify([null, bench.time, ['a']]),
    )
    expect(await bench.call('pending')).toBe(0)
  })

  it.each([
    ['throws', { method: 'fail', args: [] }, { status: 'thrown', error: { message: 'no' } }],
    [
      'is for a method that is no more',
      { method: 'gone', args: [] },
      { status: 'thrown', fuel: 0, error: { code: 'ERR_VMS_UNKNOWN_METHOD' } },
    ],
    ['is not to run', null, { status: 'skipped' }],
  ])('that %s is gone as well', async (_, run, expected) => {
    await open()
    const id = (await bench.call('set', 0, 'ring')) as string
    expect(await fire(id, run)).toMatchObject({ ...expected, changes: [] })
    expect(await bench.call('pending')).toBe(0)
    expect(await bench.call('names')).toStrictEqual([])
  })

  it('that is aborted is gone as well, and a boot is due', async () => {
    await open({ limits: { fuelPerCall: 1_000_000 } })
    const id = (await bench.call('set', 0, 'spin')) as string
    expect(await fire(id, { method: 'spin', args: [] })).toMatchObject({
      status: 'aborted',
      abort: 'fuel',
    })
    await expect(bench.call('pending')).rejects.toMatchObject({
      code: 'ERR_VMS_MACHINE_NOT_BOOTED',
    })
    await bench.boot()
    expect(await bench.call('pending')).toBe(0)
  })

  it('is refused as a call is when it runs into a backstop', async () => {
    await open({ service: { callWallMs: 200 }, limits: { fuelPerCall: 2 ** 31 - 1 } })
    const id = (await bench.call('set', 0, 'spin')) as string
    await expect(fire(id, { method: 'spin', args: [] })).rejects.toMatchObject({
      reason: 'wall-clock',
    })
  })

  it('lives in a folder that scripts neither see nor reach', async () => {
    await open()
    const set = await bench.result('set', 0, 'ring')
    expect(await bench.call('names')).toStrictEqual([])
    expect(await bench.call('names', true)).toStrictEqual([])
    expect(await bench.call('stats')).toStrictEqual([])
    bench.commit(set)
    expect(await bench.call('names', true)).toStrictEqual([])
    expect(await bench.call('history')).toStrictEqual([])
    const reserved = ['ReservedPathError', 'EACCES']
    for (const call of [
      ['readdir', '/.vms'],
      ['stat', '.vms/alarms'],
      ['writeFile', '/a/../.vms/alarms/x', 'x'],
      ['writeFile', '/.vms', 'x'],
      ['mkdir', '/.vms'],
      ['rmdir', '/.vms', { recursive: true }],
      ['rename', '/.vms', '/mine'],
      ['copy', '/x', '/.vms/x'],
      ['unlink', '//.vms//alarms/x'],
    ])
      expect(await bench.call('touch', ...(call as [string])), call.join(' ')).toStrictEqual(
        reserved,
      )
    expect(await bench.call('touch', 'writeFile', '/.vmsx', 'x')).toBeNull()
  })

  it('is set by functions that look like the engine own', async () => {
    await open()
    expect(await bench.call('shape')).toStrictEqual([
      true,
      ['at', 'cancel', 'list'],
      expect.stringContaining('[native code]'),
      2,
    ])
  })
})
