/** Spawns the child: which flags, which environment, and which few files Node's permission model lets it read. */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { SandboxError } from './errors.ts'
import { stackKilobytes } from './limits.ts'
import type { MachineOptions } from './types.ts'

export interface Child {
  readonly process: ChildProcess
  /** To the child's descriptor 3. */
  readonly input: Duplex
  /** From the child's descriptor 4. */
  readonly output: Duplex
  readonly errors: NodeJS.ReadableStream
}

export function spawnChild(
  options: Pick<MachineOptions, 'execArgv' | 'env' | 'childModule'>,
): Child {
  const entry = options.childModule ?? childEntry()
  const child = spawn(
    process.execPath,
    [
      // isolated-vm does not work from Node's start-up snapshot.
      '--no-node-snapshot',
      '--no-warnings',
      `--stack-size=${stackKilobytes}`,
      '--permission',
      '--allow-addons',
      ...readableFiles(entry).map((file) => `--allow-fs-read=${file}`),
      ...(options.execArgv ?? []),
      entry,
    ],
    {
      // The time zone is part of the machine, so a perturbation may not change it.
      env: { ...options.env, TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    },
  )
  const [, , errors, input, output] = child.stdio
  return {
    process: child,
    input: input as Duplex,
    output: output as Duplex,
    errors: errors as NodeJS.ReadableStream,
  }
}

/** `child.ts` beside this file in development, `child.js` where it is published. */
function childEntry(): string {
  const extension = path.extname(import.meta.url)
  return fileURLToPath(new URL(`./child${extension}`, import.meta.url))
}

/** What the child reads: this package, the two packages it loads and what they load, and a file that tells musl from glibc. */
function readableFiles(entry: string): string[] {
  const packageFolder = fileURLToPath(new URL('..', import.meta.url))
  const require = createRequire(import.meta.url)
  const files = new Set([packageFolder, path.dirname(entry), '/etc/alpine-release'])
  for (const name of ['isolated-vm', 'msgpackr']) addDependency(files, require, name)
  const isolatedVm = fs.realpathSync(packageOf(require, 'isolated-vm'))
  addDependency(files, createRequire(path.join(isolatedVm, 'index.js')), 'node-gyp-build')
  return [...files]
}

/** A package's folder under both names: as it is looked up, which may be a symbolic link, and where it is. */
function addDependency(files: Set<string>, require: NodeJS.Require, name: string): void {
  const folder = packageOf(require, name)
  files.add(folder)
  files.add(fs.realpathSync(folder))
}

function packageOf(require: NodeJS.Require, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = path.join(folder, name)
    if (fs.existsSync(candidate)) return candidate
  }
  throw new SandboxError('ERR_VMS_MACHINE_NOT_STARTED', `the package ${name} is not installed`)
}
