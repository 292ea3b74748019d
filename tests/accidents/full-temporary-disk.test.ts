/** A reader whose temporary disk is full says so, with the exit code of what is incomplete, and accuses nobody. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { skipLoudly } from '../harness/skip-loudly.ts'
import { mountingWrapper } from '../harness/small-disk.ts'
import { BIN } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { Place } from '../service/place.ts'

const SCRIPT = `exports.put = (name, bytes) => System.files.writeFile('/' + name, 'x'.repeat(bytes))`

test('vms verify and vms files on a temporary disk of 600 KiB', {
  timeout: 120_000,
}, async (context) => {
  const wrapper = mountingWrapper()
  if (!wrapper) return skipLoudly(context, 'this user may not mount a file system')
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  const client = await place.connect(host)
  for (const name of ['a', 'b', 'c']) await client.$call('put', [name, 400_000])
  await client.$call('put', ['large', 900_000])
  const workplace = makeWorkplace()
  const disk = join(workplace.path, 'disk')
  mkdirSync(disk)
  const run = async (...args: string[]) => {
    const mount = `mount -t tmpfs -o size=600k none ${disk} && exec "$0" "$@"`
    const [program = '', ...rest] = [...wrapper, 'sh', '-c', mount, process.execPath, BIN, ...args]
    const child = spawn(program, rest, {
      cwd: workplace.path,
      env: { ...workplace.env, TMPDIR: disk },
    })
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    return { code: child.exitCode, said: stdout + stderr }
  }
  for (const args of [
    ['verify', host.url],
    ['files', 'get', host.url, '/large', 'copy'],
  ]) {
    const { code, said } = await run(...args)
    expect(said).toContain('ERR_VMS_DISK_FULL')
    expect(said).toContain('TMPDIR')
    expect(said).not.toContain('proven')
    expect(code).toBe(3)
  }
})
