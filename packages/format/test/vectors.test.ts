/** The vectors of the specification, through this package's code. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import {
  callerId,
  callSeed,
  changesDigest,
  climb,
  contradicts,
  decodeEntry,
  decodeHostStatement,
  decodeReceipt,
  decodeRefusal,
  decodeRequest,
  decodeScriptState,
  decodeValue,
  driveKeys,
  encodeEntry,
  encodeHostStatement,
  encodeReceipt,
  encodeRefusal,
  encodeRequest,
  encodeValue,
  entrySeed,
  type FileChange,
  FormatError,
  fromHex,
  headSignable,
  leafNode,
  ledgerKey,
  parseAddress,
  provenRefusal,
  provenStatement,
  type RefusalClaim,
  Rfc6962Range,
  refusalSignable,
  requestId,
  SCRIPT_FILE,
  signRequest,
  TreeRoots,
  toHex,
  verifyHead,
  verifyReceipt,
  verifyRequest,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import { type Json, recordFrom, valueFrom } from '../../../vectors/notation.ts'
import { sameValue } from './arbitrary-value.ts'

interface Named {
  readonly name: string
}
interface Bytes extends Named {
  readonly bytes: string
}

function load<T>(file: string): T {
  const url = new URL(`../../../vectors/${file}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as T
}

function refused(run: () => unknown): void {
  expect(run).toThrow(FormatError)
}

describe('values', () => {
  const { valid, invalid } = load<{ valid: (Bytes & { value: Json })[]; invalid: Bytes[] }>(
    'values',
  )

  test.each(valid)('$name', ({ value, bytes }) => {
    expect(toHex(encodeValue(valueFrom(value)))).toBe(bytes)
    expect(sameValue(decodeValue(fromHex(bytes)), valueFrom(value))).toBe(true)
  })

  test.each(invalid)('refused: $name', ({ bytes }) => {
    refused(() => decodeValue(fromHex(bytes)))
  })
})

describe('requests', () => {
  interface Valid extends Bytes {
    readonly fields: Json
    readonly id: string
    readonly callerId: string
    readonly signature: string | null
    readonly callSeeds: string[]
  }
  interface Signed extends Bytes {
    readonly signature: string
    readonly publicKey: string
    readonly valid: boolean
  }
  const file = load<{
    callerSeed: string
    ledger: string
    valid: Valid[]
    invalid: Bytes[]
    signatures: Signed[]
  }>('requests')
  const { secretKey, publicKey } = crypto.keyPair(fromHex(file.callerSeed))

  test.each(file.valid)('$name', (vector) => {
    const bytes = fromHex(vector.bytes)
    const request = decodeRequest(bytes)
    expect(request).toStrictEqual(recordFrom(vector.fields))
    expect(toHex(encodeRequest(request))).toBe(vector.bytes)
    expect(toHex(requestId(crypto, bytes))).toBe(vector.id)
    expect(callerId(request.caller)).toBe(vector.callerId)
    const seeds = request.calls.map((_, call) =>
      toHex(callSeed(crypto, fromHex(file.ledger), fromHex(vector.id), call)),
    )
    expect(seeds).toStrictEqual(vector.callSeeds)
    if (vector.signature !== null) {
      expect(toHex(signRequest(crypto, bytes, secretKey))).toBe(vector.signature)
      expect(verifyRequest(crypto, bytes, fromHex(vector.signature), publicKey)).toBe(true)
    }
  })

  test.each(file.invalid)('refused: $name', ({ bytes }) => {
    refused(() => decodeRequest(fromHex(bytes)))
  })

  test.each(file.signatures)('signature $name: $valid', (vector) => {
    const [bytes, signature, key] = [vector.bytes, vector.signature, vector.publicKey].map(fromHex)
    expect(
      verifyRequest(crypto, bytes as Uint8Array, signature as Uint8Array, key as Uint8Array),
    ).toBe(vector.valid)
  })
})

describe('entries', () => {
  const { valid, invalid } = load<{ valid: (Bytes & { fields: Json })[]; invalid: Bytes[] }>(
    'entries',
  )

  test.each(valid)('$name', ({ fields, bytes }) => {
    const entry = decodeEntry(fromHex(bytes))
    expect(entry).toStrictEqual(recordFrom(fields))
    expect(toHex(encodeEntry(entry))).toBe(bytes)
  })

  test.each(invalid)('refused: $name', ({ bytes }) => {
    refused(() => decodeEntry(fromHex(bytes)))
  })
})

describe('heads', () => {
  interface Manifest {
    readonly signer: string
    readonly filesKey: string
    readonly genesisHash: string
    readonly key: string
  }
  interface Head extends Named {
    readonly length: number
    readonly treeHash: string
    readonly signable: string
    readonly signature: string
    readonly valid: boolean
  }
  const file = load<{
    signerSeed: string
    genesis: string
    manifests: Manifest[]
    drives: { signer: string; db: string; blobs: string }[]
    heads: Head[]
  }>('heads')
  const read = ({ signer, filesKey, genesisHash }: Manifest) => ({
    signer: fromHex(signer),
    filesKey: fromHex(filesKey),
    genesisHash: fromHex(genesisHash),
  })

  test.each(file.manifests)('the key of a manifest is $key', (manifest) => {
    expect(toHex(ledgerKey(crypto, read(manifest)))).toBe(manifest.key)
  })

  test.each(file.drives)('the files key of the signer $signer is $db', ({ signer, db, blobs }) => {
    const keys = driveKeys(crypto, fromHex(signer))
    expect({ db: toHex(keys.db), blobs: toHex(keys.blobs) }).toEqual({ db, blobs })
  })

  test('the first manifest commits to the genesis and its signer', () => {
    const manifest = file.manifests[0] as Manifest
    expect(toHex(crypto.hash(fromHex(file.genesis)))).toBe(manifest.genesisHash)
    expect(decodeEntry(fromHex(file.genesis)).type).toBe('genesis')
    expect(toHex(crypto.keyPair(fromHex(file.signerSeed)).publicKey)).toBe(manifest.signer)
  })

  test.each(file.heads)('$name: $valid', (vector) => {
    const manifest = file.manifests[0] as Manifest
    const key = fromHex(manifest.key)
    const head = {
      length: vector.length,
      treeHash: fromHex(vector.treeHash),
      signature: fromHex(vector.signature),
    }
    expect(toHex(headSignable(key, head.length, head.treeHash))).toBe(vector.signable)
    expect(verifyHead(crypto, key, read(manifest), head)).toBe(vector.valid)
  })
})

describe('statements', () => {
  const file = load<{ ledger: string; valid: Bytes[]; invalid: Bytes[] }>('statements')
  const ledger = fromHex(file.ledger)

  test.each(file.valid)('$name', ({ bytes }) => {
    const statement = decodeHostStatement(fromHex(bytes))
    expect(toHex(encodeHostStatement(statement))).toBe(bytes)
    expect(provenStatement(crypto, statement, ledger)).toEqual(statement.claim)
    refused(() => provenStatement(crypto, statement, new Uint8Array(32)))
  })

  test.each(file.invalid)('refused: $name', ({ bytes }) => {
    refused(() => provenStatement(crypto, decodeHostStatement(fromHex(bytes)), ledger))
  })
})

describe('refusals', () => {
  interface Claim {
    readonly ledger: string
    readonly requestId: string
    readonly treeHash: string
    readonly code: string
    readonly covers: boolean
    readonly length: number
    readonly time: number
  }
  interface Case extends Named {
    readonly refusal: Claim
    readonly place: { readonly ledger: string; readonly requestId: string; readonly index: number }
    readonly contradiction: boolean
  }
  const file = load<{
    ledger: string
    valid: (Bytes & { claim: Claim; signable: string })[]
    invalid: Bytes[]
    contradictions: Case[]
  }>('refusals')
  const claimOf = ({ ledger, requestId: id, treeHash, ...rest }: Claim): RefusalClaim => ({
    ...rest,
    ledger: fromHex(ledger),
    requestId: fromHex(id),
    treeHash: fromHex(treeHash),
  })
  const ledger = fromHex(file.ledger)

  test.each(file.valid)('$name', ({ bytes, claim, signable }) => {
    const refusal = decodeRefusal(fromHex(bytes))
    expect(toHex(encodeRefusal(refusal))).toBe(bytes)
    expect(provenRefusal(crypto, refusal, ledger)).toEqual(claimOf(claim))
    expect(toHex(refusalSignable(claimOf(claim)))).toBe(signable)
    refused(() => provenRefusal(crypto, refusal, new Uint8Array(32)))
  })

  test.each(file.invalid)('refused: $name', ({ bytes }) => {
    refused(() => provenRefusal(crypto, decodeRefusal(fromHex(bytes)), ledger))
  })

  test('a valid one with any byte changed is refused', () => {
    const good = fromHex((file.valid[0] as Bytes).bytes)
    for (let at = 0; at < good.length; at += 1) {
      const bytes = good.slice()
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
      refused(() => provenRefusal(crypto, decodeRefusal(bytes), ledger))
    }
  })

  test.each(file.contradictions)('$name: $contradiction', ({ refusal, place, contradiction }) => {
    const stands = { ...place, ledger: fromHex(place.ledger), requestId: fromHex(place.requestId) }
    expect(contradicts(claimOf(refusal), stands)).toBe(contradiction)
  })
})

describe('receipts', () => {
  interface Valid extends Bytes {
    readonly index: number
    readonly length: number
    readonly treeHash: string
  }
  const file = load<{ ledger: string; valid: Valid[]; invalid: Bytes[] }>('receipts')
  const ledger = fromHex(file.ledger)

  test.each(file.valid)('$name', (vector) => {
    const receipt = decodeReceipt(fromHex(vector.bytes))
    expect(toHex(encodeReceipt(receipt))).toBe(vector.bytes)
    const claim = verifyReceipt(crypto, receipt, ledger)
    expect(claim).toMatchObject({ index: vector.index, length: vector.length })
    expect(toHex(claim.treeHash)).toBe(vector.treeHash)
    expect(toHex(claim.ledger)).toBe(file.ledger)
    expect(claim.request.calls).toHaveLength(claim.entry.outcomes.length)
    refused(() => verifyReceipt(crypto, receipt, new Uint8Array(32)))
  })

  test.each(file.invalid)('refused: $name', ({ bytes }) => {
    refused(() => verifyReceipt(crypto, decodeReceipt(fromHex(bytes)), ledger))
  })

  test('a valid one with any byte changed is refused', () => {
    const good = fromHex((file.valid[1] as Valid).bytes)
    for (let at = 0; at < good.length; at += 1) {
      const bytes = good.slice()
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
      refused(() => verifyReceipt(crypto, decodeReceipt(bytes), ledger))
    }
  })
})

describe('trees', () => {
  interface Node {
    readonly index: number
    readonly size: number
    readonly hash: string
  }
  interface AtLength {
    readonly length: number
    readonly roots: Node[]
    readonly treeHash: string
    readonly rfc6962Root: string
  }
  interface Path {
    readonly entry: number
    readonly length: number
    readonly siblings: Node[]
    readonly root: Node
  }
  interface Growth {
    readonly from: number
    readonly to: number
    readonly nodes: Node[]
  }
  const file = load<{
    blocks: string[]
    lengths: AtLength[]
    paths: Path[]
    consistency: Growth[]
  }>('trees')
  const node = ({ index, size, hash }: Node) => ({ index, size, hash: fromHex(hash) })
  const at = (length: number) => file.lengths[length] as AtLength
  const leaf = (entry: number) => leafNode(crypto, entry, fromHex(file.blocks[entry] as string))

  test('both trees at every length', () => {
    const tree = new TreeRoots(crypto)
    const range = new Rfc6962Range(crypto)
    for (const [i, expected] of file.lengths.entries()) {
      expect(tree.length).toBe(expected.length)
      expect(tree.nodes).toStrictEqual(expected.roots.map(node))
      expect(toHex(tree.hash())).toBe(expected.treeHash)
      expect(toHex(range.root())).toBe(expected.rfc6962Root)
      if (i === file.blocks.length) break
      tree.append(leaf(i))
      range.append(leaf(i).hash)
    }
  })

  test.each(file.paths)('the path of $entry at $length', ({ entry, length, siblings, root }) => {
    expect(climb(crypto, leaf(entry), siblings.map(node))).toStrictEqual(node(root))
    expect(at(length).roots).toContainEqual(root)
  })

  test.each(file.consistency)('from $from to $to', ({ from, to, nodes }) => {
    const tree = new TreeRoots(crypto, at(from).roots.map(node))
    for (const appended of nodes.map(node)) tree.append(appended)
    expect(toHex(tree.hash())).toBe(at(to).treeHash)
  })
})

describe('derived', () => {
  interface Changes extends Named {
    readonly changes: Json
    readonly rows: string | null
    readonly digest: string | null
  }
  interface Seeds {
    readonly ledger: string
    readonly calls: { request: string; call: number; seed: string }[]
    readonly entries: { kind: 'boot' | 'init' | 'alarm'; index: number; seed: string }[]
  }
  interface Script extends Named {
    readonly state: Json
    readonly file: string
    readonly data: string
  }
  const file = load<{ changes: Changes[]; scripts: Script[]; seeds: Seeds }>('derived')

  test.each(file.scripts)('state of an upgrade that is $name', ({ state, file: path, data }) => {
    expect(path).toBe(SCRIPT_FILE)
    expect(decodeScriptState(fromHex(data))).toStrictEqual(recordFrom(state))
  })

  test.each(file.changes)('digest of $name', ({ changes, rows, digest }) => {
    const got = changesDigest(crypto, recordFrom(changes) as FileChange[])
    expect(got && toHex(got)).toBe(digest)
    const tag = new TextEncoder().encode('vms/changes/1\n')
    expect(rows && toHex(crypto.hash(tag, fromHex(rows)))).toBe(digest)
  })

  test.each(file.seeds.calls)('seed of call $call', ({ request, call, seed }) => {
    expect(toHex(callSeed(crypto, fromHex(file.seeds.ledger), fromHex(request), call))).toBe(seed)
  })

  test.each(file.seeds.entries)('seed of the $kind at $index', ({ kind, index, seed }) => {
    expect(toHex(entrySeed(crypto, fromHex(file.seeds.ledger), kind, index))).toBe(seed)
  })
})

describe('addresses', () => {
  interface Valid {
    readonly text: string
    readonly kind: string
    readonly url: string
    readonly key?: string
    readonly ledger?: string | null
    readonly path?: string
  }
  const file = load<{ valid: Valid[]; invalid: { text: string }[] }>('addresses')

  test.each(file.valid)('$text', ({ text, ...expected }) => {
    const named = Object.entries(parseAddress(text)).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? toHex(value) : value,
    ])
    expect(Object.fromEntries(named)).toStrictEqual(expected)
    expect(parseAddress(expected.url).url).toBe(expected.url)
  })

  test.each(file.invalid)('refused: $text', ({ text }) => {
    refused(() => parseAddress(text))
  })
})

describe('signatures', () => {
  interface Signature extends Named {
    readonly publicKey: string
    readonly message: string
    readonly signature: string
    readonly valid: boolean
  }
  const { cases } = load<{ cases: Signature[] }>('signatures')

  test.each(cases)('$name: $valid', ({ publicKey, message, signature, valid }) => {
    expect(crypto.verify(fromHex(message), fromHex(signature), fromHex(publicKey))).toBe(valid)
  })

  test('no answer depends on what was asked before', () => {
    for (const { publicKey, message, signature, valid } of [...cases, ...cases].reverse()) {
      expect(crypto.verify(fromHex(message), fromHex(signature), fromHex(publicKey))).toBe(valid)
    }
  })
})

test('the files are what the generator writes', () => {
  const generator = new URL('../../../vectors/generate.ts', import.meta.url).pathname
  execFileSync(process.execPath, [generator, '--check'], { stdio: 'pipe' })
})
