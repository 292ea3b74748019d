/** `vms files`: lists, prints and copies the files of a service. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { Command } from 'commander'
import type { OpenFiles } from '../connect/files.ts'
import { parseTarget } from '../connect/target.ts'
import { CliError, LocalFileError, UsageError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'
import {
  addDeadline,
  addDownloadBudgets,
  budgetsOf,
  DOWNLOAD_BUDGETS_HELP,
  type DownloadFlags,
  withinDeadline,
} from '../options/budget-flags.ts'
import { type BootstrapNode, bootstrapOption } from '../options/options.ts'
import { plural } from '../output/quantities.ts'
import { safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options extends DownloadFlags {
  readonly deadline?: number
  readonly bootstrap?: BootstrapNode[]
}

export function addFiles(program: Command, context: Context): void {
  const files = program
    .command('files')
    .description("read a service's files")
    .addHelpText(
      'after',
      `
The files come from a host, from the DHT by their key (hyper://…, vms://…), or from the directory of
a stopped service.

Examples:
  vms files ls :5555 /rsvps
  vms files cat :5555 /admins.json
  vms files get hyper://<key> /rsvps ./copy`,
    )
  const verb = (name: string, description: string): Command => {
    const command = files
      .command(name)
      .description(description)
      .argument('<address>', 'host, hyper://<key>, vms://<key>, or directory of a stopped service')
      .addOption(bootstrapOption())
      .addHelpText('after', DOWNLOAD_BUDGETS_HELP)
    return addDeadline(addDownloadBudgets(command))
  }
  verb('ls', 'list a directory')
    .argument('[path]', 'directory in the files', '/')
    .option('-r, --recursive', 'list everything below it')
    .action((address: string, path: string, options: Options & { recursive?: boolean }) =>
      withFiles(context, address, options, (opened) =>
        list(context, opened, normalPath(path), options.recursive === true),
      ),
    )
  verb('cat', 'write a file to stdout')
    .argument('<path>', 'file in the files')
    .action((address: string, path: string, options: Options) =>
      withFiles(context, address, options, async (opened) =>
        context.output.printBytes(await read(opened, normalPath(path))),
      ),
    )
  verb('get', 'copy a file or a directory to this machine')
    .argument('<path>', 'file or directory in the files')
    .argument('[target]', 'where to; default: its name, here')
    .action((address: string, path: string, target: string | undefined, options: Options) =>
      withFiles(context, address, options, (opened) =>
        copyOut(context, opened, normalPath(path), target),
      ),
    )
}

async function withFiles(
  context: Context,
  address: string,
  options: Options,
  use: (files: OpenFiles) => Promise<void>,
): Promise<void> {
  const target = parseTarget(address, context.cwd)
  const { openFiles } = await import('../connect/files.ts')
  await stoppable(context, ({ signal }) =>
    withinDeadline(options.deadline, signal, async (signal) => {
      const files = await openFiles(target, {
        signal,
        budgets: budgetsOf(options),
        bootstrap: options.bootstrap,
      })
      try {
        await use(files)
      } finally {
        await files.close()
      }
    }),
  )
}

/** The absolute path, without `.` and `..`. */
function normalPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

async function list(
  { output }: Context,
  files: OpenFiles,
  path: string,
  recursive: boolean,
): Promise<void> {
  const stat = path === '/' ? null : await files.stat(path)
  if (stat?.kind === 'file') {
    output.print(row(path, stat))
    return
  }
  const found = await files.list(path, { recursive })
  if (found.length === 0 && path !== '/' && !stat) throw notThere(path)
  for (const { name, stat } of found) output.print(row(name, stat))
}

const row = (
  name: string,
  { kind, size, mtime }: { kind: string; size: number; mtime: number },
): string =>
  `${String(size).padStart(10)}  ${new Date(mtime).toISOString().slice(0, 19)}Z  ${safeText(name)}${kind === 'directory' ? '/' : ''}`

async function read(files: OpenFiles, path: string): Promise<Uint8Array> {
  const data = path === '/' ? null : await files.read(path)
  if (data) return data
  if (path === '/' || (await files.stat(path))?.kind === 'directory')
    throw new UsageError(`${path} is a directory`, {
      hint: 'vms files ls lists it, vms files get copies it',
    })
  throw notThere(path)
}

const notThere = (path: string): CliError =>
  new CliError('ERR_VMS_NO_FILE', EXIT.no, `there is no ${path} in the files`, {
    hint: 'vms files ls shows what there is',
  })

async function copyOut(
  { cwd, output }: Context,
  files: OpenFiles,
  path: string,
  target: string | undefined,
): Promise<void> {
  const to = resolve(cwd, target ?? (basename(path) || 'files'))
  const data = path === '/' ? null : await files.read(path)
  if (data) {
    await store(to, data)
    output.tell(`1 file to ${safeText(to)}`)
    return
  }
  const found = await files.list(path, { recursive: true })
  if (found.length === 0 && path !== '/' && !(await files.stat(path))) throw notThere(path)
  await makeDirectory(to)
  let copied = 0
  for (const { name, stat } of found) {
    const place = join(to, name)
    // A stranger's script chose the names. None may lead out of the directory that the person chose.
    if (!place.startsWith(to + sep))
      throw new CliError('ERR_VMS_BAD_PATH', EXIT.no, `${name} would be stored outside of ${to}`)
    if (stat.kind === 'directory') await makeDirectory(place)
    else {
      await store(place, await read(files, path === '/' ? `/${name}` : `${path}/${name}`))
      copied += 1
    }
  }
  output.tell(`${plural(copied, 'file')} to ${safeText(to)}`)
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    throw new LocalFileError(path, cause)
  })
}

async function store(file: string, data: Uint8Array): Promise<void> {
  await makeDirectory(dirname(file))
  await writeFile(file, data).catch((cause) => {
    throw new LocalFileError(file, cause)
  })
}
