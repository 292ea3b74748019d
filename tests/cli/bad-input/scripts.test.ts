/** Scripts that cannot be served: each is refused with what is wrong with it and where, and nothing is deployed. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vmsBatch } from '../../harness/vms-batch.ts'
import { makeWorkplace, type Workplace } from '../../harness/workplace.ts'
import { expectHarmless, expectRefusals, type Refusal } from './refusal.ts'

/** Machines that start at a time. */
const AT_ONCE = 3

interface Bad {
  readonly name: string
  readonly text: string | Uint8Array
  readonly code: string
  readonly says: RegExp | string
}

const bad = (
  name: string,
  text: string | Uint8Array,
  code: string,
  says: RegExp | string,
): Bad => ({
  name,
  text,
  code,
  says,
})

const syntax = (name: string, text: string, says: RegExp | string): Bad =>
  bad(name, text, 'ERR_VMS_SCRIPT_SYNTAX', says)

const imports = (name: string, text: string, says: RegExp | string): Bad =>
  bad(name, text, 'ERR_VMS_SCRIPT_IMPORT', says)

const fails = (name: string, text: string, says: RegExp | string): Bad =>
  bad(name, text, 'ERR_VMS_SCRIPT_FAILED', says)

/** Writes the scripts and tries each with `exec` or with `dev`, which load and start them alike. */
async function expectBad(place: Workplace, scripts: readonly Bad[]): Promise<void> {
  for (const { name, text } of scripts) writeFileSync(join(place.path, name), text)
  const table = scripts.map(({ name, code, says }, i): Refusal => {
    const exec = ['exec', name, '-p', '0', '--no-swarm', '--dir', `data-${i}`, '--json']
    return [i % 2 === 0 ? exec : ['dev', name, '-p', '0', '--once'], 1, code, says]
  })
  await expectRefusals(place, table, { atOnce: AT_ONCE })
}

