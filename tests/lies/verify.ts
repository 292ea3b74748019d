/** An audit as a person runs it: `vms verify --json`. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { AuditReport } from '@vms/auditor'
import { encodeReceipt, type Receipt } from '@vms/client'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

export interface Verified {
  /** Exit code. */
  readonly code: number | null
  readonly report: AuditReport
}

export interface VerifyOptions {
  readonly receipts?: readonly Receipt[]
  /** More arguments. */
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** Audits what is at `address`: a host's URL or the directory of a stopped service. */
export async function verify(address: string, options: VerifyOptions = {}): Promise<Verified> {
  const place = makeWorkplace()
  const args = (options.receipts ?? []).flatMap((receipt, i) => {
    const file = path.join(place.path, `${i}.receipt`)
    writeFileSync(file, encodeReceipt(receipt))
    return ['--receipt', file]
  })
  const { code, stdout, stderr } = await vms(
    place,
    ['verify', address, '--json', ...args, ...(options.args ?? [])],
    // Which other versions of Node the computer has must not change a verdict: tests/cli/other-node.test.ts is about them.
    { VMS_VERIFIED_AGAIN: '1', ...options.env },
  )
  if (stdout === '') throw new Error(`vms verify ${address} said nothing:\n${stderr}`)
  return { code, report: JSON.parse(stdout) as AuditReport }
}
