import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { spawnChild } from '../src/child-process.ts'
import { Bench } from './bench.ts'

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url))

describe('the child process', () => {
  it('may read its own files and nothing else, and knows nothing of its surroundings', async () => {
    const child = spawnChild({ childModule: fixture('nosy-child') })
    const output = text(child.output)
    await once(child.process, 'close')
    const { told, env, argv, stdin } = JSON.parse(await output) as {
      told: [string, string][]
      env: object
      argv: number
      stdin: number
    }
    for (const [name, outcome] of told) expect([name, outcome]).toEqual([name, 'ERR_ACCESS_DENIED'])
    expect(told).toHaveLength(6)
    expect(env).toEqual({ TZ: 'UTC' })
    expect(argv).toBe(2)
    expect(stdin).toBe(0)
  })

  it('keeps its time zone whatever the environment is', async () => {
    const script =
      'exports.zone = () => [new Date(0).getHours(), new Date(0).getTimezoneOffset(), String(new Date(0))]'
    const bench = await Bench.booted(script, { env: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' } })
    expect(await bench.call('zone')).toEqual([
      0,
      0,
      'Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)',
    ])
    await bench.close()
  })

  it('can be replaced by a test, for instance by one that leaves something to chance', async () => {
    const script = 'exports.draw = () => Math.random()'
    const bench = await Bench.booted(script, { childModule: fixture('chance-child') })
    expect(await bench.call('draw')).not.toBe(await bench.call('draw'))
    await bench.close()
  })

  it('ends when its parent is gone', async () => {
    const child = spawnChild({})
    const closed = once(child.process, 'close')
    child.input.destroy()
    child.output.destroy()
    expect(await closed).toEqual([0, null])
  })
})

describe('a child that does not keep to the protocol', () => {
  for (const how of ['garbage', 'oversized', 'cut', 'unknown', 'answers', 'throws', 'silence']) {
    it(`does not start: ${how}`, async () => {
      const start = Bench.start('', {
        childModule: fixture('broken-child'),
        env: { HOW: how },
        service: { startMs: how === 'silence' ? 500 : 20_000 },
      })
      await expect(start).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_NOT_STARTED' })
    })
  }
})
