/** Wrong flags, verbs, arguments and addresses: what a person mistypes, and what a shell makes of an unset variable. */
import { test } from 'vitest'
import { makeWorkplace } from '../../harness/workplace.ts'
import { expectRefusals, type Refusal } from './refusal.ts'

const KEY = 'y'.repeat(52)

test('verbs and flags that there are not are named, with a guess', async () => {
  const usage = (args: string[], says: RegExp | string): Refusal => [args, 2, 'ERR_VMS_USAGE', says]
  await expectRefusals(makeWorkplace(), [
    usage(['exce', 'x.js'], /unknown command 'exce'[\s\S]*Did you mean exec\?/),
    usage([''], "unknown command ''"),
    usage(['\u001b[31mred'], "unknown command '\\u{1b}[31mred'"),
    usage(['files', 'rm', ':5555'], "unknown command 'rm'"),
    usage(['--bogus'], "unknown option '--bogus'"),
    usage(['-x'], "unknown option '-x'"),
    usage(['exec', 'x.js', '--debgu'], /'--debgu'[\s\S]*Did you mean --debug\?/),
    usage(['exec', 'x.js', '--json', '--prot', '1'], /'--prot'[\s\S]*Did you mean --port\?/),
    usage(['dev', 'x.js', '--json'], "unknown option '--json'"),
    usage(['call', ':5555', 'x', '--recept', 'x'], /Did you mean --receipt\?/),
    usage(['repl', ':5555', '--evil', '1'], /Did you mean --eval\?/),
    usage(['verify', ':5555', '--stict', '--json'], "unknown option '--stict'"),
    usage(['log', ':5555', '--json'], /Did you mean --jsonl\?/),
    usage(['files', 'ls', ':5555', '--recursiv'], /Did you mean --recursive\?/),
    usage(['info', ':5555', '--jsno'], /Did you mean --json\?/),
    usage(['key', '--\u009b2J'], "unknown option '--\\u{9b}2J'"),
  ])
})

test('arguments that are missing or too many are named', async () => {
  const missing = (name: string): string => `missing required argument '${name}'`
  const table: [string[], string][] = [
    [['exec'], missing('script')],
    [['dev'], missing('script')],
    [['call'], missing('url')],
    [['call', ':5555'], missing('method')],
    [['repl'], missing('url')],
    [['verify', '--json'], 'say what to verify'],
    [['log', '--jsonl'], missing('address')],
    [['files', 'ls'], missing('address')],
    [['files', 'cat', ':5555'], missing('path')],
    [['files', 'get'], missing('address')],
    [['info', '--json'], missing('url')],
    [['exec', 'a.js', 'b.js'], 'too many arguments'],
    [['info', ':5555', 'x'], 'too many arguments'],
    [['key', 'x'], 'too many arguments'],
    [['exec', 'x.js', '-p'], 'argument missing'],
    [['call', ':5555', 'x', '-u'], 'argument missing'],
    [['repl', ':5555', '-e'], 'argument missing'],
  ]
  await expectRefusals(
    makeWorkplace(),
    table.map(([args, says]) => [args, 2, 'ERR_VMS_USAGE', says]),
  )
})

test('values that are none are refused, and an empty text is none', async () => {
  const port = 'whole number from 0 to 65535'
  const empty = 'must not be empty'
  const table: [string[], string][] = [
    ...['x', '-1', '65536', '', '0x10', '1e3', '5.5', ' 80'].map((value): [string[], string] => [
      ['exec', 'x.js', '-p', value],
      port,
    ]),
    ...['x', 'x:99999', 'x:0', ':1', ''].map((value): [string[], string] => [
      ['verify', ':5555', '--bootstrap', value],
      'host:port',
    ]),
    [['call', ':5555', 'x', '--timeout', '0'], 'whole number from 1'],
    [['call', ':5555', 'x', '--timeout', '99999999999'], 'whole number from 1'],
    [['log', ':5555', '-n', '-1'], 'whole number'],
    // `--host "$UNSET"` would let everybody in, `--dir ""` would be the directory that one is in.
    [['exec', 'x.js', '--host', ''], empty],
    [['exec', 'x.js', '--dir', '', '--json'], empty],
    [['exec', 'x.js', '--title', ''], empty],
    [['exec', ''], empty],
    [['dev', 'x.js', '--host', ''], empty],
    [['call', '', 'x'], empty],
    [['call', ':5555', 'x', '--receipt', ''], empty],
    [['repl', ':5555', '-e', ''], empty],
    [['verify', ''], empty],
    [['verify', ':5555', '--dir', ''], empty],
    [['verify', ':5555', '--files', ''], empty],
    [['verify', '--log', ''], empty],
    [['verify', ':5555', '--receipt', ''], empty],
    [['log', ''], empty],
    [['files', 'cat', ':5555', ''], empty],
    [['files', 'get', ':5555', '/x', ''], empty],
    [['info', ''], empty],
    [['key', '--key', ''], empty],
  ]
  await expectRefusals(
    makeWorkplace(),
    table.map(([args, says]) => [args, 2, 'ERR_VMS_USAGE', says]),
  )
})

