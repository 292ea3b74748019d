/**
 * Lies that a host tells its caller: the caller's program tells them not to trust the host, exits with a code of its
 * own, and keeps what the host said.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type VmsRefusal, VmsRefusedError } from '@vms/client'
import {
  contradicts,
  decodeEntry,
  decodeReceipt,
  decodeRefusal,
  encodeReceipt,
  encodeRefusal,
  placeOf,
  provenRefusal,
  type Receipt,
  requestId,
  type SignedRefusal,
  verifyReceipt,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { Ledger } from '@vms/ledger'
import { expect } from 'vitest'
import { startProxy, type TamperingProxy } from '../browser/tampering-proxy.ts'
import { testInTurn } from '../harness/in-turn.ts'
import { type Finished, startVms } from '../harness/vms-process.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'
import { Place } from '../service/place.ts'
import { CALLER_LIES, finalRefusal, type Means, vagueRefusal } from './callers.ts'
import { fromPlain } from './kept.ts'
import { GUESTS } from './script.ts'

const test = testInTurn(4)

interface Lying extends Means {
  readonly place: Place
  readonly proxy: TamperingProxy
  readonly workplace: Workplace
  readonly run: (args: (url: string) => string[], input?: string) => Promise<Finished>
  /** The files that callers kept. */
  readonly evidence: () => Record<string, unknown>[]
}

async function lying(): Promise<Lying> {
  const place = await Place.make()
  const host = await place.host(GUESTS)
  const proxy = await startProxy(host.url)
  const workplace = makeWorkplace()
  const state = path.join(workplace.path, 'state')
  const url = proxy.origin.replace('http', 'ws')
  return {
    place,
    host,
    dir: place.service,
    proxy,
    workplace,
    run: async (args, input = '') => {
      const running = startVms(workplace, args(url), { XDG_STATE_HOME: state })
      running.child.stdin?.end(input)
      return running.finished()
    },
    evidence: () => {
      const kept = path.join(state, 'vms', 'evidence')
      return readdirSync(kept).map((name) =>
        JSON.parse(readFileSync(path.join(kept, name), 'utf8')),
      )
    },
  }
}

test('without a lie the call is answered through the same proxy', async () => {
  const { run, host } = await lying()
  const args = (url: string) => ['call', url, 'visit']
  expect(await run(args)).toMatchObject({ code: 0, stdout: '1\n' })
  expect(host.head.length).toBe(4)
})

test.each(CALLER_LIES)('vms call is told $name', async (told) => {
  const liar = await lying()
  const { run, proxy, evidence } = liar
  let asked = 0
  const lie = told.lie(liar)
  proxy.tamper = (frame, question) => {
    if (question?.[0] === 'call') asked += 1
    return lie(frame, question)
  }
  const { code, stdout, stderr } = await run((url) => ['call', url, 'visit'])
  expect(stderr).toContain(`[${told.code}]`)
  expect(stderr).toMatch(told.said)
  expect({ code, stdout, asked: asked > 0 }).toEqual({
    code: told.exit,
    stdout: '',
    asked: told.asked,
  })
  if (told.exit === 7) {
    expect(stderr).toContain('do not trust the host')
    expect(stderr).not.toContain('the host may have executed the call')
    expect(evidence()).toMatchObject([{ version: 1, code: told.code, evidence: { manifest: {} } }])
  } else {
    expect(evidence).toThrow('ENOENT')
    expect(liar.host.head.length).toBe(3)
  }
})

test.each([
  ['repl -e', (url: string) => ['repl', url, '-e', 'visit()'], ''],
  ['repl, piped', (url: string) => ['repl', url], 'visit()\nlist()\n'],
  ['call --receipt', (url: string) => ['call', url, 'visit', '--receipt', 'x.receipt'], ''],
  ['upgrade', (url: string) => ['upgrade', url, 'next.js'], ''],
])('vms %s catches a lie as a call does', async (_, args, input) => {
  const liar = await lying()
  liar.workplace.write('next.js', GUESTS)
  liar.proxy.tamper = (frame) =>
    frame[0] === 'head' || frame[0] === 'refused'
      ? ([frame[0], ...frame.slice(1, -1), altered(frame.at(-1))] as unknown as typeof frame)
      : frame
  const { code, stderr } = await liar.run(args, input)
  expect(stderr).toContain('do not trust the host')
  expect(code).toBe(7)
  expect(liar.evidence()).toHaveLength(1)
})

/** The same with another signature. */
const altered = (said: unknown): object => ({
  ...(said as object),
  signature: new Uint8Array(64),
})

test('what is kept of a contradiction convinces a stranger', async () => {
  const liar = await lying()
  const [told] = CALLER_LIES
  liar.proxy.tamper = told?.lie(liar) ?? liar.proxy.tamper
  expect(await liar.run((url) => ['call', url, 'visit'])).toMatchObject({ code: 7 })
  const [{ evidence } = {}] = liar.evidence()
  const { refusal, receipt } = fromPlain(evidence) as { refusal: VmsRefusal; receipt: Receipt }
  const claim = provenRefusal(sodiumCrypto, asFile(refusal))
  const proof = verifyReceipt(sodiumCrypto, decodeReceipt(encodeReceipt(receipt)), claim.ledger)
  expect(contradicts(claim, placeOf(sodiumCrypto, proof))).toBe(true)
})

test.each([
  ['is contradicted by its ledger', finalRefusal, true],
  ['contradicts nothing if it says not to remember', vagueRefusal, false],
])('a final refusal of a call that ran %s', async (_, lie, contradiction) => {
  const liar = await lying()
  liar.proxy.tamper = lie(liar)
  const client = await liar.place.connect({
    ...liar.host,
    url: liar.proxy.origin,
  } as typeof liar.host)
  const error = await client.$call('visit').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(VmsRefusedError)
  const { refusal } = error as VmsRefusedError
  await liar.host.close()
  const claim = provenRefusal(sodiumCrypto, asFile(refusal))
  await using ledger = await Ledger.open(liar.dir, { crypto: sodiumCrypto, readOnly: true })
  const entry = decodeEntry(await ledger.get(3))
  if (entry.type !== 'calls') throw new Error(`entry 3 is a ${entry.type}`)
  const place = {
    ledger: ledger.key,
    index: 3,
    requestId: requestId(sodiumCrypto, entry.request),
  }
  expect(contradicts(claim, place)).toBe(contradiction)
})

/** A refusal as it is kept, after a round trip through its bytes. */
function asFile(refusal: VmsRefusal): SignedRefusal {
  const { manifest, genesis, requestId: id, code, covers, length, treeHash, time } = refusal
  const claim = { requestId: id, code, covers, length, treeHash, time }
  const { signature } = refusal
  return decodeRefusal(encodeRefusal({ version: 1, manifest, genesis, ...claim, signature }))
}
