/**
 * Keeps every refusal that an honest host signed during an accident, and holds its ledger to them in the end: no
 * contradiction, no request twice, nothing for an audit to find.
 */
import { audit, Ledger, sodiumCrypto } from '@vms/auditor'
import {
  contradicts,
  decodeEntry,
  decodeRefusal,
  encodeRefusal,
  provenRefusal,
  type RefusalClaim,
  type RequestPlace,
  requestId,
  toHex,
} from '@vms/format'
import { encodeClientFrame, type HostFrame, type HostRefusal, type Reply } from '@vms/rpc'
import { expect } from 'vitest'
import type { Wire } from '../service/wire.ts'

export class Witness {
  readonly refusals: RefusalClaim[] = []

  /** Sends a request as it is, and keeps the refusal if that is the answer. */
  async send(wire: Wire, request: Uint8Array, signature?: Uint8Array): Promise<HostFrame | null> {
    const frame = await wire.call(request, signature)
    if (frame?.[0] === 'refused') await this.keep(wire, request, frame[2])
    return frame
  }

  /** The refusal of a request that must be refused. */
  async refused(wire: Wire, request: Uint8Array, signature?: Uint8Array): Promise<HostRefusal> {
    const frame = await this.send(wire, request, signature)
    if (frame?.[0] !== 'refused') throw new Error(`it was answered with ${frame?.[0]}`)
    return frame[2]
  }

  /** The reply to a request that must be answered. */
  async replied(wire: Wire, request: Uint8Array, signature?: Uint8Array): Promise<Reply> {
    const frame = await this.send(wire, request, signature)
    if (frame?.[0] === 'refused') throw new Error(`it was refused: ${frame[2].code}`)
    if (frame?.[0] !== 'reply') throw new Error(`it was answered with ${frame?.[0]}`)
    return frame[2]
  }

  /** Checks a refusal as a stranger would who has nothing but the ledger's key and a file. */
  async keep(wire: Wire, request: Uint8Array, frame: HostRefusal): Promise<void> {
    const { ledger, manifest } = wire.hello
    const { code, covers, length, treeHash, time, signature } = frame
    const claim = {
      requestId: requestId(sodiumCrypto, request),
      code,
      covers,
      length,
      treeHash,
      time,
    }
    const genesis = await wire.genesis()
    const bytes = encodeRefusal({ version: 1, manifest, genesis, ...claim, signature })
    this.refusals.push(provenRefusal(sodiumCrypto, decodeRefusal(bytes), ledger))
  }

  /** Holds the stopped service in `dir` to all of it. Gives the number of calls in its ledger. */
  async check(dir: string): Promise<number> {
    await using ledger = await Ledger.open(dir, { crypto: sodiumCrypto, readOnly: true })
    const places: RequestPlace[] = []
    for (let index = 0; index < ledger.length; index++) {
      const entry = decodeEntry(await ledger.get(index))
      if (entry.type !== 'calls') continue
      places.push({ ledger: ledger.key, index, requestId: requestId(sodiumCrypto, entry.request) })
    }
    const accusations = this.refusals.flatMap((refusal) =>
      places.filter((place) => contradicts(refusal, place)),
    )
    expect(accusations, 'an honest host contradicts itself').toEqual([])
    const ids = places.map(({ requestId: id }) => toHex(id))
    expect(new Set(ids).size, 'a request ran twice').toBe(ids.length)
    const report = await audit({ ledger })
    expect(report).toMatchObject({ verdict: 'verified', findings: [] })
    return report.calls
  }
}

/** Commits so many requests of a counter, each an entry of its own. */
export async function flood(wire: Wire, requests: number, method = 'count'): Promise<void> {
  for (let left = requests; left > 0; left -= 50) {
    for (let i = 0; i < Math.min(50, left); i++) {
      const request = wire.request([[method, []]])
      wire.send(encodeClientFrame(['call', 10_000 + i, request, wire.sign(request)]))
    }
    for (let replies = 0; replies < Math.min(50, left); )
      if ((await wire.next())?.[0] === 'reply') replies += 1
  }
}
