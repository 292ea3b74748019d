/** Runs the examples of every package's README, as programs of their own, and holds what they say they print. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { examplesOf, missingLine } from '../../scripts/readme-examples.ts'
import { packages, read, root } from './sources.ts'

const run = promisify(execFile)

describe.each(packages)('the README of $name', ({ folder }) => {
  const path = `packages/${folder}/README.md`
  const examples = existsSync(join(root, path)) ? examplesOf(read(path)) : []

  test('has an example', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  test.each(examples)('runs at line $line', async ({ language, code, prints }) => {
    // Inside the package, so that its name and its dependencies resolve; not in node_modules, where Node runs no
    // TypeScript.
    const place = mkdtempSync(join(root, 'packages', folder, '.readme-'))
    try {
      const file = join(place, `example.${language}`)
      writeFileSync(file, code)
      const { stdout } = await run(process.execPath, [file], { cwd: place, timeout: 50_000 })
      expect(missingLine(prints, stdout), `printed:\n${stdout}`).toBeNull()
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  })
})
