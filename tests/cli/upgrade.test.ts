/** `vms upgrade`: by those who may, and `--check` for anybody. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

const V1 = `
exports.init = async () => { await System.files.writeFile('/count', '0') }
exports.add = async (n) => {
  const count = Number(await System.files.readFile('/count')) + n
  await System.files.writeFile('/count', String(count))
  return count
}
exports.half = (n) => n / 2
exports.later = (n) => System.alarm.at(Date.now() + 86400000, 'add', n)
`
/** The same but for odd numbers, and one method more. */
const V2 = `${V1.replace('n / 2', 'Math.trunc(n / 2)')}exports.twice = (n) => n * 2\n`

async function serve(place: Workplace, flags: readonly string[]) {
  place.write('v1.js', V1)
  place.write('v2.js', V2)
  const id = (await vms(place, ['key'])).stdout.trim()
  const host = await execHost(place, 'v1.js', ['--no-swarm', '--upgrade-by', id, ...flags])
  const call = async (...args: string[]) => (await vms(place, ['call', host.url, ...args])).stdout
  return { host, call }
}

test('--check finds the one call whose outcome would change, for anybody, and changes nothing', async () => {
  const place = makeWorkplace()
  const { host, call } = await serve(place, [])
  await call('add', '2')
  await call('half', '4')
  await call('half', '5')
  await call('later', '1')
  const log = await vms(place, ['log', host.url])
  const checked = await vms(place, ['upgrade', host.url, 'v2.js', '--check'])
  expect(checked.code).toBe(1)
  expect(checked.stderr).toContain('entry 5, call 0, half(): value')
  expect(checked.stderr).toMatch(/recorded +2\.5\n +new +2\n/)
  expect(checked.stderr).toContain(
    '5 calls of the history: the new script changes the outcome of 1',
  )
  const json = await vms(place, ['upgrade', host.url, 'v2.js', '--check', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    version: 1,
    entries: 7,
    calls: 5,
    different: 1,
    differences: [{ entry: 5, call: 0, method: 'half', expected: '2.5', got: '2' }],
  })
  // The same script, and one that only adds a method, change nothing; a directory will do.
  await host.process.finished('SIGTERM')
  writeFileSync(join(place.path, 'more.js'), `${V1}exports.twice = (n) => n * 2\n`)
  for (const same of ['v1.js', 'more.js'])
    expect(await vms(place, ['upgrade', '.vms/v1', same, '--check'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        '5 calls of the history: the new script gives the same outcomes',
      ),
    })
  const again = await execHost(place, 'v1.js')
  expect((await vms(place, ['log', again.url])).stdout).toContain(log.stdout.trim())
})

test('an upgrade takes effect, the history before and after it is verified, and a check passes over it', async () => {
  const place = makeWorkplace()
  const { host, call } = await serve(place, [])
  expect(await call('half', '5')).toBe('2.5\n')
  const upgraded = await vms(place, ['upgrade', host.url, 'v2.js', '--json'])
  expect(upgraded.code).toBe(0)
  expect(JSON.parse(upgraded.stdout)).toMatchObject({ version: 1, effect: expect.any(String) })
  expect(await call('half', '5')).toBe('2\n')
  expect(await call('twice', '5')).toBe('10\n')
  expect(await vms(place, ['verify', host.url])).toMatchObject({ code: 0 })
  const log = (await vms(place, ['log', host.url])).stdout
  expect(log).toMatch(/vms:upgrade\(/)
  expect(log).toMatch(/boot \(upgrade\): add, half, later, twice/)
  const back = await vms(place, ['upgrade', host.url, 'v1.js', '--check', '--json'])
  expect(back.code).toBe(1)
  expect(JSON.parse(back.stdout).differences).toMatchObject([
    { method: 'half', expected: '2', got: '2.5' },
    { method: 'twice', part: 'status', expected: 'returned', got: 'refused: no method "twice"' },
  ])
})

test('who may not is told so, and what cannot be a script is not sent', async () => {
  const place = makeWorkplace()
  place.write('v1.js', V1)
  const host = await execHost(place, 'v1.js')
  const refused = await vms(place, ['upgrade', host.url, 'v1.js'])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('ERR_VMS_NOT_UPGRADER')
  place.write('bad.js', 'exports.x = (')
  expect(await vms(place, ['upgrade', host.url, 'bad.js'])).toMatchObject({ code: 1 })
  expect(await vms(place, ['upgrade', host.url, 'v1.js', '--check', '--title', 'x'])).toMatchObject(
    {
      code: 2,
    },
  )
})

test('--check says of a script that does not boot that the host would drop such an upgrade', async () => {
  const place = makeWorkplace()
  const { host } = await serve(place, [])
  place.write('broken.js', `${V1}throw new Error('not today')\n`)
  const checked = await vms(place, ['upgrade', host.url, 'broken.js', '--check'])
  expect(checked).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /not today[\s\S]*ERR_VMS_SCRIPT_DOES_NOT_BOOT[\s\S]*would drop such an upgrade/,
    ),
  })
  expect(checked.stderr).not.toContain('unexpected:')
})
