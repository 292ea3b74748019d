/**
 * The scripts that look for a leak see the same on another version of Node, which VMS_NODE names by its path:
 *
 *   VMS_LONG=1 VMS_NODE=/path/to/node npx vitest run packages/sandbox/test/leaks
 */
import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { skipLoudly } from '../../../../tests/harness/skip-loudly.ts'
import { outcomes } from './outcomes.ts'

const run = promisify(execFile)
const maxBuffer = 64 * 1024 * 1024

it('another version of Node sees the same', async (context) => {
  const other = process.env['VMS_NODE']
  if (other === undefined) {
    skipLoudly(context, 'VMS_NODE does not name a Node of another version')
    return
  }
  const { stdout: version } = await run(other, ['--version'])
  expect(version.trim(), 'VMS_NODE is of this very version').not.toBe(process.version)
  const { stdout } = await run(other, [fileURLToPath(new URL('tell.ts', import.meta.url))], {
    maxBuffer,
  })
  expect(JSON.parse(stdout)).toEqual(await outcomes({ service: { callWallMs: 60_000 } }))
})
