/**
 * Recorded ledgers: whole histories as a host committed them, one file each under the number of their semantics. They hold each number
 * to what it was when it was released: every release that has the number must replay them to the same bytes.
 *
 * A file is lines of JSON: first the ledger's key, manifest and head (bytes in hexadecimal), then one entry a line (base64).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fromHex, type LedgerManifest, type SignedHead, toHex } from '@vms/format'

/** A ledger in memory, as an audit takes it. */
export interface RecordedLedger {
  readonly key: Uint8Array
  readonly manifest: LedgerManifest
  readonly head: SignedHead
  readonly blocks: readonly Uint8Array[]
}

const folder = (semantics: number): URL => new URL(`${semantics}/`, import.meta.url)

/** The names of the ledgers that were recorded with semantics `number`. */
export const recordedNames = (number: number): string[] =>
  readdirSync(folder(number)).map((file) => file.replace(/\.jsonl$/, ''))

export function readRecorded(semantics: number, name: string): RecordedLedger {
  const text = readFileSync(new URL(`${name}.jsonl`, folder(semantics)), 'utf8')
  const [first = '', ...rest] = text.trimEnd().split('\n')
  const { key, manifest, head } = JSON.parse(first)
  return {
    key: fromHex(key),
    manifest: {
      signer: fromHex(manifest.signer),
      filesKey: fromHex(manifest.filesKey),
      genesisHash: fromHex(manifest.genesisHash),
    },
    head: {
      length: head.length,
      treeHash: fromHex(head.treeHash),
      signature: fromHex(head.signature),
    },
    blocks: rest.map((line) => Uint8Array.from(Buffer.from(JSON.parse(line), 'base64'))),
  }
}

export function writeRecorded(semantics: number, name: string, ledger: RecordedLedger): void {
  const { key, manifest, head, blocks } = ledger
  const first = {
    key: toHex(key),
    manifest: {
      signer: toHex(manifest.signer),
      filesKey: toHex(manifest.filesKey),
      genesisHash: toHex(manifest.genesisHash),
    },
    head: {
      length: head.length,
      treeHash: toHex(head.treeHash),
      signature: toHex(head.signature),
    },
  }
  const lines = [first, ...blocks.map((block) => Buffer.from(block).toString('base64'))]
  writeFileSync(
    new URL(`${name}.jsonl`, folder(semantics)),
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
  )
}
