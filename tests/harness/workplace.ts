/** A directory of one test's own, with a home for keys and histories in it. Gone when the test ends, unless it failed to start. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The examples that everybody can run. */
const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))

export interface Workplace {
  readonly path: string
  /** Environment of processes that run here: nothing of the person's own settings. */
  readonly env: NodeJS.ProcessEnv
  /** Writes a file and returns its name. */
  write(name: string, content: string | Uint8Array): string
  /** Copies an example here and returns its name. */
  example(name: string): string
}

export function makeWorkplace(): Workplace {
  const path = mkdtempSync(join(tmpdir(), 'vms-e2e-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const home = join(path, 'home')
  const scratch = join(path, 'tmp')
  mkdirSync(home)
  mkdirSync(scratch)
  return {
    path,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      USERPROFILE: home,
      APPDATA: home,
      LOCALAPPDATA: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_STATE_HOME: join(home, '.state'),
      TMPDIR: scratch,
      NO_COLOR: '1',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    },
    write(name, content) {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), content)
      return name
    },
    example(name) {
      cpSync(join(EXAMPLES, name), join(path, basename(name)))
      return basename(name)
    },
  }
}
