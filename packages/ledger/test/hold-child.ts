/** Another process that holds a directory open until it is killed. Argument: the directory. */
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { Ledger } from '../src/index.ts'

await Ledger.open(process.argv[2] ?? '', { crypto })
process.stdout.write('open\n')
setInterval(() => {}, 1_000)
