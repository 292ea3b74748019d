import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { FileWatch } from '../../src/host/watch.ts'
import { tempDirectory } from '../temp-directory.ts'

function watching() {
  const dir = tempDirectory()
  const file = join(dir, 'a.js')
  writeFileSync(file, '1')
  const watch = new FileWatch([file])
  onTestFinished(() => watch.close())
  return { dir, file, changed: Promise.race([watch.changed.then(() => true), sleep(2_000, false)]) }
}

test('a file that is written counts as saved', async () => {
  const { file, changed } = watching()
  writeFileSync(file, '2')
  expect(await changed).toBe(true)
})

test('a file that is replaced counts as well, as many editors save', async () => {
  const { dir, file, changed } = watching()
  writeFileSync(join(dir, '.a.js.swp'), '2')
  renameSync(join(dir, '.a.js.swp'), file)
  expect(await changed).toBe(true)
})

test('other files beside it do not', async () => {
  const { dir, changed } = watching()
  writeFileSync(join(dir, 'b.js'), '2')
  expect(await changed).toBe(false)
})
