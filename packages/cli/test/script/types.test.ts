/** Declarations of methods: what scripts say, nothing that a stranger's comment could put into somebody's program. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { declareMethods } from '../../src/script/typing/declarations.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')

/** What the compiler says of declarations and a program that uses them. */
function compile(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'vms-types-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const names = Object.keys(files).map((name) => join(folder, name))
  const flags = [
    '--noEmit',
    '--strict',
    '--ignoreConfig',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--types',
    '',
  ]
  return spawnSync(join(root, 'node_modules', '.bin', 'tsc'), [...flags, ...names], {
    encoding: 'utf8',
  }).stdout
}

const HOSTILE = `
/** Text that ends */ exports.early = () => 1
/**
 * Ends *\\/ here: declare const evil: 1
 * @param {string; declare const evil1: 1} a
 * @param {import('fs').Stats} b
 * @param {typeof globalThis} c
 * @param {string} __proto__
 * @returns {Promise<string>> | {}
 */
exports.hostile = async (a, b, c) => a
/** @returns {{ a: string, b?: Array.<number> }} */
exports.shape = () => ({})
/** @param {?string} a @param {*} b */
module.exports.more = function (a, [b, c], { d }, ...e) {}
exports.delete = () => {}
exports['strange name'] = () => {}
exports.notAFunction = 7
exports.init = () => {}
/**
 * Adds.
 * @param {number} a
 * @param {number} [b]
 * @returns {number}
 */
function add(a, b) { return a + b }
const later = (x = 1) => x
module.exports.add = add
exports.later = later
`

test('types come from the comments, and what is not plain is unknown', () => {
  const title = 'A\u2028declare const evil: 1\n"*/'
  const text = declareMethods(HOSTILE, title, null)
  expect(text).not.toMatch(/^declare const evil/m)
  expect(text.split(/[\n\u2028\u2029]/).filter((line) => line.startsWith('declare const'))).toEqual(
    [],
  )
  for (const line of [
    'export declare function early(): Promise<unknown>',
    'export declare function hostile(a: unknown, b: unknown, c: unknown): Promise<unknown>',
    'export declare function shape(): Promise<{ a: string, b?: Array<number> }>',
    'export declare function more(a: string | null, argument1: unknown, argument2: unknown, ...e: unknown[]): Promise<unknown>',
    'export declare function add(a: number, b?: number): Promise<number>',
    'export declare function later(x?: unknown): Promise<unknown>',
    'export { method4 as "delete" }',
    'export { method5 as "strange name" }',
  ]) {
    expect(text).toContain(`${line}\n`)
  }
  expect(text).not.toMatch(/notAFunction|function init/)
  expect(compile({ 'hostile.d.ts': text })).toBe('')
})

test('methods that the text does not show are declared all the same', () => {
  const text = declareMethods('for (const name of ["a"]) exports[name] = () => 1', 'x', [
    'a',
    'init',
  ])
  expect(text).toContain('export declare function a(...args: unknown[]): Promise<unknown>\n')
})

test('those of the examples compile, and a program is checked by them', () => {
  const folder = join(root, 'examples')
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
  const files = Object.fromEntries(
    scripts.map((name) => [
      name.replace(/js$/, 'd.ts'),
      declareMethods(readFileSync(join(folder, name), 'utf8'), name, null),
    ]),
  )
  const program = (argument: string): string =>
    `import * as rsvp from './rsvp.js'\nconst who: Promise<string> = rsvp.RSVP(${argument}).then((answer) => answer.who)\nexport { who }\n`
  expect(scripts.length).toBeGreaterThan(4)
  expect(compile({ ...files, 'good.ts': program('true') })).toBe('')
  expect(compile({ ...files, 'bad.ts': program("'yes'") })).toContain('TS2345')
})
