/** The ledger in the directory of a stopped service. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GenesisMismatchError, Ledger, sodiumCrypto } from '@vms/auditor'
import { CliError } from '../errors/errors.ts'
import { EXIT } from '../errors/exit.ts'

/**
 * Opens the ledger for reading. If a host has the directory open, the error advises to ask that host. `judged`: the command judges the
 * ledger, so a ledger with a wrong genesis opens, too.
 */
export async function openStoppedLedger(directory: string, judged = false): Promise<Ledger> {
  try {
    const ledger = await Ledger.open(directory, { crypto: sodiumCrypto, readOnly: true })
    if (!judged) await mustBeginRight(ledger)
    return ledger
  } catch (cause) {
    const { code, message } = cause as CliError
    if (code === 'ERR_VMS_NO_LEDGER' && existsSync(join(directory, 'provisioning'))) {
      throw new CliError(code, EXIT.usage, message, {
        hint: `this is the directory of a host of many: vms verify ${directory} --all audits all of it; its services are in ${join(directory, 'services')}`,
        cause,
      })
    }
    if (code === 'ERR_VMS_NO_LEDGER' && existsSync(join(directory, 'replica'))) {
      throw new CliError(code, EXIT.usage, message, {
        hint: 'vms verify <address> --dir keeps its downloads here; only the same command can read them, together with the host',
        cause,
      })
    }
    if (code !== 'ERR_VMS_LEDGER_LOCKED') throw cause
    throw new CliError(code, EXIT.incomplete, message, {
      hint: 'a host runs there: use its address instead, such as localhost:5555',
      cause,
    })
  }
}

async function mustBeginRight(ledger: Ledger): Promise<void> {
  const { manifest, head } = ledger
  const genesis = await ledger.get(0)
  if (Buffer.compare(sodiumCrypto.hash(genesis), manifest.genesisHash) === 0) return
  const roots = await ledger.consistency(0, head.length)
  const path = await ledger.path(0, roots[0]?.index ?? 0)
  await ledger.close()
  throw new GenesisMismatchError(ledger.key, { manifest, head, genesis, path, roots })
}
