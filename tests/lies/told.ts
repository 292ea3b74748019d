/** The lies that are told about one request while the host runs, and what an audit must say of each. */

import type { FindingCode, Severity } from '@vms/auditor'
import {
  type CallsEntry,
  callerId,
  decodeRequest,
  decodeValue,
  encodeRequest,
  encodeValue,
  type FileChange,
  type Request,
  signRequest,
  type Value,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Group } from '@vms/ledger'
import type { MachineRequest } from '@vms/sandbox'
import type { Lie } from './liar.ts'
import { type Scene, VICTIM_ENTRY } from './scene.ts'
import { GUESTS } from './script.ts'

export interface ToldLie {
  readonly name: string
  /** The lie about the victim's request. */
  readonly lie: (scene: Scene) => Lie
  /** The lie about the next request, if it takes two. */
  readonly next?: (scene: Scene) => Lie
  /** Told by starting the host anew, which puts a boot before the victim's request. */
  readonly restarts?: true
  /** The request is nobody's: it makes room in the ledger for what the host wants to stand there. */
  readonly accomplice?: true
  /** Whether the caller's own check of the receipt finds it out. */
  readonly caller: 'believes it' | 'refuses it'
  readonly finding: {
    readonly code: FindingCode
    readonly severity: Severity
    readonly entry: number
    readonly call: number | null
    readonly method: string | null
    readonly part: string
    readonly path: string | null
  }
  readonly cause: RegExp
}

/** The call of the victim's request that is lied about, and its arguments. */
const RSVP = 1
const SIGNED: Value[] = [true, 'two of us']
const OTHER: Value[] = [false, 'two of us']

export const VICTIM_CALLS: readonly (readonly [method: string, args: Value[]])[] = [
  ['visit', []],
  ['RSVP', SIGNED],
]

const ofRsvp = {
  severity: 'reproducible',
  entry: VICTIM_ENTRY,
  call: RSVP,
  method: 'RSVP',
  part: 'value',
} as const

const ofRequest = {
  severity: 'proven',
  entry: VICTIM_ENTRY,
  call: null,
  method: 'visit',
  path: null,
} as const

const ofFiles = {
  code: 'FILES_DIFFER',
  severity: 'reproducible',
  entry: VICTIM_ENTRY,
  call: null,
  method: null,
  part: 'files',
} as const

const RAN_OTHERWISE = /another script, argument, caller or time/