test('what does not parse is shown in a frame, with file, line and column', async () => {
  const place = makeWorkplace()
  await expectBad(place, [
    syntax(
      'a.js',
      'exports.a = () => {\n  return (1 +\n}\n',
      /a\.js:3:1: .*\n\n[\s\S]*> 3 \| }\n +\| \^/,
    ),
    syntax('b.ts', 'export const a: = 1\n', /b\.ts:1:17: [\s\S]*> 1 \| export const a/),
    syntax('c.mjs', 'export const a = 1\nexport const a = 2', /c\.mjs:2:14: .*"a"/),
    syntax(
      'crlf.js',
      'exports.a = () => {\r\n\treturn )\r\n}',
      /crlf\.js:2:9: [\s\S]*> 2 \| \treturn \)/,
    ),
    syntax('engine.js', '\nexports.a = () => /(/', /engine\.js:2:19: Invalid regular expression/),
    syntax('strict.js', 'exports.a = () => {\n  with ({}) {}\n}', /strict\.js:2:3: Strict mode/),
    syntax('twice.js', 'let a\nlet a', /twice\.js:2:5: /),
    syntax(
      'await.js',
      'await 1\nexports.a = () => 1',
      /await\.js:1:1: a script cannot await at its top level[\s\S]*exports\.init/,
    ),
    syntax('tla.ts', 'export const a = await 1', /cannot await at its top level/),
    syntax('html.js', '<!doctype html>', /html\.js:1:1: /),
    syntax('nul.js', 'exports.a = () => 1\0', /nul\.js:1:20: /),
    syntax(
      'deep.js',
      `exports.a = () => ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      'nested too deeply',
    ),
    // A line of megabytes is shown around the place only.
    syntax('minified.js', `exports.a = () => ${'1+'.repeat(100_000)};;)`, /> 1 \| ….{1,130}\n/),
    // What is in the code reaches the terminal no more than what is in a file's name.
    syntax(
      'escape.js',
      'exports.a = "\u001b[31m\u0007\u009b2J\u202e" )',
      /> 1 \| exports\.a = "\ufffd\[31m\ufffd/,
    ),
    syntax(
      '\u001b[31mred\u0007\n\u202e.js',
      'exports.a = (',
      '\\u{1b}[31mred\\u{7}\\n\\u{202e}.js:1:14',
    ),
    syntax('ünï 日本 🎉.js', 'exports.日本 = (', /ünï 日本 🎉\.js:1:15: /),
  ])
  expect(existsSync(join(place.path, 'data-0'))).toBe(false)
})

test('what cannot be part of one script is named at its import', async () => {
  const place = makeWorkplace()
  place.write('broken.json', '{"a":')
  place.write('style.css', 'a {}')
  place.write('addon.node', 'x')
  place.write('lib/bad.ts', 'export const = 1')
  await expectBad(place, [
    imports(
      'node.js',
      'const fs = require("fs")\nexports.a = () => fs',
      /node\.js:1:20: "fs" is part of Node[\s\S]*System\.files/,
    ),
    imports(
      'esm.ts',
      '\nimport { readFile } from "node:fs/promises"\nexport const a = readFile',
      /esm\.ts:2:26: /,
    ),
    imports(
      'package.ts',
      'import x from "@no/such-package/part"\nexport const a = () => x',
      /is not installed[\s\S]*npm install @no\/such-package\n/,
    ),
    imports(
      'path.ts',
      'import x from "./nowhere.ts"\nexport const a = () => x',
      'there is no "./nowhere.ts"',
    ),
    imports(
      'url.ts',
      'import x from "https://example.org/x.js"\nexport const a = () => x',
      '"https://example.org/x.js" cannot be imported',
    ),
    imports('css.ts', 'import "./style.css"\nexport const a = () => 1', '"style.css" is no code'),
    imports(
      'addon.js',
      'const x = require("./addon.node")\nexports.a = () => x',
      '"addon.node" is no code',
    ),
    imports('module.wasm', '\0asm', '"module.wasm" is no code'),
    imports(
      'escape.ts',
      'import x from "\u001b[31m./x"\nexport const a = () => x',
      '\\x1b[31m./x" cannot be imported',
    ),
    syntax(
      'json.ts',
      'import j from "./broken.json"\nexport const a = () => j',
      /^.*broken\.json:1:6: /m,
    ),
    syntax('inner.ts', 'import "./lib/bad.ts"\nexport const a = () => 1', /lib\/bad\.ts:1:14: /),
  ])
})

test('a script that fails at the start says why and where, and deploys nothing', async () => {
  const place = makeWorkplace()
  const none = 'exports no functions'
  await expectBad(place, [
    fails('empty.js', '', none),
    fails('values.js', 'exports.a = 1', none),
    fails('function.js', 'module.exports = () => 1', none),
    fails('init.js', 'exports.init = () => {}', none),
    fails('notes.txt', 'hello', none),
    fails(
      'throws.js',
      '\nthrow new Error("top \u001b[31mred\u0007")',
      /at \(throws\.js:2:7\)[\s\S]*top level failed: Error: top \\u\{1b\}\[31mred\\u\{7\}/,
    ),
    fails(
      'undefined.js',
      'exports.a = () => 1\nnope()',
      /ReferenceError: nope is not defined\n.*at \(undefined\.js:2:1\)/,
    ),
    fails('null.js', 'exports.a = () => 1; throw null', 'NonError: null'),
    fails('proxy.js', 'module.exports = new Proxy({}, { ownKeys() { throw 1 } })', 'NonError: 1'),
    fails('recursive.js', 'exports.a = () => 1; (function f() { f() })()', 'top level failed'),
    fails(
      'late.js',
      'exports.a = () => 1; exports.init = () => new Promise(() => {})',
      /init failed: .*never/,
    ),
    fails(
      'initthrows.js',
      'exports.a = () => 1; exports.init = async () => { throw new TypeError("i\\n\u009bj") }',
      'init failed: TypeError: i\\n\\u{9b}j',
    ),
    fails(
      'memory.js',
      'exports.a = () => 1; const x = []; for (;;) x.push(new Array(1e6).fill(1))',
      'top level failed: aborted (fuel)',
    ),
    bad(
      'large.js',
      `exports.a = () => 1 //${'x'.repeat(4 * 1024 * 1024)}`,
      'ERR_VMS_SCRIPT_TOO_LARGE',
      'the limit is 4194304',
    ),
  ])
  // Whatever was begun in the directory, the next script can be served there.
  place.write('fine.js', 'exports.fine = () => 1')
  const [fine] = await vmsBatch(place, [['dev', 'fine.js', '--once', '-p', '0']])
  expect(fine).toMatchObject({ code: 0, stderr: expect.stringContaining('Serving at') })
  expect(readdirSync(join(place.path, '.vms', 'dev'))).toEqual([])
})

