/** Every command ends in a process of its own as it does in the one that other tests share. */
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { hostMany } from '../harness/vms-many.ts'
import { type Finished, vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

/** Without how long it took. */
const timeless = ({ stderr, ...rest }: Finished): Finished => ({
  ...rest,
  stderr: stderr.replace(/\d+\.\d s\b/g, 's'),
})

test('each command writes and exits the same', async () => {
  const place = makeWorkplace()
  const script = place.example('counter.js')
  const [one, many] = await Promise.all([execHost(place, script), hostMany(place)])
  const { stdout } = await vmsProcess(place, ['deploy', script, '--to', many.url, '--json'])
  const { url } = JSON.parse(stdout) as { url: string }
  const lines: [args: string[], code: number][] = [
    [['key'], 0],
    [['call', one.url, 'get'], 0],
    [['call', one.url, 'missing'], 1],
    [['repl', one.url, '-e', 'await get()'], 0],
    [['verify', one.url], 0],
    [['log', one.url, '--jsonl'], 0],
    [['files', 'ls', one.url], 0],
    [['info', one.url, '--json'], 0],
    [['types', script], 0],
    [['check', script, '--no-run', '--json'], 0],
    [['deploy', script, '--to', one.url], 2],
    [['upgrade', one.url, script], 1],
    [['services', many.url, '--json'], 0],
    [['start', url], 1],
    [['stop', one.url], 2],
    [['remove', one.url], 2],
    [['exec', 'missing.js'], 2],
    [['dev', 'missing.js', '--once'], 2],
    [['host', '--port', 'x'], 2],
    [['--help'], 0],
    [['nonsense'], 2],
  ]
  for (const [args, code] of lines) {
    const alone = timeless(await vmsProcess(place, args))
    expect({ args, ...timeless(await vms(place, args)) }).toEqual({ args, ...alone })
    expect({ args, code: alone.code }, alone.stderr).toEqual({ args, code })
  }
})
