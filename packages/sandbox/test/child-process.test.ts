import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { skipLoudly } from '../../../tests/harness/skip-loudly.ts'
import { childBundle, packBundle } from '../src/parent/child-bundle.ts'
import { spawnChild } from '../src/parent/child-process.ts'
import { Bench } from './bench.ts'
import { opened } from './open-bundle.ts'

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

/** Code that stands in for the bundle: tells over descriptor 4 what it comes to, which may take a while. */
const telling = (code: string) =>
  packBundle({
    cache: new Uint8Array(),
    runtime: '',
    runtimeCache: new Uint8Array(),
    library: '',
    code: `(async (require, addon) => {
  const fs = require('node:fs')
  const code = (attempt) => {
    try { attempt(); return 'done' } catch (error) { return error.code }
  }
  fs.writeSync(4, JSON.stringify(await (async () => { ${code} })()))
  process.exit(0)
})`,
  })

async function told(code: string, options: Parameters<typeof spawnChild>[0] = {}) {
  const child = spawnChild(options, opened(telling(code)))
  const output = await text(child.output)
  child.process.kill('SIGKILL')
  return JSON.parse(output)
}

describe('the child process that is handed its code', () => {
  it('may read nothing at all, and load no addon but the one', async () => {
    const attempts = `
      return [
        addon.ivm !== undefined,
        process.permission.has('fs.read'),
        process.permission.has('addon'),
        code(() => fs.readFileSync(process.execPath)),
        code(() => fs.readFileSync(process.argv[1])),
        code(() => fs.readdirSync('/')),
        code(() => fs.writeFileSync('nosy', '')),
        code(() => process.dlopen({ exports: {} }, process.argv[1])),
        code(() => require('node:child_process').execFileSync('/bin/true')),
        code(() => new (require('node:worker_threads').Worker)('', { eval: true })),
        process.env,
      ]`
    expect(await told(attempts)).toEqual([
      true,
      false,
      false,
      ...Array(7).fill('ERR_ACCESS_DENIED'),
      { TZ: 'UTC' },
    ])
  })

  it('has the descriptors that it was given and no other', async (context) => {
    if (process.platform !== 'linux')
      return skipLoudly(context, 'only Linux shows the descriptors and limits of a process')
    // Stands in for what a shell leaves open for all that it starts.
    const script = `
      import { spawnChild } from ${JSON.stringify(new URL('../src/parent/child-process.ts', import.meta.url).href)}
      import { packBundle } from ${JSON.stringify(new URL('../src/parent/child-bundle.ts', import.meta.url).href)}
      import { once } from 'node:events'
      import fs from 'node:fs'
      import { opened } from ${JSON.stringify(new URL('open-bundle.ts', import.meta.url).href)}
      const child = spawnChild({}, opened(packBundle({
        cache: new Uint8Array(),
        runtime: '',
        runtimeCache: new Uint8Array(),
        library: '',
        code: '((require) => { require("node:fs").writeSync(4, "here"); setInterval(() => {}, 1000) })',
      })))
      await once(child.output, 'data')
      const folder = '/proc/' + child.process.pid + '/fd/'
      for (const fd of fs.readdirSync(folder)) console.log(fd, fs.readlinkSync(folder + fd))
      child.process.kill('SIGKILL')`
    const file = fileURLToPath(import.meta.url)
    const run = spawnSync(
      '/bin/sh',
      ['-c', 'exec "$0" --input-type=module --eval "$1" 7<"$2"', process.execPath, script, file],
      { encoding: 'utf8' },
    )
    const open = run.stdout.trim().split('\n')
    expect(open).toContain('0 /dev/null')
    expect(open.filter((line) => line.includes(' /'))).toEqual(['0 /dev/null', '1 /dev/null'])
    expect(open.filter((line) => line.includes('socket:'))).toHaveLength(3)
  })

  it('is bounded by the system, and its priority is lower', async (context) => {
    if (process.platform !== 'linux')
      return skipLoudly(context, 'only Linux shows the descriptors and limits of a process')
    const child = spawnChild(
      { service: { memoryMiB: 100 } },
      opened(telling('await new Promise(() => {})')),
    )
    const { pid } = child.process as { pid: number }
    // The shell sets them before it becomes the child.
    await vi.waitFor(() => expect(fs.readlinkSync(`/proc/${pid}/exe`)).toContain('node'))
    const limits = fs.readFileSync(`/proc/${pid}/limits`, 'utf8')
    const limitOf = (name: string) => limits.split('\n').find((line) => line.startsWith(name))
    expect(limitOf('Max file size')).toMatch(/ 0 +0 /)
    expect(limitOf('Max core file size')).toMatch(/ 0 +0 /)
    expect(limitOf('Max open files')).toMatch(/ 64 +64 /)
    expect(limitOf('Max address space')).toContain(` ${(6 * 1024 + 400) * 2 ** 20} `)
    expect(os.getPriority(pid)).toBe(os.getPriority() + 5)
    child.process.kill('SIGKILL')
  })

  it('is where nothing of these sources has changed since it was made', async () => {
    const bench = await Bench.booted('exports.stack = () => 1')
    expect(childBundle()).not.toBeNull()
    expect(await bench.call('stack')).toBe(1)
    await bench.close()
  })

  it('ends when its parent is gone before it has its code', async () => {
    const child = spawnChild({}, null)
    const unread = spawnChild({}, opened(Buffer.alloc(0)))
    const closed = [once(child.process, 'close'), once(unread.process, 'close')]
    for (const { input, output } of [child, unread]) {
      input.destroy()
      output.destroy()
    }
    await Promise.all(closed)
  })
})

describe('where packages are found by symbolic links', () => {
  it('a child that reads its own files starts all the same', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vms-linked-'))
    const own = fileURLToPath(new URL('..', import.meta.url))
    fs.symlinkSync(own, path.join(folder, 'by-link'))
    fs.symlinkSync('by-link', path.join(folder, 'by-two-links'))
    const childModule = path.join(folder, 'by-two-links', 'src', 'child.ts')
    const bench = await Bench.booted('exports.one = () => 1', { childModule })
    expect(await bench.call('one')).toBe(1)
    await bench.close()
    fs.rmSync(folder, { recursive: true })
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