export const TOLD_LIES: readonly ToldLie[] = [
  {
    name: 'a changed return value',
    lie: () => ({
      answered: (result, call) =>
        call === RSVP ? { ...result, value: altered(result.value, { seats: 4 }) } : result,
    }),
    caller: 'believes it',
    finding: { ...ofRsvp, code: 'VALUE_DIFFERS', path: '$.seats' },
    cause: /altered the returned value/,
  },
  {
    name: 'a changed argument, in the ledger too',
    lie: () => ({
      asked: (request) => withArgs(request, OTHER),
      group: (group) =>
        inGroup(group, (entry) => ({
          ...entry,
          request: inRequest(entry.request, ({ calls, ...rest }) => ({
            ...rest,
            calls: calls.map(([method, args], i) => [
              method,
              i === RSVP ? encodeValue(OTHER) : args,
            ]),
          })),
        })),
    }),
    caller: 'refuses it',
    finding: { ...ofRequest, code: 'SIGNATURE_INVALID', part: 'signature' },
    cause: /invented or altered the call/,
  },
  {
    name: 'a changed argument, not in the ledger',
    lie: () => ({ asked: (request) => withArgs(request, OTHER) }),
    caller: 'believes it',
    finding: { ...ofRsvp, code: 'VALUE_DIFFERS', path: '$.guest.coming' },
    cause: RAN_OTHERWISE,
  },
  {
    name: 'an invented call',
    lie: ({ alice }) => ({
      asked: (request) => ({ ...request, caller: callerId(alice.publicKey) }),
      group: (group) =>
        inGroup(group, (entry) => {
          const request = inRequest(entry.request, (made) => ({ ...made, caller: alice.publicKey }))
          const { secretKey } = sodiumCrypto.keyPair()
          return { ...entry, request, signature: signRequest(sodiumCrypto, request, secretKey) }
        }),
    }),
    accomplice: true,
    caller: 'refuses it',
    finding: { ...ofRequest, code: 'SIGNATURE_INVALID', part: 'signature' },
    cause: /invented or altered the call/,
  },
  {
    name: 'a duplicated call',
    lie: ({ liar }) => runInstead(liar.entry('calls')),
    accomplice: true,
    caller: 'refuses it',
    finding: { ...ofRequest, code: 'REQUEST_REPLAYED', part: 'request' },
    cause: /ran one request twice/,
  },
  {
    name: 'a call run under another caller',
    lie: ({ bob }) => ({ asked: (request) => ({ ...request, caller: callerId(bob.publicKey) }) }),
    caller: 'believes it',
    finding: { ...ofRsvp, code: 'VALUE_DIFFERS', path: '$.guest.by' },
    cause: RAN_OTHERWISE,
  },
  {
    name: 'a file changed outside the log',
    lie: (scene) => ({ group: (group) => withChange(group, falsified(bobsFile(scene))) }),
    caller: 'believes it',
    finding: { ...ofFiles, path: '$.dbLength' },
    cause: /changed files outside the ledger/,
  },
  {
    name: 'a file changed and changed back',
    lie: (scene) => ({ group: (group) => withChange(group, falsified(bobsFile(scene))) }),
    next: (scene) => ({ group: (group) => withChange(group, bobsFile(scene)) }),
    caller: 'believes it',
    finding: { ...ofFiles, path: '$.dbLength' },
    cause: /changed files outside the ledger/,
  },
  {
    name: 'a wrong files head',
    lie: () => ({ filesHead: (head) => ({ ...head, dbHash: head.blobsHash }) }),
    caller: 'believes it',
    finding: { ...ofFiles, path: '$.dbHash' },
    cause: /a files head that is not theirs/,
  },
  {
    name: 'time going backwards',
    lie: () => ({
      asked: (request) => ({ ...request, time: request.time - 60_000 }),
      group: (group) => inGroup(group, (entry) => ({ ...entry, time: entry.time - 60_000 })),
    }),
    caller: 'believes it',
    finding: {
      code: 'TIME_BACKWARDS',
      severity: 'proven',
      entry: VICTIM_ENTRY,
      call: null,
      method: null,
      part: 'time',
      path: null,
    },
    cause: /time went backwards/,
  },
  {
    name: 'a script that is not the one that ran',
    lie: () => ({ machine: (options) => ({ ...options, script: MORE_SEATS }) }),
    restarts: true,
    caller: 'believes it',
    finding: {
      code: 'BOOT_DIFFERS',
      severity: 'reproducible',
      entry: VICTIM_ENTRY,
      call: null,
      method: null,
      part: 'boot',
      path: '$.scriptHash',
    },
    cause: /another script than the one that is in effect/,
  },
  {
    name: 'a script that is not the one that ran, under the hash of the one that should have',
    lie: ({ liar }) => {
      const { scriptHash } = liar.entry('boot')
      return {
        machine: (options) => ({ ...options, script: MORE_SEATS }),
        booted: (report) => ({ ...report, scriptHash }),
      }
    },
    restarts: true,
    caller: 'believes it',
    finding: { ...ofRsvp, code: 'VALUE_DIFFERS', entry: VICTIM_ENTRY + 1, path: '$.seats' },
    cause: /another script/,
  },
]

/** Runs another request, that its caller did sign, in place of the one that was sent. */
export function runInstead({ request, signature }: CallsEntry): Lie {
  const { caller, calls } = decodeRequest(request)
  const seed = new Uint8Array(32)
  return {
    asked: (made) => ({
      ...made,
      caller: callerId(caller),
      calls: calls.map(([method, args]) => ({ method, args, seed })),
    }),
    group: (group) => inGroup(group, (entry) => ({ ...entry, request, signature })),
  }
}

const MORE_SEATS = GUESTS.replace('seats: 3', 'seats: 30')

/** A returned object, with another part. */
export const altered = (value: Uint8Array | null, part: { [key: string]: Value }): Uint8Array =>
  encodeValue({ ...(decodeValue(value as Uint8Array) as { [key: string]: Value }), ...part })

const withArgs = (request: MachineRequest, args: Value[]): MachineRequest => ({
  ...request,
  calls: request.calls.map((call, i) => (i === RSVP ? { ...call, args: encodeValue(args) } : call)),
})

const inRequest = (bytes: Uint8Array, change: (request: Request) => Request): Uint8Array =>
  encodeRequest(change(decodeRequest(bytes)))

const inGroup = (group: Group, change: (entry: CallsEntry) => CallsEntry): Group => ({
  ...group,
  entries: group.entries.map((entry) => (entry.type === 'calls' ? change(entry) : entry)),
})

/** Writes a file that no call wrote. */
export const withChange = (group: Group, change: FileChange): Group => ({
  ...group,
  changes: [...group.changes, change],
})

/** What bob's RSVP wrote. */
export function bobsFile({ liar, bob }: Scene): Extract<FileChange, { kind: 'file' }> {
  const path = `/guests/${callerId(bob.publicKey)}.json`
  const change = liar.groups.flatMap(({ changes }) => changes).find((made) => made.path === path)
  if (change?.kind !== 'file') throw new Error(`nobody wrote ${path}`)
  return change
}

/** The same file with other contents. */
export const falsified = (change: Extract<FileChange, { kind: 'file' }>): FileChange => ({
  ...change,
  data: Buffer.from(Buffer.from(change.data).toString().replace('true', 'false')),
})
