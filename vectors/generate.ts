/**
 * Writes the vectors: `node vectors/generate.ts`. With `--check` it only says whether the files are what it would write.
 *
 * The bytes in them are the specification's. A change here that changes a vector is a change of the format, and needs a new format version.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { addressVectors } from './addresses.ts'
import { derivedVectors } from './derived.ts'
import { entryVectors } from './entries.ts'
import { headVectors } from './heads.ts'
import { receiptVectors } from './receipts.ts'
import { refusalVectors } from './refusals.ts'
import { requestVectors } from './requests.ts'
import { signatureVectors } from './signatures.ts'
import { statementVectors } from './statements.ts'
import { treeVectors } from './trees.ts'
import { valueVectors } from './values.ts'

const vectors: Record<string, () => object> = {
  addresses: addressVectors,
  derived: derivedVectors,
  entries: entryVectors,
  heads: headVectors,
  receipts: receiptVectors,
  refusals: refusalVectors,
  requests: requestVectors,
  signatures: signatureVectors,
  statements: statementVectors,
  trees: treeVectors,
  values: valueVectors,
}

const fileOf = (name: string): URL => new URL(`${name}.json`, import.meta.url)

function read(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const checking = process.argv.includes('--check')
for (const [name, make] of Object.entries(vectors)) {
  const text = `${JSON.stringify(make(), null, 1)}\n`
  if (!checking) writeFileSync(fileOf(name), text)
  else if (read(fileOf(name)) !== text) {
    console.error(`vectors/${name}.json is not what vectors/generate.ts writes`)
    process.exitCode = 1
  }
}
