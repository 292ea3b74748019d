/** `vms types`: writes TypeScript declarations of a service's methods, from a script or from a running host. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ScriptText } from '@vms/auditor'
import { connect, decodeRequest, type RemoteMembers } from '@vms/client'
import type { Command } from 'commander'
import { parseServiceAddress } from '../connect/target.ts'
import { EXIT_HELP } from '../errors/exit.ts'
import { safeSource } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { declareMethods } from '../script/typing/declarations.ts'

export function addTypes(program: Command, context: Context): void {
  program
    .command('types')
    .description("write TypeScript declarations of a service's methods")
    .argument('<script | url>', 'a script, or the address of a running host')
    .option('-o, --output <file>', 'where to write them (default: stdout)')
    .addHelpText(
      'after',
      `
The types come from the script's JSDoc comments; a type that they do not give is unknown. For a running
service, the script is the one in effect: the genesis's, or that of the last upgrade.

Examples:
  vms types rsvp.js -o rsvp.d.ts
  vms types localhost:5555 -o rsvp.d.ts
${EXIT_HELP}`,
    )
    .action(async (source: string, { output: file }: { output?: string }) => {
      const { output, cwd } = context
      const isFile = existsSync(resolve(cwd, source)) || /\.[cm]?[jt]s$/.test(source)
      const text = safeSource(isFile ? await ofScript(source, context) : await ofService(source))
      if (file === undefined) output.print(text.trimEnd())
      else await writeFile(resolve(cwd, file), text)
    })
}

async function ofScript(file: string, { cwd, output }: Context): Promise<string> {
  const { loadScript } = await import('../script/script.ts')
  const { source, name } = await loadScript(file, { cwd, color: output.color })
  return declareMethods(source, name, null)
}

async function ofService(address: string): Promise<string> {
  await using service = await connect(parseServiceAddress(address, 'vms types').url)
  const { source, title } = await scriptInEffect(service)
  return declareMethods(source, title, service.$info.methods)
}

/** The script in effect: the genesis's, or that of the upgrade that the service's files name. */
async function scriptInEffect({ $info, $files, $ledger }: RemoteMembers): Promise<ScriptText> {
  const { decodeScriptState, readUpgrade, SCRIPT_FILE } = await import('@vms/auditor')
  const kept = (await $files.readdir('/')).includes(SCRIPT_FILE.slice(1))
  const current = kept
    ? decodeScriptState(await $files.readFile(SCRIPT_FILE, 'binary')).current
    : null
  if (current === null) return $info.genesis.script
  const { entry } = await $ledger.entry(current)
  if (entry.type !== 'calls') throw new TypeError(`entry ${current} brings no script`)
  return readUpgrade(decodeRequest(entry.request))
}
