/**
 * Spawns the child with its flags, environment, permissions and limits. The parent passes the code to the child as an open file, so the
 * child needs no permission to open files. The child may read its packages in two cases only: a test gives its own entry file, or a clone's
 * sources have changed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { childNiceness, defaultProcessLimits, stackKilobytes } from '../protocol/limits.ts'
import type { MachineOptions } from '../protocol/types.ts'
import { frameHeaderBytes } from '../protocol/wire.ts'
import { addonFile, packagesOfChild } from './addon.ts'
import { childBundle } from './child-bundle.ts'
import { launcher } from './launcher.ts'

/** Flags of Node and V8. V8 cannot reuse code that it compiled under other flags. */
export const childFlags: readonly string[] = [
  // isolated-vm's isolates must not share a process with an isolate from Node's start-up snapshot.
  '--no-node-snapshot',
  `--stack-size=${stackKilobytes}`,
  '--no-warnings',
  '--permission',
  '--allow-addons',
]

export interface Child {
  readonly process: ChildProcess
  /** Writes to the child's descriptor 3. */
  readonly input: Duplex
  /** Reads from the child's descriptor 4. */
  readonly output: Duplex
  readonly errors: NodeJS.ReadableStream
}

/** `bundle`: a descriptor, open for reading, of the output of {@link packBundle} in child-bundle.ts. */
export function spawnChild(
  options: Pick<MachineOptions, 'execArgv' | 'env' | 'childModule' | 'service'>,
  bundle: number | null = options.childModule === undefined ? childBundle() : null,
): Child {
  const program = bundle === null ? entryFile(options.childModule) : textInFile(addonFile())
  const [command, args] = launcher(
    process.execPath,
    [...childFlags, ...program.flags, ...(options.execArgv ?? []), ...program.args],
    {
      memoryMiB: options.service?.memoryMiB ?? defaultProcessLimits.memoryMiB,
      namesDescriptors: bundle !== null,
    },
  )
  const child = spawn(command, args, {
    // The time zone is part of the machine, so a perturbation may not change it.
    env: { ...options.env, TZ: 'UTC' },
    // The child does not need to know where the host was started.
    cwd: path.parse(process.execPath).root,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', ...(bundle === null ? [] : [bundle])],
    windowsHide: true,
  })
  lowerPriority(child.pid)
  const [, , errors, input, output] = child.stdio
  // An error here means that the child has ended. The 'close' event of the process reports that.
  input?.on('error', () => {})
  return {
    process: child,
    input: input as Duplex,
    output: output as Duplex,
    errors: errors as NodeJS.ReadableStream,
  }
}

/** Where the child finds its bundle. */
const bundleDescriptor = 5

interface Program {
  readonly flags: readonly string[]
  readonly args: readonly string[]
}

/**
 * Closes inherited descriptors, reads the parts of the bundle from descriptor 5, closes descriptor 5, and runs the code with the addon.
 * From then on the child can load no other addon.
 */
const reader = `
// Node's \`require\` takes longer: it is made for files.
const builtin = process.getBuiltinModule
const { closeSync, readSync } = builtin('node:fs')
for (const fd of (process.argv[2] ?? '').split(',')) if (fd !== '') closeSync(Number(fd))
let place = 0
const bytesOf = (length) => {
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let at = 0; at < length; ) {
    const got = readSync(${bundleDescriptor}, bytes, at, length - at, place)
    if (got === 0) process.exit(0)
    at += got
    place += got
  }
  return bytes
}
const addon = { exports: {} }
process.dlopen(addon, process.argv[1])
process.permission?.drop?.('addon')
const part = () => bytesOf(bytesOf(${frameHeaderBytes}).readUInt32LE(0))
const code = part().latin1Slice()
const cachedData = part()
const given = { runtime: part(), runtimeCache: part(), library: part() }
closeSync(${bundleDescriptor})
const options = { filename: 'vms:child', ...(cachedData.length > 0 && { cachedData }) }
new (builtin('node:vm').Script)(code, options).runInThisContext()(builtin, addon.exports, given)
`

function textInFile(addon: string): Program {
  return { flags: ['--input-type=commonjs'], args: ['--eval', reader, addon] }
}

/** Runs a file, by default `src/child.ts`. It may read this package, its own folder, and what the child imports. */
function entryFile(file = childEntry()): Program {
  const folders = [
    fileURLToPath(new URL('../..', import.meta.url)),
    path.dirname(file),
    ...packagesOfChild(),
  ]
  const names = new Set(folders.flatMap(namesOf))
  // The addon's loader looks there to tell musl from glibc.
  names.add('/etc/alpine-release')
  return {
    flags: Array.from(names, (name) => `--allow-fs-read=${name}`),
    args: [fs.realpathSync(file)],
  }
}

function childEntry(): string {
  const extension = path.extname(import.meta.url)
  return fileURLToPath(new URL(`../child${extension}`, import.meta.url))
}

/** All paths that Node reads when it resolves `folder`: the given path, each symbolic link on the way, and the real path. */
function namesOf(folder: string): string[] {
  const { root } = path.parse(folder)
  const parts = path.relative(root, folder).split(path.sep)
  for (let i = 1; i <= parts.length; i++) {
    const link = path.join(root, ...parts.slice(0, i))
    if (!fs.lstatSync(link).isSymbolicLink()) continue
    const target = path.resolve(path.dirname(link), fs.readlinkSync(link), ...parts.slice(i))
    return [folder, link, ...namesOf(target)]
  }
  return [folder]
}

/**
 * Lowers the child's priority, because no call ends without the host's own work. Threads that the child starts inherit the priority of its
 * first thread.
 */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    os.setPriority(pid, os.getPriority() + childNiceness)
  } catch {
    // The process has ended already, or this system has no priorities.
  }
}
