/**
 * A host that is killed: commits groups of changing sizes for ever and prints each head that it could have told a
 * client. Arguments: directory, seed, milliseconds that a sync takes longer than it does.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeEntry, type FileChange, toHex } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { Ledger, NoLedgerError } from '../src/index.ts'
import { fdatasync } from '../src/store/durable.ts'
import { bootEntry, callsEntry, deleted, directory, file, genesisEntry } from './entries.ts'
import { seeded } from './seeded.ts'

const [place = '', seed = '1', delay = '0'] = process.argv.slice(2)
const random = seeded(Number(seed))
const options = {
  crypto,
  syncFd: async (fd: number) => {
    await sleep(random(1 + Number(delay)))
    await fdatasync(fd)
  },
}

const acknowledge = (ledger: Ledger): void => {
  process.stdout.write(`${ledger.length} ${toHex(ledger.head.treeHash)}\n`)
}

process.stdout.write('begin\n')
const ledger = await openOrCreate()
acknowledge(ledger)
for (;;) {
  const entries = Array.from({ length: 1 + random(30) }, (_, i) => callsEntry(i, random(2_000)))
  await ledger.commit({ entries, changes: someChanges() })
  acknowledge(ledger)
}

async function openOrCreate(): Promise<Ledger> {
  try {
    return await Ledger.open(place, options)
  } catch (error) {
    if (!(error instanceof NoLedgerError)) throw error
  }
  const genesis = genesisEntry()
  const created = await Ledger.create(place, { ...options, genesis: () => encodeEntry(genesis) })
  await created.commit({ entries: [genesis, bootEntry()], changes: [file('/init', '1')] })
  return created
}

function someChanges(): FileChange[] {
  return Array.from({ length: random(40) }, () => {
    const path = `/${random(300)}`
    const kind = random(5)
    if (kind === 0) return deleted(path)
    if (kind === 1) return directory(path)
    return file(path, 'x'.repeat(kind === 2 ? random(150_000) : random(100)))
  })
}
