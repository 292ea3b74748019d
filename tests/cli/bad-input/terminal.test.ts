/** Text of strangers: what scripts, callers and hosts write reaches no terminal raw, and breaks no JSON. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vmsBatch } from '../../harness/vms-batch.ts'
import { execHost } from '../../harness/vms-host.ts'
import { startVms } from '../../harness/vms-process.ts'
import { vms } from '../../harness/vms-warm.ts'
import { makeWorkplace } from '../../harness/workplace.ts'
import { expectHarmless } from './refusal.ts'

/** Clears a terminal, sets its title, rings, breaks the line, reads backwards. */
const HOSTILE = '\u001b[2J\u001b]0;x\u0007\u009b31m\u0000\r\n\u2028\u202e\u200f'

const SCRIPT = `
const hostile = ${JSON.stringify(HOSTILE)}
exports.init = async () => {
  await System.files.mkdir('/' + hostile.replaceAll('\\0', ''))
  await System.files.writeFile('/' + hostile.replaceAll('\\0', '') + '/ünï 日本 🎉.txt', hostile)
}
exports.say = (value) => { console.log(hostile, value); console.error(hostile) }
exports.give = () => ({ [hostile]: [hostile, new Map([[hostile, 1]])] })
exports.fail = () => { throw Object.assign(new TypeError(hostile), { name: hostile, code: hostile }) }
exports.same = (value) => value
exports[hostile] = () => 1`

/** A directory's name in the files, which hold no NUL. */
const FOLDER = HOSTILE.replaceAll('\0', '')

test('nothing that a script says or returns, in any place, reaches the terminal raw', async () => {
  const place = makeWorkplace()
  const name = `hostile${FOLDER.replaceAll('/', '')}.js`
  const host = await execHost(place, place.write(name, SCRIPT), ['--no-swarm', '--title', FOLDER])
  const { url } = host
  const port = `:${new URL(url).port}`
  expectHarmless('exec --json', host.process.stdout)
  expect(host.methods).toContain(HOSTILE)
  await vms(place, ['key'])
  const call = (...args: string[]): string[] => ['call', port, ...args]
  const results = await vmsBatch(
    place,
    [
      call('say', JSON.stringify(HOSTILE)),
      call('give'),
      call('same', JSON.stringify({ [HOSTILE]: HOSTILE })),
      call(HOSTILE),
      ['repl', port, '-e', 'give()'],
      ['repl', port, '-e', 'client.$info.methods'],
      ['files', 'ls', port],
      ['files', 'ls', port, '-r'],
      ['info', port],
      ['info', port, '--json'],
      ['log', port],
      ['log', port, '--jsonl'],
      ['verify', port, '--json'],
    ],
    { atOnce: 1 },
  )
  for (const [i, { code, stdout, stderr }] of results.entries()) {
    expect({ i, code, stderr }).toMatchObject({ i, code: 0 })
    expectHarmless(`stdout of ${i}`, stdout)
    expectHarmless(`stderr of ${i}`, stderr)
  }
  const json = (i: number): unknown => JSON.parse(results[i]?.stdout ?? '')
  expect(json(1)).toEqual({ [HOSTILE]: [HOSTILE, { $map: [[HOSTILE, 1]] }] })
  expect(json(2)).toEqual({ [HOSTILE]: HOSTILE })
  expect(json(4)).toEqual(json(1))
  expect(json(9)).toMatchObject({ title: FOLDER })
  expect(json(9)).toMatchObject({ methods: expect.arrayContaining([HOSTILE]) })
  const entries =
    results[11]?.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)) ?? []
  expect(entries[0]).toMatchObject({ script: { name, title: FOLDER } })
  expect(entries[3]).toMatchObject({ calls: [{ args: [HOSTILE] }] })
  expect(results[7]?.stdout).toContain('/ünï 日本 🎉.txt')
  const failed = await vms(place, call('fail'))
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expectHarmless('fail', failed.stderr)
  expect(failed.stderr).toMatch(
    /^✘ fail threw \\u\{1b\}\[2J.* \(entry \d+\) \[\\u\{1b\}\[2J.*\]\n$/,
  )
  await host.process.until(({ stderr }) => stderr.includes('] error '))
  expectHarmless('stderr of exec', host.process.stderr)
  expect((await host.process.finished('SIGTERM')).code).toBe(143)
})

test('files are copied under their names, whatever these are', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.write('files.js', SCRIPT))
  expect(await vms(place, ['files', 'get', url, `/${FOLDER}`, 'copy'])).toMatchObject({
    code: 0,
    stdout: '',
  })
  expect(existsSync(join(place.path, 'copy', 'ünï 日本 🎉.txt'))).toBe(true)
  // A pipe gets the bytes as they are.
  const { stdout } = await vms(place, ['files', 'cat', url, `/${FOLDER}/ünï 日本 🎉.txt`])
  expect(stdout).toBe(HOSTILE)
})

test('what a person types comes back harmless too', async () => {
  const place = makeWorkplace()
  const name = `here${FOLDER.replaceAll('/', '')}`
  const host = await execHost(place, place.write(`${name}.js`, 'exports.a = () => 1'), [
    '--no-swarm',
  ])
  await host.process.finished('SIGTERM')
  const results = await vmsBatch(place, [
    ['verify', join('.vms', name), '--json'],
    ['log', join('.vms', name)],
    ['key', '--key', `${name}.key`],
    ['files', 'get', join('.vms', name), '/', `${name}.copy`],
  ])
  for (const [i, { code, stdout, stderr }] of results.entries()) {
    expect({ i, code, stderr }).toMatchObject({ i, code: 0 })
    expectHarmless(`stdout of ${i}`, stdout)
    expectHarmless(`stderr of ${i}`, stderr)
  }
})

test('colour is for terminals, and NO_COLOR ends it there too', async () => {
  const place = makeWorkplace()
  place.write('bad.js', 'exports.a = (')
  const run = async (env: NodeJS.ProcessEnv): Promise<string> => {
    const running = startVms(place, ['exec', 'bad.js', '--json'], env)
    const { code, stdout, stderr } = await running.finished()
    expect(code).toBe(1)
    expectHarmless('stdout', stdout)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_VMS_SCRIPT_SYNTAX' } })
    return stderr
  }
  const plain = { NO_COLOR: undefined }
  expectHarmless('no terminal', await run(plain))
  expectHarmless('NO_COLOR', await run({ NO_COLOR: '1', FORCE_COLOR: '1' }))
  expect(await run({ ...plain, FORCE_COLOR: '1' })).toContain('\u001b[')
})