test('addresses that are none are refused before anything is asked', async () => {
  const addresses = [
    'localhost:99999',
    'localhost:-1',
    'localhost:x',
    'localhost:',
    '256.1.1.1:80',
    '[::1',
    'http://',
    'ftp://example.org',
    'file:///etc/passwd',
    'user:password@localhost:1',
    'localhost:1?x',
    'localhost:1#x',
    'two words',
    '\u2028',
    'vms://',
    'vms://short',
    `vms://${KEY}y`,
    // A letter that z-base-32 does not have, and one whose last bits no key has.
    `vms://${KEY.slice(1)}l`,
    `vms://${KEY.slice(1)}b`,
    `vms://${'g'.repeat(64)}`,
    `hyper://${KEY}#x`,
    `ws://localhost:1/${KEY.slice(1)}l`,
    'ws://localhost:1/x//y',
  ]
  const verbs: ((address: string) => string[])[] = [
    (address) => ['info', address, '--json'],
    (address) => ['call', address, 'x'],
    (address) => ['verify', address, '--json'],
    (address) => ['verify', '--log', address],
    (address) => ['log', address, '--jsonl'],
    (address) => ['files', 'ls', address],
    (address) => ['repl', address, '-e', '1'],
  ]
  await expectRefusals(
    makeWorkplace(),
    addresses.flatMap((address) =>
      verbs.map((verb): Refusal => [verb(address), 2, 'ERR_VMS_BAD_ADDRESS']),
    ),
  )
})

test('addresses of another kind than the verb takes are refused', async () => {
  const key = `vms://${KEY}`
  const files = `hyper://${KEY}`
  await expectRefusals(makeWorkplace(), [
    [['call', files, 'x'], 2, 'ERR_VMS_USAGE', 'needs the address of a running host'],
    [['repl', files, '-e', '1'], 2, 'ERR_VMS_USAGE', 'needs the address of a running host'],
    [['info', key, '--json'], 2, 'ERR_VMS_USAGE', 'needs the address of a running host'],
    [['log', files, '--jsonl'], 2, 'ERR_VMS_USAGE', 'names files'],
    [['verify', files, '--json'], 2, 'ERR_VMS_USAGE', 'names files'],
    [['verify', './nowhere', '--json'], 2, 'ERR_VMS_USAGE', 'there is no directory ./nowhere'],
    [['log', '~/nowhere'], 2, 'ERR_VMS_USAGE', 'there is no directory'],
    [['files', 'ls', '/nowhere/at/all'], 2, 'ERR_VMS_USAGE', 'there is no directory'],
  ])
})

test('arguments of a call that are no JSON, or no value, are refused before the call', async () => {
  const bad = (text: string, says: RegExp | string): Refusal => [
    ['call', 'localhost:1', 'x', 'null', text],
    2,
    'ERR_VMS_BAD_ARGUMENT',
    says,
  ]
  await expectRefusals(makeWorkplace(), [
    bad('busy', /argument 2 is not JSON: busy[\s\S]*'"busy"'/),
    bad('', 'argument 2 is not JSON'),
    bad('{', 'single quotes around'),
    bad('{a:1}', 'single quotes around'),
    bad('[1,]', 'not JSON'),
    bad('1 2', 'not JSON'),
    bad("'x'", 'not JSON'),
    bad('undefined', 'not JSON'),
    bad('NaN', 'not JSON'),
    bad('\u001b[31m\u0007', 'argument 2 is not JSON: \\u{1b}[31m\\u{7}'),
    bad('x'.repeat(100_000), 'argument 2 is not JSON'),
    bad(`${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'nested too deeply'),
    bad('{"$bigint":"x"}', /argument 2: .*wants a string of digits[\s\S]*--help lists the forms/),
    bad('{"$bytes":"%%%"}', 'wants base64'),
    bad('{"$date":"x"}', 'wants an ISO date'),
    bad('{"$map":[1]}', 'wants an array of pairs'),
    bad('{"$nope":1}', 'is no known form'),
  ])
})

test('flags of --all are not ignored without it', async () => {
  const flags = [
    ['--parallel', '2'],
    ['--mirror', 'x'],
    ['--accept-script', 'a'.repeat(64)],
  ]
  await expectRefusals(
    makeWorkplace(),
    flags.map((flag) => [
      ['verify', ':5555', ...flag],
      2,
      'ERR_VMS_USAGE',
      `${flag[0]} needs --all`,
    ]),
  )
})
