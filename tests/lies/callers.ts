/** Lies that a host tells its caller: what is sent instead of the truth, by one that has all the keys. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  decodeRequest,
  encodeValue,
  fromHex,
  type KeyPair,
  requestId,
  signRefusal,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Host } from '@vms/host'
import type { HostFrame, HostRefusal, RefusalCode, Reply } from '@vms/rpc'
import { withTail } from '../../packages/client/test/altered-reply.ts'
import type { Tamper } from '../browser/tampering-proxy.ts'

/** What the liar has to work with. */
export interface Means {
  readonly host: Host
  /** Directory of the service. */
  readonly dir: string
}

export interface LieToCaller {
  readonly name: string
  readonly lie: (means: Means) => Tamper
  /** What the caller's program says. */
  readonly code: string
  readonly said: RegExp
  readonly exit: number
  /** Whether the caller sent a request. */
  readonly asked: boolean
}

const caught = { code: 'ERR_VMS_VERIFICATION', exit: 7, asked: true } as const

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))

const onReply =
  (lie: (reply: Reply) => Reply): Tamper =>
  (frame) =>
    frame[0] === 'reply' ? ['reply', frame[1], lie(frame[2])] : frame

const onHello =
  (lie: (hello: Extract<HostFrame, readonly ['hello', unknown]>[1]) => object): Tamper =>
  (frame) =>
    frame[0] === 'hello' ? (['hello', { ...frame[1], ...lie(frame[1]) }] as HostFrame) : frame

const onHead =
  (lie: (head: Extract<HostFrame, readonly ['head', unknown]>[1]) => object): Tamper =>
  (frame) =>
    frame[0] === 'head' ? (['head', { ...frame[1], ...lie(frame[1]) }] as HostFrame) : frame

/** Executes a call, and refuses the first `times` of its sendings all the same. */
function refuses(
  { host, dir }: Means,
  code: RefusalCode,
  changes: Partial<HostRefusal> = {},
  times = 1,
  key = refusalKey(dir),
): Tamper {
  let told = 0
  return (frame, asked) => {
    if (frame[0] !== 'reply' || asked?.[0] !== 'call' || told++ >= times) return frame
    const [, , request] = asked
    const said = { code, covers: true, ...host.head, time: Date.now(), ...changes }
    const { covers, length, treeHash, time } = said
    const { ledger } = decodeRequest(request)
    const claim = {
      ledger,
      requestId: requestId(sodiumCrypto, request),
      code,
      covers,
      length,
      treeHash,
      time,
    }
    const signature = signRefusal(sodiumCrypto, claim, key.secretKey)
    return ['refused', frame[1], { code, message: 'no', covers, length, treeHash, time, signature }]
  }
}

