/** A host whose block 0 is not the one that its ledger's key commits to: everybody who reads it finds out. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import {
  climb,
  decodeEntry,
  encodeEntry,
  type GenesisEntry,
  leafNode,
  ledgerKey,
  parseAddress,
  sameBytes,
  treeHash,
  verifyHead,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import type { Host } from '@vms/host'
import { type GenesisEvidence, Ledger } from '@vms/ledger'
import { expect, test } from 'vitest'
import { startVms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { Place } from '../service/place.ts'
import { fromPlain } from './kept.ts'
import { GUESTS } from './script.ts'
import { verify } from './verify.ts'

/** Serves under a genesis that lets it have another window than the one that the key commits to. */
async function serve(place: Place): Promise<Host> {
  let served: Uint8Array = new Uint8Array()
  let committed: Uint8Array = new Uint8Array()
  const crypto = {
    ...sodiumCrypto,
    hash: (...parts: Uint8Array[]): Uint8Array =>
      parts.length === 1 && sameBytes(parts[0] as Uint8Array, served)
        ? sodiumCrypto.hash(committed)
        : sodiumCrypto.hash(...parts),
  }
  return place.host(GUESTS, {
    ports: {
      createLedger: (directory, { genesis }) =>
        Ledger.create(directory, {
          genesis: (signer) => {
            served = genesis(signer)
            committed = encodeEntry({ ...(decodeEntry(served) as GenesisEntry), window: 3 })
            return committed
          },
          crypto,
        }),
    },
  })
}

test('an audit says so, over the network and of the stopped directory', async () => {
  const place = await Place.make()
  const host = await serve(place)
  const caught = {
    code: 1,
    report: {
      verdict: 'host-fault',
      findings: [{ code: 'GENESIS_MISMATCH', severity: 'proven', part: 'genesis', entry: 0 }],
    },
  }
  expect(await verify(host.url)).toMatchObject(caught)
  await host.close()
  expect(await verify(place.service)).toMatchObject(caught)
})

test.each([
  ['call', (url: string) => ['call', url, 'list']],
  ['repl', (url: string) => ['repl', url, '-e', 'list()']],
  ['log', (url: string) => ['log', url]],
  ['files', (url: string) => ['files', 'ls', url]],
  ['types', (url: string) => ['types', url, '-o', 'x.d.ts']],
])('vms %s does not trust it, and keeps what it said', async (_, verb) => {
  const place = await Place.make()
  const host = await serve(place)
  const workplace = makeWorkplace()
  const state = path.join(workplace.path, 'state')
  const { code, stderr, stdout } = await startVms(workplace, verb(host.url), {
    XDG_STATE_HOME: state,
  }).finished()
  expect(stderr).toContain('ERR_VMS_GENESIS_MISMATCH')
  expect(stderr).toContain('do not trust the host')
  expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
  const evidence = path.join(state, 'vms', 'evidence')
  expect(statSync(evidence).mode & 0o777).toBe(0o700)
  const [file = ''] = readdirSync(evidence)
  expect(stderr).toContain(path.join(evidence, file))
  expect(statSync(path.join(evidence, file)).mode & 0o777).toBe(0o600)
  const kept = JSON.parse(readFileSync(path.join(evidence, file), 'utf8'))
  expect(kept).toMatchObject({ version: 1, code: 'ERR_VMS_GENESIS_MISMATCH' })
  const { genesis, manifest } = fromPlain(kept.evidence) as Pick<
    GenesisEvidence,
    'genesis' | 'manifest'
  >
  expect(sodiumCrypto.hash(genesis)).not.toEqual(manifest.genesisHash)
})

test('what vms log keeps of it convinces a stranger who has the key', async () => {
  const place = await Place.make()
  const host = await serve(place)
  const workplace = makeWorkplace()
  const state = path.join(workplace.path, 'state')
  const env = { XDG_STATE_HOME: state }
  const url = parseAddress(host.ledgerUrl)
  await startVms(workplace, ['log', host.url], env).finished()
  const evidence = path.join(state, 'vms', 'evidence')
  const [file = ''] = readdirSync(evidence)
  const kept = JSON.parse(readFileSync(path.join(evidence, file), 'utf8'))
  const {
    manifest,
    head,
    genesis,
    path: siblings,
    roots,
  } = fromPlain(kept.evidence) as GenesisEvidence
  const key = ledgerKey(sodiumCrypto, manifest)
  expect(url).toMatchObject({ kind: 'ledger', key })
  const top = climb(sodiumCrypto, leafNode(sodiumCrypto, 0, genesis), siblings)
  expect(roots).toContainEqual(top)
  expect(treeHash(sodiumCrypto, roots)).toEqual(head.treeHash)
  expect(verifyHead(sodiumCrypto, key, manifest, head)).toBe(true)
  expect(sodiumCrypto.hash(genesis)).not.toEqual(manifest.genesisHash)
})
