/** The log as an operator sees it on stderr: for people as always, for programs a line of JSON each. */
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const SCRIPT = `
exports.say = async (text) => { console.log('\\u001b[31m' + text); console.debug('seen'); return 1 }
`

test('in JSON, each line is one, with levels, and no arguments but those that the script prints', async () => {
  const place = makeWorkplace()
  place.write('talk.js', SCRIPT)
  const host = await execHost(place, 'talk.js', [
    '--no-swarm',
    '--log-format',
    'json',
    '--log-level',
    'debug',
  ])
  expect(await vms(place, ['call', host.url, 'say', '"hello"'])).toMatchObject({ code: 0 })
  const { code, stderr } = await host.process.finished('SIGTERM')
  expect(code).toBe(143)
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const service = host.ledger.slice('vms://'.length)
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'info', msg: 'serving', url: host.url, ledger: host.ledger }),
  )
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'info', script: 'talk.js', msg: '\u001b[31mhello' }),
  )
  const called = lines.find(({ msg }) => msg === 'called')
  expect(called).toMatchObject({ level: 'debug', service, methods: ['say'], calls: 1 })
  expect(JSON.stringify(called)).not.toContain('hello')
  expect(lines.at(-1)).toMatchObject({ msg: expect.stringContaining('Final head') })
  // What scripts print stays text, whatever it is.
  expect(stderr).not.toContain('\u001b')
})

test('a level leaves out what is below it', async () => {
  const place = makeWorkplace()
  place.write('talk.js', SCRIPT)
  const host = await execHost(place, 'talk.js', ['--no-swarm', '--log-level', 'warn'])
  await vms(place, ['call', host.url, 'say', '"hello"'])
  const { stderr } = await host.process.finished('SIGINT')
  expect(stderr).toContain('Serving at')
  expect(stderr).not.toContain('hello')
})

test('a level or a format that there is not is refused', async () => {
  const place = makeWorkplace()
  place.write('talk.js', SCRIPT)
  for (const flags of [
    ['--log-level', 'loud'],
    ['--log-format', 'xml'],
  ])
    expect(await vmsProcess(place, ['exec', 'talk.js', ...flags])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(flags[0] as string),
    })
})
