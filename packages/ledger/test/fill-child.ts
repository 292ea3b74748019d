/**
 * Commits until the disk is full, then prints the code of the error and the length acknowledged. Argument: a directory
 * with a ledger.
 */
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { Ledger, type LedgerError } from '../src/index.ts'
import { callsEntry, file } from './entries.ts'

const ledger = await Ledger.open(process.argv[2] ?? '', { crypto })
try {
  for (let i = 0; ; i++) {
    const changes = [file(`/${i}`, 'x'.repeat(30_000))]
    await ledger.commit({ entries: [callsEntry(i), callsEntry(i, 20_000)], changes })
  }
} catch (error) {
  process.stdout.write(`${(error as LedgerError).code} ${ledger.length}\n`)
}
process.exit(0)
