/** `vms call` and `vms repl`: calls from the shell, and what goes wrong with them. */
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const ECHO = `
exports.echo = (...args) => args
exports.one = (value) => value
exports.nothing = () => {}
exports.fail = (message, code) => { throw Object.assign(new TypeError(message), code ? { code } : {}) }
exports.forever = () => { for (;;) {} }
exports.big = () => new Uint8Array(2 * 1024 * 1024)
exports.strange = () => () => 1
exports.constructorName = () => exports.constructor.name`

test('arguments are JSON, the result is one line of JSON', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.write('echo.js', ECHO))
  const port = `:${new URL(url).port}`
  const run = (...args: string[]) => vms(place, ['call', port, ...args])
  await run('nothing')
  expect(await run('echo', 'true', '"busy"', '-1.5', 'null', '{"a":[1]}')).toEqual({
    code: 0,
    stdout: '[true,"busy",-1.5,null,{"a":[1]}]\n',
    stderr: '',
  })
  expect(await run('nothing')).toMatchObject({ code: 0, stdout: 'null\n' })
  for (const json of [
    '{"$bytes":"AQL/"}',
    '{"$bigint":"-12"}',
    '{"$number":"NaN"}',
    '{"$map":[[1,{"$set":[2]}]]}',
    '{"$date":"1970-01-01T00:00:00.000Z"}',
  ]) {
    expect(await run('one', json)).toMatchObject({ code: 0, stdout: `${json}\n` })
  }
})

test('a call that throws, aborts or is refused is exit 1, and the host lives', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.write('echo.js', ECHO))
  const run = (...args: string[]) => vms(place, ['call', url, ...args, '--timeout', '20000'])
  await run('nothing')
  const thrown = await run('fail', '"not so"', '"EACCES"')
  expect(thrown).toMatchObject({ code: 1, stdout: '' })
  expect(thrown.stderr).toMatch(/fail threw TypeError: not so \(entry \d+\) \[EACCES\]/)
  // The script's code is not the program's: this is no network error.
  expect(await run('fail', '"x"', '"ERR_VMS_UNREACHABLE"')).toMatchObject({ code: 1 })
  for (const method of ['constructor', '__proto__', 'init', 'toString', 'missing', '']) {
    const { code, stdout, stderr } = await run(method)
    expect({ method, code, stdout }).toEqual({ method, code: 1, stdout: '' })
    expect(stderr).toContain('ERR_VMS_UNKNOWN_METHOD')
  }
  expect(await run('fial')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no method "fial"; did you mean fail?'),
  })
  for (const method of ['forever', 'big', 'strange']) {
    expect(await run(method)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/\[\w+\]/),
    })
  }
  expect(await run('one', '1')).toMatchObject({ code: 0, stdout: '1\n' })
})

test('a receipt is stored, and verify checks that it is in the log', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.example('rsvp.js'))
  expect(
    await vms(place, ['call', url, 'RSVP', 'true', '--receipt', 'mine.receipt']),
  ).toMatchObject({ code: 0 })
  expect(readFileSync(join(place.path, 'mine.receipt')).length).toBeGreaterThan(100)
  const { code, stderr } = await vms(place, ['verify', url, '--receipt', 'mine.receipt'])
  expect(code).toBe(0)
  expect(stderr).toContain('1 receipt')
  // That a call threw can be proven as well.
  expect(await vms(place, ['call', url, 'RSVP', '1', '--receipt', 'thrown.receipt'])).toMatchObject(
    { code: 1 },
  )
  expect(
    await vms(place, ['verify', url, '--receipt', 'mine.receipt', '--receipt', 'thrown.receipt']),
  ).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('2 receipts'),
  })
  expect(
    await vms(place, ['call', url, 'RSVP', 'true', '--receipt', 'no/such/place']),
  ).toMatchObject({ code: 2, stdout: '' })
})

test('a user name is for debug services only', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.example('whoami.js'))
  expect(await vms(place, ['call', url, 'whoami', '-u', 'bob'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('ERR_VMS_NOT_DEBUG'),
  })
})

test.skipIf(process.platform === 'win32')('a key that others may read is not used', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.example('whoami.js'))
  await vms(place, ['key', '--key', 'mine.key'])
  chmodSync(join(place.path, 'mine.key'), 0o644)
  expect(await vms(place, ['call', url, 'whoami', '--key', 'mine.key'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('chmod 600'),
  })
})

test('repl -e evaluates, awaits, and prints JSON', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.example('counter.js'))
  const run = (expression: string) => vmsProcess(place, ['repl', url, '-e', expression])
  await run('1')
  expect(await run('client.increment(5)')).toEqual({ code: 0, stdout: '5\n', stderr: '' })
  expect(await run('increment(1)')).toMatchObject({ code: 0, stdout: '6\n' })
  expect(await run('const n = await get(); ({ n, twice: n * 2 })')).toMatchObject({
    code: 0,
    stdout: '{"n":6,"twice":12}\n',
  })
  expect(await run('Object.keys(client)')).toMatchObject({
    code: 0,
    stdout: '["get","increment"]\n',
  })
  expect(await run('increment("x")')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('increment threw TypeError'),
  })
  expect(await run('nonsense(')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('ERR_VMS_EXPRESSION'),
  })
  expect(await run('nonsense()')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('nonsense is not defined'),
  })
})

test('piped text runs line by line, and the first error ends it', async () => {
  const place = makeWorkplace()
  const { url } = await execHost(place, place.example('counter.js'))
  await vms(place, ['key'])
  const good = await vmsProcess(
    place,
    ['repl', url],
    'const by = 3\nawait client.increment(by)\n\nfor (const n of [1, 2]) {\n  await increment(n)\n}\nget()\n',
  )
  expect(good).toEqual({ code: 0, stdout: expect.stringMatching(/^3\n6\n$/), stderr: '' })
  const bad = await vmsProcess(place, ['repl', url], 'increment()\nincrement("x")\nincrement()\n')
  expect(bad).toMatchObject({ code: 1, stdout: '7\n' })
  expect(await vmsProcess(place, ['repl', url], 'get(')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ERR_VMS_EXPRESSION'),
  })
  expect(await vmsProcess(place, ['repl', url, '-e', 'get()'])).toMatchObject({ stdout: '7\n' })
})