test('files that are no scripts are wrong usage', async () => {
  const place = makeWorkplace()
  mkdirSync(join(place.path, 'dir.js'))
  symlinkSync('nowhere', join(place.path, 'dangling.js'))
  symlinkSync('loop.js', join(place.path, 'loop.js'))
  writeFileSync(join(place.path, 'binary.js'), Uint8Array.of(0xff, 0xfe, 0))
  place.write('file.js', 'exports.a = () => 1')
  const table: [string, RegExp | string][] = [
    ['nowhere.js', 'there is no file nowhere.js'],
    ['\u001b]0;x\u0007.js', 'there is no file \\u{1b}]0;x\\u{7}.js'],
    ['nowhere/x.js', 'there is no file'],
    ['dangling.js', 'there is no file dangling.js'],
    ['dir.js', 'dir.js is a directory'],
    ['.', 'is a directory'],
    ['file.js/x.js', 'cannot be read'],
    ['loop.js', 'cannot be read'],
    ['binary.js', 'is not text in UTF-8'],
    [`${'x'.repeat(300)}.js`, 'cannot be read'],
    ...(process.platform === 'win32' ? [] : [['/dev/null', 'no regular file'] as [string, string]]),
  ]
  await expectRefusals(
    place,
    table.flatMap(([file, says]): Refusal[] => [
      [['exec', file, '--json', '-p', '0', '--no-swarm'], 2, 'ERR_VMS_USAGE', says],
      [['dev', file, '--once', '-p', '0'], 2, 'ERR_VMS_USAGE', says],
    ]),
  )
})

test('names that are strange are no harm', async () => {
  const place = makeWorkplace()
  place.write('ünï 日本 🎉.js', 'exports.日本 = () => 1')
  place.write(
    '\u001b[31mred\u009b\u202e.js',
    'exports["\\u001b[31m\\n\\u202e"] = () => 1; exports.a = () => 1; console.log("\\u001b[32m\\u009b2J\\ntwo")',
  )
  place.write(
    'reserved.js',
    'exports.then = exports.constructor = exports.a = () => 1; Object.defineProperty(exports, "__proto__", { value: () => 1, enumerable: true })',
  )
  place.write('#!.js', '#!/usr/bin/env node\nexports.a = () => 1')
  const names = ['ünï 日本 🎉.js', '\u001b[31mred\u009b\u202e.js', 'reserved.js', '#!.js']
  const results = await vmsBatch(
    place,
    names.map((name) => ['dev', name, '-p', '0', '--once']),
    { atOnce: AT_ONCE },
  )
  for (const [i, { code, stdout, stderr }] of results.entries()) {
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expectHarmless(names[i] as string, stderr)
  }
  expect(results[1]?.stderr).toMatch(/Methods +\\u\{1b\}\[31m\\n\\u\{202e\}, a$/m)
  expect(results[1]?.stderr).toMatch(/\.js\] log \\u\{1b\}\[32m\\u\{9b\}2J\n.*\.js\] log two$/m)
  expect(results[2]?.stderr).toMatch(/Methods +__proto__, a, constructor, then$/m)
})
