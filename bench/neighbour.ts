/**
 * A hostile visitor of one service, in a process of its own, which gives way to all others: it stands for another computer.
 * Arguments: URL of the service, `loop`, `bomb` or `flood`. Goes on until it is ended.
 */
import { setPriority } from 'node:os'
import { connect } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'

/** Calls that are on their way at one time: a flood is as many as a queue takes, ten times over. */
const AT_ONCE: Record<string, number> = { loop: 1, bomb: 1, flood: 10_000 }

const [url = '', method = ''] = process.argv.slice(2)
setPriority(19)
const client = await connect<Record<string, (...args: unknown[]) => unknown>>(url, {
  key: sodiumCrypto.keyPair(),
  timeout: 60_000,
})
console.log(JSON.stringify({ method }))
for (;;)
  await Promise.all(
    Array.from({ length: AT_ONCE[method] ?? 1 }, () => client.$call(method).catch(() => {})),
  )
