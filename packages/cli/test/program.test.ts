import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { runCommand } from '../src/program.ts'
import { keep } from './silent-output.ts'
import { tempDirectory } from './temp-directory.ts'

/** Runs a command line in this process, in an empty directory. */
async function vms(args: readonly string[], cwd = tempDirectory()) {
  const { output, kept } = keep()
  const code = await runCommand(args, {
    output,
    cwd,
    env: {},
    stdin: Readable.from([]),
    exitCode: 0,
  })
  return { code, ...kept }
}

const VERBS = ['exec', 'dev', 'call', 'repl', 'verify', 'log', 'files', 'info', 'key']

test('no verb at all shows the help on stderr, as wrong usage', async () => {
  const { code, stdout, stderr } = await vms([])
  expect(code).toBe(2)
  expect(stdout).toBe('')
  for (const verb of VERBS) expect(stderr).toMatch(new RegExp(`^ +${verb} `, 'm'))
  expect(stderr).toContain('Exit codes:')
})

test.each([['--help'], ['help'], ...VERBS.map((verb) => [verb, '--help'])])(
  '%s %s goes to stdout and shows examples',
  async (...args) => {
    const { code, stdout, stderr } = await vms(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('vms ')
    expect(stdout).toMatch(/Examples?:\n/)
  },
)

test('the version is the package’s', async () => {
  expect(await vms(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: '',
  })
})

test.each<[string, string[], RegExp]>([
  ['an unknown verb', ['exce', 'x.js'], /unknown command 'exce'[\s\S]*Did you mean exec/],
  [
    'an unknown flag, with a suggestion',
    ['exec', 'x.js', '--debgu'],
    /unknown option '--debgu'[\s\S]*Did you mean --debug/,
  ],
  ['an unknown flag of verify', ['verify', ':5555', '--stict'], /unknown option '--stict'/],
  ['a missing argument', ['exec'], /missing required argument 'script'/],
  ['an argument too many', ['info', ':5555', 'x'], /too many arguments/],
  ['a port that is none', ['exec', 'x.js', '-p', '70000'], /whole number from 0 to 65535/],
  ['a port that is no number', ['exec', 'x.js', '-p', '5.5'], /whole number/],
  ['a bootstrap node without a port', ['verify', ':5555', '--bootstrap', 'localhost'], /host:port/],
  ['a timeout of nothing', ['call', ':5555', 'x', '--timeout', '0'], /whole number/],
  ['a missing script', ['exec', 'nowhere.js'], /there is no file nowhere\.js.*ERR_VMS_USAGE/],
  [
    'an argument that is not JSON',
    ['call', ':5555', 'RSVP', 'busy'],
    /argument 1 is not JSON: busy[\s\S]*'"busy"'/,
  ],
  ['an address that is none', ['call', 'not an address', 'x'], /ERR_VMS_BAD_ADDRESS/],
  [
    'stopping a service by its key alone',
    ['stop', `vms://${'y'.repeat(52)}`],
    /does not say which host it is at[\s\S]*--at/,
  ],
  ['stopping a whole host', ['stop', 'localhost:1'], /needs the address of a service/],
  ['deploying to a service', ['deploy', 'x.js', '--to', `:1/${'y'.repeat(52)}`], /without that of/],
  ['a size without a unit that there is', ['host', '--quota-script', '1MB'], /64KiB or 2GiB/],
  ['an admin who is no caller', ['host', '--admin', 'bob'], /a caller id, as vms key prints it/],
  ['nothing to verify', ['verify'], /say what to verify/],
  ['a directory that is not there', ['verify', './nowhere'], /there is no directory/],
  ['files where a ledger is wanted', ['log', `hyper://${'y'.repeat(52)}`], /names files/],
  ['a receipt that is not there', ['verify', ':5555', '--receipt', 'nowhere'], /no receipt/],
  ['files without a verb', ['files'], /Usage: vms files/],
])('%s is wrong usage: exit 2, said on stderr', async (_name, args, message) => {
  const { code, stdout, stderr } = await vms(args)
  expect(stderr).toMatch(message)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('a script with a syntax error: exit 1, code frame, no stack', async () => {
  const cwd = tempDirectory()
  writeFileSync(join(cwd, 'bad.js'), 'exports.a = () => {\n  return (1 +\n}\n')
  for (const verb of ['exec', 'dev']) {
    const { code, stdout, stderr } = await vms(
      [verb, 'bad.js', ...(verb === 'dev' ? ['--once'] : [])],
      cwd,
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/bad\.js:3:1: Unexpected "}" \[ERR_VMS_SCRIPT_SYNTAX\]/)
    expect(stderr).toContain('> 3 | }')
    expect(stderr).not.toMatch(/^\s+at /m)
  }
})

test('a host that is not there: exit 3 for each verb', async () => {
  const cwd = tempDirectory()
  const key = ['--key', join(cwd, 'k')]
  for (const args of [
    ['call', 'localhost:1', 'x', ...key],
    ['repl', 'localhost:1', '-e', '1', ...key],
    ['verify', 'localhost:1'],
    ['log', 'localhost:1'],
    ['files', 'ls', 'localhost:1'],
    ['info', 'localhost:1'],
  ]) {
    const { code, stdout, stderr } = await vms(args, cwd)
    expect({ args, code, stdout }).toEqual({ args, code: 3, stdout: '' })
    expect(stderr).toContain('ERR_VMS_UNREACHABLE')
  }
})

test('verify --json of an unreachable host still prints one object', async () => {
  const { code, stdout } = await vms(['verify', 'localhost:1', '--json'])
  expect(code).toBe(3)
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    verdict: 'incomplete',
    findings: [],
    error: { code: 'ERR_VMS_UNREACHABLE' },
  })
})

test('an empty directory holds no ledger: exit 2', async () => {
  const cwd = tempDirectory()
  mkdirSync(join(cwd, 'empty'))
  for (const verb of ['verify', 'log']) {
    expect(await vms([verb, 'empty'], cwd)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ERR_VMS_NO_LEDGER'),
    })
  }
})

test('key prints the same id each time, and says on stderr when it makes one', async () => {
  const file = join(tempDirectory(), 'k')
  const first = await vms(['key', '--key', file])
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[a-z1-9]{52}\n$/) })
  expect(first.stderr).toContain(file)
  expect(await vms(['key', '--key', file])).toEqual({ code: 0, stdout: first.stdout, stderr: '' })
})
