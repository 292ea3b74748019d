/** The `vms` command on a Node that is too old: one line, and no syntax error on the way to it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'
import { startVms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const BIN = fileURLToPath(new URL('../../packages/cli/bin/vms.js', import.meta.url))

test('the entry file is JavaScript that Node 12 parses', () => {
  const source = readFileSync(BIN, 'utf8')
  // Lowering to what Node 12 knows must leave nothing to lower.
  const { code } = transformSync(source, { target: 'node12.22', format: 'esm' })
  const { code: untouched } = transformSync(source, { target: 'esnext', format: 'esm' })
  expect(code).toBe(untouched)
  // Built-ins with node: in front of them are younger.
  expect(source).not.toContain("from 'node:")
})

test('an old Node gets one line and exit 2', async () => {
  const place = makeWorkplace()
  // The version is all that the check looks at.
  place.write(
    'old.cjs',
    `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); Object.defineProperty(process, 'version', { value: 'v20.1.0' })`,
  )
  const { code, stdout, stderr } = await startVms(place, ['--version'], {
    NODE_OPTIONS: `--require ${place.path}/old.cjs`,
  }).finished()
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toBe('vms needs Node.js 24 or newer; this is v20.1.0 (see https://nodejs.org)\n')
})
