/** Holds that docs/spec/files.md says what the drive does, to the byte. */
import { readFile } from 'node:fs/promises'
import { toHex } from '@vms/format'
import Corestore from 'corestore'
import { expect, it } from 'vitest'
import { plainManifest } from '../src/engine/hypercore.ts'
import { ScratchFiles } from '../src/index.ts'
import { crypto, deleted, directory, file, freshDirectory } from './fixtures.ts'

const source = await readFile(new URL('../../../docs/spec/files.md', import.meta.url), 'utf8')
/** Without the spaces that align the columns of tables. */
const text = source.replaceAll(/ +/g, ' ')

/** The blocks of the example: hexadecimal, and texts in quotes or braces. */
function specifiedBlocks(core: 'db' | 'blobs'): string[] {
  const example = /```text\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
  const blocks = example.split(/^(?=db|blobs)/m).filter((block) => block.startsWith(core))
  return blocks.map((block) =>
    [...block.replace(/^\w+ \d+/, '').matchAll(/"([^"{}]*)"(?=\s)|(\{.*\})|([0-9a-f]+)/g)]
      .map(([, quoted, json, hex]) =>
        hex === undefined
          ? Buffer.from((quoted ?? json ?? '').replace('\\0', '\0')).toString('hex')
          : hex,
      )
      .join(''),
  )
}

it('docs/spec/files.md shows the blocks and heads of its example', async () => {
  const place = await freshDirectory()
  const scratch = await ScratchFiles.create(place, { crypto })
  const groups = [
    [],
    [
      file('/d/b', 'two', 1_700_000_000_001),
      directory('/d', 1_700_000_000_000),
      file('/a', 'one', 1_700_000_000_000),
    ],
    [deleted('/a')],
  ]
  for (const [at, changes] of groups.entries()) {
    const head = await scratch.commit(changes, at)
    const { dbLength, dbHash, blobsLength, blobsHash } = head
    expect(text).toContain(
      `| ${dbLength} | \`${toHex(dbHash)}\` | ${blobsLength} | \`${toHex(blobsHash)}\` |`,
    )
  }
  await scratch.close()
  const store = new Corestore(`${place}/store`)
  const keyPair = await store.createKeyPair('files')
  const db = store.get({ manifest: plainManifest(keyPair.publicKey), keyPair, allowFork: false })
  await db.ready()
  const blocks: string[] = []
  for (let i = 0; i < db.length; i++) blocks.push(toHex((await db.get(i)) ?? new Uint8Array()))
  expect(specifiedBlocks('db')).toEqual(blocks)
  expect(specifiedBlocks('blobs')).toEqual(
    ['one', 'two'].map((data) => Buffer.from(data).toString('hex')),
  )
  await store.close()
})
