/** What is derived by hashing: digests of file changes, seeds of randomness. See `docs/spec/format.md`. */
import {
  announceUpgrade,
  bootUpgrade,
  callSeed,
  changesDigest,
  encodeValue,
  entrySeed,
  FIRST_SCRIPT,
  type FileChange,
  toHex,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { filled } from './example.ts'
import { recordNotationOf } from './notation.ts'

const text = new TextEncoder()

const changes: readonly (readonly [string, FileChange[]])[] = [
  ['none', []],
  [
    'one file',
    [
      {
        path: '/guests.json',
        kind: 'file',
        data: text.encode('["alice"]'),
        mtime: 1_760_000_000_000,
      },
    ],
  ],
  ['an empty file', [{ path: '/empty', kind: 'file', data: new Uint8Array(), mtime: 0 }]],
  [
    'one of each, ordered by UTF-8',
    [
      { path: '/a', kind: 'directory', mtime: 5 },
      { path: '/a/b', kind: 'deleted' },
      { path: '/a/c', kind: 'file', data: filled(1, 100), mtime: 5 },
      { path: '/\uff5e', kind: 'deleted' },
      { path: '/😀', kind: 'deleted' },
    ],
  ],
]

const ledger = filled(0xaa)
const request = filled(0xbb)

export const derivedVectors = (): object => ({
  about:
    'scripts: what an upgrade and its boot write to the file. changes: rows is what is hashed after the domain tag, as a value (hex). seeds: of a call by request id and number, of a boot or init by index. hex throughout.',
  changes: changes.map(([name, given]) => {
    const digest = changesDigest(crypto, given)
    return {
      name,
      changes: recordNotationOf(given),
      rows: digest && toHex(rowsOf(given)),
      digest: digest && toHex(digest),
    }
  }),
  scripts: upgradeSteps().map(([name, { state, change }]) => ({
    name,
    state: recordNotationOf(state),
    file: change.path,
    data: change.kind === 'file' ? toHex(change.data) : null,
  })),
  seeds: {
    ledger: toHex(ledger),
    calls: [0, 1, 255, 256, 999].map((call) => ({
      request: toHex(request),
      call,
      seed: toHex(callSeed(crypto, ledger, request, call)),
    })),
    entries: (['boot', 'init', 'alarm'] as const).flatMap((kind) =>
      [1, 2, 2 ** 32, 2 ** 53 - 1].map((index) => ({
        kind,
        index,
        seed: toHex(entrySeed(crypto, ledger, kind, index)),
      })),
    ),
  },
})

/** An upgrade at entry 5 that is due a day later, and the boot for it at entry 9: taken into effect, or dropped. */
function upgradeSteps() {
  const time = 1_760_000_000_000
  const announced = announceUpgrade(FIRST_SCRIPT, { entry: 5, time, delayMs: 86_400_000 })
  const booted = (served: boolean) =>
    bootUpgrade(announced.state, { entry: 9, time: time + 86_400_000, served })
  return [
    ['pending', announced],
    ['in effect', booted(true)],
    ['dropped', booted(false)],
  ] as const
}

/** Written out once more, apart from the package: path, kind, time, hash of the data. */
function rowsOf(given: readonly FileChange[]): Uint8Array {
  return encodeValue(
    given.map((change) => {
      if (change.kind === 'deleted') return [change.path, 'deleted', null, null]
      if (change.kind === 'directory') return [change.path, 'directory', change.mtime, null]
      return [change.path, 'file', change.mtime, crypto.hash(change.data)]
    }),
  )
}