export const CALLER_LIES: readonly LieToCaller[] = [
  {
    ...caught,
    name: 'a refusal that covers a call that it had executed',
    lie: (means) => refuses(means, 'ERR_VMS_BUSY'),
    said: /refusal does not hold: it says that the request was in none of the first 4 entries, and the request is entry 3/,
  },
  {
    ...caught,
    name: 'a refusal under a history that never was',
    lie: (means) => refuses(means, 'ERR_VMS_BUSY', { treeHash: new Uint8Array(32) }),
    said: /it names another history of 4 entries/,
  },
  {
    ...caught,
    name: 'a refusal under a head that it has not shown',
    lie: (means) => refuses(means, 'ERR_VMS_BUSY', { length: 40 }),
    said: /it names 40 entries, the host has shown 4/,
  },
  {
    ...caught,
    name: 'a refusal under a head from before the call was sent, which would contradict nothing',
    lie: (means) => refuses(means, 'ERR_VMS_BUSY', { length: 2 }),
    said: /it names 2 entries, the host had shown 3 before the request was sent/,
  },
  {
    ...caught,
    name: 'a refusal that another key signed, to be denied later',
    lie: (means) => refuses(means, 'ERR_VMS_BUSY', {}, 1, sodiumCrypto.keyPair()),
    said: /its signature is not by the ledger's refusal key/,
  },
  {
    ...caught,
    name: 'a head that it did not sign',
    lie: () => onHead(({ signature }) => ({ signature: flip(signature) })),
    said: /head does not hold: the signature of the head of 4 entries does not hold/,
  },
  {
    ...caught,
    name: 'a head that does not extend the one before',
    lie: () =>
      onHead(({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node, hash: flip(node.hash) })) })),
    said: /head does not hold/,
  },
  {
    ...caught,
    name: 'a head that begins elsewhere than where the caller stands',
    lie: () => onHead(({ from }) => ({ from: from - 1 })),
    said: /head does not hold: a head of 4 after 2 does not follow one of 3/,
  },
  {
    ...caught,
    name: 'an outcome that is not in its ledger',
    lie: () =>
      onReply((reply) =>
        withTail(reply, ({ outcomes }) => ({
          outcomes: outcomes.map((outcome) => ({ ...outcome, value: encodeValue(1_000) })),
        })),
      ),
    said: /reply does not hold: entry 3 is not under the head of 4 entries/,
  },
  {
    ...caught,
    name: 'the reply to another request',
    lie: () => onReply((reply) => ({ ...reply, index: 2 })),
    said: /reply does not hold: entry 2 is older than the head of 3 that the request names/,
  },
  {
    ...caught,
    name: 'an entry that is not there yet',
    lie: () => onReply((reply) => ({ ...reply, index: 4 })),
    said: /reply does not hold: entry 4 is not among the 4 of the head/,
  },
  {
    ...caught,
    name: 'an execution after the request had expired',
    lie: () => onReply((reply) => withTail(reply, ({ time }) => ({ time: time + 3_600_000 }))),
    said: /reply does not hold: it was executed after the request had expired/,
  },
  {
    ...caught,
    name: 'more outcomes than calls',
    lie: () =>
      onReply((reply) =>
        withTail(reply, ({ outcomes }) => ({ outcomes: [...outcomes, ...outcomes] })),
      ),
    said: /reply does not hold: it has 2 outcomes for 1 calls/,
  },
  {
    ...caught,
    name: 'a ledger whose key is not the one of its manifest',
    lie: () => onHello(({ ledger }) => ({ ledger: flip(ledger) })),
    said: /ledger does not hold: its key is not the one of its manifest/,
    asked: false,
  },
  {
    ...caught,
    name: 'a first head that it did not sign',
    lie: () => onHello(({ head }) => ({ head: { ...head, signature: flip(head.signature) } })),
    said: /head does not hold: the signature of the head of 3 entries does not hold/,
    asked: false,
  },
  {
    ...caught,
    name: 'limits that the genesis does not give',
    lie: () => onHello(({ limits }) => ({ limits: { ...limits, requestBytes: 1e9 } })),
    said: /genesis does not hold: the host announces larger limits/,
    asked: false,
  },
  {
    ...caught,
    name: 'a genesis that the key does not commit to',
    lie: () => (frame) =>
      frame[0] === 'entry' ? ['entry', frame[1], Uint8Array.of(...frame[2], 0)] : frame,
    code: 'ERR_VMS_GENESIS_MISMATCH',
    said: /genesis does not hold: block 0 is not the one/,
    asked: false,
  },
  ...([23, -23] as const).map(
    (hours): LieToCaller => ({
      name: `a clock ${Math.abs(hours)} hours ${hours > 0 ? 'ahead' : 'behind'}, to collect a request that it can execute later`,
      lie: () => onHello(({ time }) => ({ time: time + hours * 3_600_000 })),
      code: 'ERR_VMS_CLOCKS_APART',
      said: /the host's clock says 20..-..-..T.*, the one here 20..-..-..T.*: more than 5 minutes apart/,
      exit: 1,
      asked: false,
    }),
  ),
]

/** Executes a call, and says for good that it did not: the caller cannot know. */
export const finalRefusal = (means: Means): Tamper => refuses(means, 'ERR_VMS_MEMORY')

/** The same, of a host that leaves itself a way out. */
export const vagueRefusal = (means: Means): Tamper =>
  refuses(means, 'ERR_VMS_MEMORY', { covers: false })

function refusalKey(dir: string): KeyPair {
  const { refusal } = JSON.parse(readFileSync(path.join(dir, 'keys.json'), 'utf8'))
  return sodiumCrypto.keyPair(fromHex(refusal))
}
