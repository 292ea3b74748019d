import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadScript } from '../../src/script/script.ts'
import { tempDirectory } from '../temp-directory.ts'

/** Writes files and loads the first. */
async function load(files: Record<string, string>) {
  const cwd = tempDirectory()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return { cwd, ...(await loadScript(Object.keys(files)[0] as string, { cwd })) }
}

/** What a script exports, run as a machine runs it. */
function exportsOf(source: string): Record<string, unknown> {
  const module = { exports: {} }
  new Function('module', 'exports', source)(module, module.exports)
  return module.exports
}

test('plain CommonJS runs byte for byte', async () => {
  const source = '\ufeff// mine\r\nexports.a = async () => 1 // 日本\n\n'
  const script = await load({ 'plain.js': source })
  expect(script).toMatchObject({ name: 'plain.js', source, bundled: false })
  expect(script.inputs).toEqual([join(script.cwd, 'plain.js')])
})

test('TypeScript loses its types and keeps its methods', async () => {
  const script = await load({
    'main.ts': `
      import { twice } from './twice.ts'
      enum Kind { A = 3 }
      export const a = async (n: number): Promise<number> => twice(n) + Kind.A
      export function b(): void {}
      export const notAMethod = 5`,
    'twice.ts': 'export const twice = (n: number) => n * 2',
  })
  expect(script.bundled).toBe(true)
  expect(script.inputs).toHaveLength(2)
  const methods = exportsOf(script.source)
  expect(Object.keys(methods)).toEqual(['a', 'b', 'notAMethod'])
  // Plain properties: a machine reads methods, it does not run getters.
  expect(Object.getOwnPropertyDescriptor(methods, 'a')).toMatchObject({
    enumerable: true,
    value: expect.any(Function),
  })
  expect(await (methods['a'] as (n: number) => Promise<number>)(2)).toBe(7)
})

test('a required file and a package are bundled', async () => {
  const { source, bundled } = await load({
    'main.js': `const { x } = require('./lib/x'); const pkg = require('pkg'); exports.get = () => x + pkg.y`,
    'lib/x.js': 'exports.x = 1',
    'node_modules/pkg/package.json': '{"name":"pkg","main":"index.js"}',
    'node_modules/pkg/index.js': 'module.exports = { y: 2 }',
  })
  expect(bundled).toBe(true)
  expect((exportsOf(source)['get'] as () => number)()).toBe(3)
})

test('the bundle is the same from another directory', async () => {
  const { cwd, source } = await load({
    'sub/main.ts': `import { x } from '../x.ts'\nexport const get = () => x`,
    'x.ts': 'export const x = 1',
  })
  expect((await loadScript('main.ts', { cwd: join(cwd, 'sub') })).source).toBe(source)
})

test('a syntax error names file, line and column and shows the code', async () => {
  await expect(load({ 'bad.js': 'exports.a = () => {\n  return (1 +\n}\n' })).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_VMS_SCRIPT_SYNTAX',
      exit: 1,
      message: expect.stringMatching(/^bad\.js:3:1: Unexpected/),
      frame: expect.stringContaining('> 3 | }\n    | ^'),
    }),
  )
})

test('columns count characters, not bytes', async () => {
  await expect(load({ 'bad.js': 'const 日本 = 1 ) 2' })).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^bad\.js:1:14: /),
      frame: expect.stringMatching(/\n {4}\| {14}\^/),
    }),
  )
})

test('an error in an imported file is shown in that file', async () => {
  await expect(
    load({ 'main.ts': `import './lib/bad.ts'`, 'lib/bad.ts': 'const = 1' }),
  ).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^lib\/bad\.ts:1:7: /),
      place: { file: join('lib', 'bad.ts'), line: 1, column: 7 },
    }),
  )
})

test('what only the engine refuses is shown too', async () => {
  // `let` twice in one scope: esbuild says so itself; an invalid regular expression only V8 does.
  await expect(load({ 'bad.js': '\nexports.a = () => /(/' })).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_VMS_SCRIPT_SYNTAX',
      place: expect.objectContaining({ line: 2 }),
      frame: expect.stringContaining('> 2 |'),
    }),
  )
})

test.each(['node:fs', 'fs', 'node:crypto'])(
  'an import of %s is refused with the line and the reason',
  async (specifier) => {
    await expect(
      load({ 'main.js': `// first\nconst x = require('${specifier}')` }),
    ).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_VMS_SCRIPT_IMPORT',
        exit: 1,
        place: expect.objectContaining({ line: 2 }),
        message: expect.stringContaining(`"${specifier}" is part of Node`),
        hint: expect.stringContaining('System.files'),
      }),
    )
  },
)

test('a package that is not installed says how to install it', async () => {
  await expect(
    load({ 'main.mts': `import { x } from 'no-such-package'\nexport const a = () => x` }),
  ).rejects.toThrow(expect.objectContaining({ hint: 'npm install no-such-package' }))
})

test('a missing file, a directory and a binary are usage errors', async () => {
  const cwd = tempDirectory()
  mkdirSync(join(cwd, 'dir.js'))
  writeFileSync(join(cwd, 'binary.js'), Buffer.from([0x80, 0xff]))
  for (const name of ['missing.js', 'dir.js', 'binary.js']) {
    await expect(loadScript(name, { cwd })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_VMS_USAGE', exit: 2 }),
    )
  }
})
