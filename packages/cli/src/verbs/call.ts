/** `vms call`: one call from the shell, result as JSON on stdout. */
import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { encodeReceipt, type Receipt, VmsAbortError, VmsRemoteError } from '@vms/client'
import type { Command } from 'commander'
import { parseArguments } from '../arguments.ts'
import { type CallerOptions, openClient } from '../client.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { valueToJson } from '../json.ts'
import { milliseconds } from '../options.ts'

interface Options extends CallerOptions {
  readonly receipt?: string
}

export function addCall(program: Command, context: Context): void {
  program
    .command('call')
    .description('call a method and print its result as JSON')
    .argument('<url>', 'address of the host')
    // An empty name is a name too, one that no service has.
    .argument('<method>', 'method to call', String)
    .argument('[args...]', 'arguments, each a JSON value')
    .option('-u, --user <name>', 'call under a plain name (services in debug mode only)')
    .option('--key <file>', 'key file that signs the call')
    .option(
      '--receipt <file>',
      'store the receipt: proof that the call and its result are in the ledger',
    )
    .option('--timeout <ms>', 'how long to wait for the reply', milliseconds)
    .addHelpText(
      'after',
      `
Values that JSON lacks: {"$bytes":"<base64>"} {"$bigint":"12"} {"$date":"<ISO>"} {"$map":[[k,v]]}
{"$set":[v]} {"$number":"NaN"} {"$undefined":true}, in arguments and in results.

Examples:
  vms call :5555 list
  vms call :5555 RSVP true
  vms call :5555 RSVP false '"busy that day"'
  vms call :5555 RSVP true --receipt rsvp.receipt`,
    )
    .action(async (url: string, method: string, texts: string[], options: Options) => {
      const args = parseArguments(texts)
      const receiptFile =
        options.receipt === undefined ? null : resolve(context.cwd, options.receipt)
      // A call cannot be taken back, so what could go wrong with the file goes wrong before it.
      if (receiptFile !== null) await mustBeWritable(receiptFile)
      const { client } = await openClient(context, url, options)
      try {
        if (receiptFile === null) {
          context.output.print(valueToJson(await client.$call(method, args)))
        } else {
          const { value, receipt } = await client.$receipt(method, args).catch(async (error) => {
            // That the method threw is in the ledger as well, and can be proven.
            if (hasReceipt(error)) await writeFile(receiptFile, encodeReceipt(error.receipt))
            throw error
          })
          await writeFile(receiptFile, encodeReceipt(receipt))
          context.output.print(valueToJson(value))
        }
      } finally {
        client.$close()
      }
    })
}

const hasReceipt = (error: unknown): error is { readonly receipt: Receipt } =>
  (error instanceof VmsRemoteError || error instanceof VmsAbortError) && error.receipt !== null

async function mustBeWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK)
  } catch (cause) {
    throw new UsageError(`the receipt cannot be stored: ${(cause as Error).message}`, { cause })
  }
}
