/** `vms exec` as people and programs use it: real processes, ports and directories. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { startVms, vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

test('one line of JSON on stdout, everything for people on stderr', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('rsvp.js'))
  expect(host).toMatchObject({
    event: 'ready',
    url: expect.stringMatching(/^ws:\/\/localhost:\d+$/),
    ledger: expect.stringMatching(/^vms:\/\/[a-z1-9]{52}$/),
    files: expect.stringMatching(/^hyper:\/\/[a-z1-9]{52}$/),
    directory: join(place.path, '.vms', 'rsvp'),
    methods: ['RSVP', 'list'],
  })
  const { stderr } = host.process
  for (const words of [
    'Serving at localhost:',
    'Service directory',
    host.files,
    host.ledger,
    'vms call',
    'vms verify',
    'Ctrl-C',
  ]) {
    expect(stderr).toContain(words)
  }
  expect(stderr.match(/public for ever/g)).toHaveLength(1)
  expect(stderr).not.toContain('DEBUG')
  expect(statSync(host.directory).mode & 0o777).toBe(0o700)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s: a clean stop that says the final head', async (signal, code) => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  expect(await vms(place, ['call', host.url, 'increment'])).toMatchObject({
    code: 0,
    stdout: '1\n',
  })
  const end = await host.process.finished(signal)
  expect(end.code).toBe(code)
  expect(end.stderr).toMatch(/Final head: 4 entries, [0-9a-f]{64} of vms:\/\//)
  expect(end.stdout.trim().split('\n')).toHaveLength(1)
})

test('a second SIGINT at once, as npm sends it, changes nothing', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  host.process.child.kill('SIGINT')
  const end = await host.process.finished('SIGINT')
  expect(end.code).toBe(130)
  expect(end.stderr).toContain('Final head')
})

test('a restart goes on with the same ledger and the same files', async () => {
  const place = makeWorkplace()
  const script = place.example('counter.js')
  const first = await execHost(place, script)
  await vms(place, ['call', first.url, 'increment', '41'])
  await first.process.finished('SIGTERM')
  const second = await execHost(place, script)
  expect(second.ledger).toBe(first.ledger)
  expect(second.process.stderr).toContain('goes on with 5 entries')
  expect(await vms(place, ['call', second.url, 'increment'])).toMatchObject({ stdout: '42\n' })
})

test('another script on the same directory is refused, with what to do', async () => {
  const place = makeWorkplace()
  const first = await execHost(place, place.example('counter.js'))
  await first.process.finished('SIGTERM')
  place.write('counter.js', 'exports.get = () => 0')
  const { code, stdout, stderr } = await vmsProcess(place, [
    'exec',
    'counter.js',
    '-p',
    '0',
    '--no-swarm',
  ])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('ERR_VMS_SCRIPT_DIFFERS')
  expect(stderr).toContain('--dir')
})

test('a second host on the same directory is refused by name', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('counter.js'))
  const { code, stderr } = await vmsProcess(place, ['exec', 'counter.js', '-p', '0', '--no-swarm'])
  expect(code).toBe(3)
  expect(stderr).toContain('ERR_VMS_LEDGER_LOCKED')
  expect(stderr).toContain(host.directory)
})

test('a port that is taken suggests -p', async () => {
  const place = makeWorkplace()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const { code, stdout, stderr } = await vmsProcess(place, [
    'exec',
    place.example('counter.js'),
    '-p',
    String(port),
    '--no-swarm',
  ])
  server.close()
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toMatch(/ERR_VMS_PORT_TAKEN[\s\S]*-p/)
})

test('a script that fails at the start deploys nothing', async () => {
  const place = makeWorkplace()
  for (const [name, text, part] of [
    ['top.js', 'exports.a = () => 1; throw new Error("not today")', 'not today'],
    [
      'init.js',
      'exports.a = () => 1; exports.init = async () => { throw new Error("no init") }',
      'no init',
    ],
    ['none.js', 'exports.x = 5', 'exports no functions'],
  ] as const) {
    const { code, stderr } = await vmsProcess(place, [
      'exec',
      place.write(name, text),
      '-p',
      '0',
      '--no-swarm',
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('ERR_VMS_SCRIPT_FAILED')
    expect(stderr).toContain(part)
    // Once it is mended, the same directory serves it.
    place.write(name, 'exports.fine = () => 1')
    const host = await execHost(place, name)
    expect(host.methods).toEqual(['fine'])
    await host.process.finished('SIGTERM')
  }
})

test('debug mode says so loudly, in the block and after a restart', async () => {
  const place = makeWorkplace()
  const script = place.example('whoami.js')
  const first = await execHost(place, script, ['--no-swarm', '--debug'])
  expect(first.process.stderr).toContain('DEBUG MODE')
  expect(await vms(place, ['call', first.url, 'whoami', '-u', 'bob'])).toMatchObject({
    code: 0,
    stdout: '{"id":"debug:bob","profile":null}\n',
  })
  await first.process.finished('SIGTERM')
  const second = await execHost(place, script)
  expect(second.process.stderr).toContain('DEBUG MODE')
})

test('what the script prints goes to stderr, harmless to the terminal', async () => {
  const place = makeWorkplace()
  const host = await execHost(
    place,
    place.write('talk.js', `exports.say = (text) => { console.log(text) }`),
  )
  await vms(place, ['call', host.url, 'say', '"hello \\u001b[31m\\u0007"'])
  await host.process.until(({ stderr }) =>
    /talk\.js\] log.*hello \\u\{1b\}\[31m\\u\{7\}/.test(stderr),
  )
  expect(host.process.stdout.trim().split('\n')).toHaveLength(1)
})

test('--dir, --title and TypeScript with imports', async () => {
  const place = makeWorkplace()
  place.write('lib/twice.ts', 'export const twice = (n: number): number => n * 2')
  place.write(
    'main.ts',
    `import { twice } from './lib/twice.ts'\nexport const double = async (n: number): Promise<number> => twice(n)`,
  )
  const host = await execHost(place, 'main.ts', [
    '--no-swarm',
    '--dir',
    'data/here',
    '--title',
    'Doubler',
  ])
  expect(host.directory).toBe(join(place.path, 'data', 'here'))
  expect(await vms(place, ['call', host.url, 'double', '21'])).toMatchObject({
    code: 0,
    stdout: '42\n',
  })
  expect(await vms(place, ['info', host.url])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Title +Doubler$/m),
  })
  expect(await vms(place, ['verify', host.url])).toMatchObject({ code: 0 })
})

test('the key is made on first use, for its owner alone, and said on stderr', async () => {
  const place = makeWorkplace()
  const host = await execHost(place, place.example('whoami.js'))
  const file = join(place.path, 'home', '.config', 'vms', 'caller.key')
  expect(existsSync(file)).toBe(false)
  const first = await vms(place, ['call', host.url, 'whoami'])
  expect(first.stderr).toContain(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const { stdout: id } = await vms(place, ['key'])
  expect(JSON.parse(first.stdout)).toEqual({ id: id.trim(), profile: null })
  expect(first.stderr).not.toContain(readFileSync(file, 'utf8').trim())
  expect(await vms(place, ['call', host.url, 'whoami'])).toMatchObject({
    stdout: first.stdout,
    stderr: '',
  })
})

test('SIGINT while it starts stops it all the same', async () => {
  const place = makeWorkplace()
  const running = startVms(place, ['exec', place.example('rsvp.js'), '-p', '0', '--no-swarm'])
  await new Promise((resolve) => setTimeout(resolve, 700))
  const { code } = await running.finished('SIGINT')
  // Before the handler is there, the signal itself ends it.
  expect([130, null]).toContain(code)
})

test('errors of TypeScript are shown where they were written', async () => {
  const place = makeWorkplace()
  place.write(
    'lib/fail.ts',
    `interface Reason {
  readonly why: string
}

export function fail(reason: Reason | null): string {
  return (reason as Reason).why
}
`,
  )
  const script = place.write(
    'service.ts',
    `import { fail } from './lib/fail.ts'

type Nothing = null

export const get = (): string => fail(null as Nothing)
`,
  )
  const host = await execHost(place, script)
  expect(await vms(place, ['call', host.url, 'get'])).toMatchObject({ code: 1 })
  const { stderr } = await host.process.finished('SIGTERM')
  expect(stderr).toContain('lib/fail.ts:6:29')
  expect(stderr).toContain('service.ts:5:34')
})
