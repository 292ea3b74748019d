/** `vms check` as people and CI use it: real processes, real machines. */

import { expect, test } from 'vitest'
import { newCaller } from '../examples/example-service.ts'
import { testInTurn } from '../harness/in-turn.ts'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

async function check(place: Workplace, ...args: string[]) {
  const { code, stdout, stderr } = await vms(place, ['check', '--json', ...args])
  if (stdout === '') throw new Error(`vms check ${args.join(' ')} printed nothing:\n${stderr}`)
  return { code, stderr, report: JSON.parse(stdout) }
}

/** Whole checks, each of which runs a script under all conditions. */
const testWhole = testInTurn(3)

testWhole('an example is fine, with arguments of every kind', async () => {
  const place = makeWorkplace()
  const { code, report } = await check(place, place.example('registry.js'))
  expect(report).toMatchObject({ version: 1, verdict: 'fine', findings: [], unclear: [] })
  expect(report.calls.count).toBeGreaterThan(15)
  expect(report.agreed).toContain('interpreted only')
  expect(code).toBe(0)
})

test.each(['rsvp', 'keyserver', 'counter', 'whoami'])(
  'nothing is found by reading the example %s',
  async (name) => {
    const place = makeWorkplace()
    const { report } = await check(place, place.example(`${name}.js`), '--no-run')
    expect(report).toMatchObject({ verdict: 'fine', findings: [] })
  },
)

test('what is found stands at its line, with advice, and the exit code is 1', async () => {
  const place = makeWorkplace()
  const script = place.write(
    'state.js',
    'let visits = 0\n\nexports.visit = () => {\n  visits += 1\n  return [visits, process.env.HOME]\n}\n',
  )
  const { code, report, stderr } = await check(place, script, '--no-run')
  expect(code).toBe(1)
  expect(report.verdict).toBe('findings')
  expect(report.calls).toBeNull()
  expect(report.findings).toMatchObject([
    { code: 'MODULE_STATE', severity: 'warning', file: 'state.js', line: 4, column: 3 },
    { code: 'REFUSED_API', severity: 'error', file: 'state.js', line: 5, column: 19 },
  ])
  for (const words of [
    '! state.js:4:3: visits outlives the call that changes it, but a restart resets it',
    '> 4 |   visits += 1',
    'advice: put state into files',
    '✘ state.js:5:19: process is refused',
    'The check found something.',
  ])
    expect(stderr).toContain(words)
})

test('--no-warnings leaves out what may be meant so', async () => {
  const place = makeWorkplace()
  const script = place.write('state.js', 'let n = 0\nexports.a = () => { n += 1 }\n')
  expect(await check(place, script, '--no-run', '--no-warnings')).toMatchObject({
    code: 0,
    report: { verdict: 'fine', findings: [] },
  })
})

test('a bundle is reported at the lines of its sources', async () => {
  const place = makeWorkplace()
  place.write(
    'lib/store.ts',
    'export const all: string[] = []\n\nexport const add = (x: string): void => {\n  all.push(x)\n}\n',
  )
  const script = place.write(
    'app.ts',
    "import { add } from './lib/store.ts'\nexport const put = async (x: string): Promise<void> => add(x)\n",
  )
  const { report } = await check(place, script, '--no-run')
  expect(report.findings).toMatchObject([
    { code: 'MODULE_STATE', file: 'lib/store.ts', line: 4, column: 3 },
  ])
})

test.each([
  ['SYNTAX', 'exports.a = () => {\n  let = ;\n}\n', 2],
  ['IMPORT', "const fs = require('fs')\nexports.a = () => fs\n", 1],
  ['IMPORT', "const x = 1\nconst y = require('not-there')\nexports.a = () => x + y\n", 2],
])('a script that cannot be loaded: %s', async (code, source, line) => {
  const place = makeWorkplace()
  const checked = await check(place, place.write('broken.js', source))
  expect(checked.report.findings).toMatchObject([
    { code, severity: 'error', file: 'broken.js', line },
  ])
  expect(checked.code).toBe(1)
  expect(checked.stderr).toContain(`> ${line} | `)
})

testWhole('a script that does not start', async () => {
  const place = makeWorkplace()
  const top = await check(place, place.write('top.js', "\nthrow new Error('not today')\n"))
  expect(top).toMatchObject({
    code: 1,
    report: { findings: [{ code: 'DOES_NOT_START', line: 2 }] },
  })
  const init = place.write(
    'init.js',
    "exports.init = () => { throw new Error('no') }\nexports.a = () => 1\n",
  )
  expect((await check(place, init)).report.findings).toMatchObject([
    { code: 'DOES_NOT_START', message: 'init throws Error: no' },
  ])
})

testWhole('runs the calls of a file, and those of the examples in the script', async () => {
  const place = makeWorkplace()
  const script = place.write(
    'put.js',
    "/**\n * Puts.\n * @example put('a', 1)\n * @example put('b', 2)\n */\nexports.put = (name, x) => System.files.writeFile('/' + name, String(x))\n",
  )
  expect((await check(place, script)).report).toMatchObject({
    verdict: 'fine',
    calls: { from: 'examples', count: 2 },
  })
  const calls = place.write('calls.jsonl', '{"method":"put","args":["c",3]}\n{"method":"gone"}\n')
  expect((await check(place, script, '--calls', calls)).report).toMatchObject({
    verdict: 'fine',
    calls: { from: 'file', count: 1 },
    unknownMethods: ['gone'],
  })
})

testWhole(
  'runs a new version on the calls of a running service, and of a stopped one',
  async () => {
    const place = makeWorkplace()
    const host = await execHost(place, place.example('counter.js'))
    const { service } = await newCaller<{ increment(by: number): number }>(host.url)
    for (let i = 1; i <= 3; i++) await service.increment(i)
    const expected = { code: 0, report: { verdict: 'fine', calls: { from: 'ledger', count: 3 } } }
    expect(await check(place, 'counter.js', '--ledger', host.url)).toMatchObject(expected)
    await host.process.finished('SIGTERM')
    expect(await check(place, 'counter.js', '--ledger', host.directory)).toMatchObject(expected)
  },
)

test('wrong usage is 2', async () => {
  const place = makeWorkplace()
  const script = place.example('rsvp.js')
  for (const args of [
    ['missing.js'],
    [script, '--calls', 'missing.jsonl'],
    [script, '--calls', place.write('bad.jsonl', 'x')],
    [script, '--calls', 'x', '--ledger', 'y'],
    [script, '--ledger', place.path],
  ])
    expect((await vms(place, ['check', ...args])).code, args.join(' ')).toBe(2)
})

test('vms exec says once that a script keeps state in variables', async () => {
  const place = makeWorkplace()
  const script = place.write(
    'state.js',
    'let n = 0\nconst seen = []\nexports.a = () => { n += 1; seen.push(n) }\n',
  )
  const { stderr } = (await execHost(place, script)).process
  expect(stderr).toContain(
    '! state.js:3: methods change a variable (and 1 more), and a restart resets it',
  )
  expect(stderr.match(/put state into files/g)).toHaveLength(1)
  expect((await execHost(place, place.example('rsvp.js'))).process.stderr).not.toContain(
    'state belongs',
  )
})
