/**
 * Spawns the child with its flags, environment, rights and limits. The parent hands it its code as an open file, so that the child may open
 * no file at all. Only tests with an entry file of their own, and a clone whose sources have changed, let the child read its packages.
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

/** How Node and V8 run. Code that was compiled under other flags cannot be taken over. */
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
  /** To the child's descriptor 3. */
  readonly input: Duplex
  /** From the child's descriptor 4. */
  readonly output: Duplex
  readonly errors: NodeJS.ReadableStream
}

/** `bundle` is a descriptor, open for reading, of what {@link packBundle} in child-bundle.ts gives. */
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
  // A child that is gone already shows as its end.
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
 * Closes inherited descriptors, reads the parts of the bundle from descriptor 5, closes that too, and runs the code with the addon. From
 * then on the child can load no other addon.
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

/**
 * All paths that Node looks at on its way to a folder: the folder as it is named, each symbolic link on the way, and the place where it is.
 */
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

/** The host's own work comes first: without it no call ends. Threads that the child starts get the low priority of its first one. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    os.setPriority(pid, os.getPriority() + childNiceness)
  } catch {
    // It has ended already, or this system does not have priorities.
  }
}
