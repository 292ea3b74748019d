/** `vms call`: makes one call and prints its result as JSON on stdout. */
import { resolve } from 'node:path'
import { type Receipt, VmsAbortError, VmsRemoteError } from '@vms/client'
import type { Command } from 'commander'
import { parseArguments } from '../calls/arguments.ts'
import { type AnyRemote, type CallerOptions, openClient } from '../calls/client.ts'
import { checkReceiptFile, storeReceipt } from '../calls/receipt-file.ts'
import { UnknownMethodError } from '../errors/errors.ts'
import { bootstrapOption, milliseconds } from '../options/options.ts'
import { valueToJson } from '../output/json.ts'
import type { Output } from '../output/output.ts'
import type { Context } from '../process/context.ts'
import { reportFailure } from '../process/failure.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options extends CallerOptions {
  readonly receipt?: string
}

export function addCall(program: Command, context: Context): void {
  program
    .command('call')
    .description('call a method and print its result as JSON')
    .argument('<url>', 'address of the host, or vms://<key> to look for it on the DHT')
    // With a reader of its own, an empty name is no wrong usage: the host answers that it has no such method.
    .argument('<method>', 'method to call', String)
    .argument('[args...]', 'arguments, each a JSON value')
    .option('-u, --user <name>', 'call under a plain name (services in debug mode only)')
    .option('--key <file>', 'key file that signs the call')
    .option(
      '--receipt <file>',
      'store the receipt: proof that the call and its result are in the ledger',
    )
    .option('--timeout <ms>', 'how long to wait for the reply', milliseconds)
    .addOption(bootstrapOption())
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
      if (receiptFile !== null) await checkReceiptFile(receiptFile)
      await stoppable(context, async ({ signal }) => {
        const { client } = await openClient(context, url, { ...options, signal })
        try {
          if (receiptFile === null) {
            context.output.print(valueToJson(await client.$call(method, args, { signal })))
          } else await callForReceipt(context.output, client, { method, args, signal, receiptFile })
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'ERR_VMS_UNKNOWN_METHOD') throw error
          throw new UnknownMethodError(method, client.$info.methods, error)
        } finally {
          client.$close()
        }
      })
    })
}

interface ProvenCall {
  readonly method: string
  readonly args: unknown[]
  readonly signal: AbortSignal
  readonly receiptFile: string
}

async function callForReceipt(
  output: Output,
  client: AnyRemote,
  { method, args, signal, receiptFile }: ProvenCall,
): Promise<void> {
  const { value, receipt } = await client
    .$receipt(method, args, { signal })
    .catch(async (error) => {
      // The ledger records what a method throws, so there is a receipt for it too.
      const failure = hasReceipt(error) && (await storeReceipt(receiptFile, error.receipt))
      if (failure) reportFailure(failure, output)
      throw error
    })
  const failure = await storeReceipt(receiptFile, receipt)
  output.print(valueToJson(value))
  if (failure) throw failure
}

const hasReceipt = (error: unknown): error is { readonly receipt: Receipt } =>
  (error instanceof VmsRemoteError || error instanceof VmsAbortError) && error.receipt !== null
