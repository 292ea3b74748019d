/** Blocks are accepted at their place under a head, and nothing that was altered is. */
import { checkBlocks, fillIndexes, ProofError, type TreeNode, treeHash } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import { TreeLedger } from './tree-ledger.ts'

const ledger = new TreeLedger().append(45)

const headAt = (length: number) => ({ length, treeHash: ledger.signed(length).treeHash })

const answer = (start: number, end: number, length: number) => ({
  blocks: ledger.entries.slice(start, end),
  before: ledger.nodes(fillIndexes(0, start)),
  after: ledger.nodes(fillIndexes(end, length)),
})

test('every stretch is proven under every head, and tells the hash before it', () => {
  for (let length = 1; length <= 45; length += 4) {
    for (let start = 0; start <= length; start++) {
      for (let end = start; end <= length; end += 3) {
        const startHash = checkBlocks(
          crypto,
          headAt(length),
          [start, end],
          answer(start, end, length),
        )
        expect(startHash).toEqual(treeHash(crypto, ledger.nodes(fillIndexes(0, start))))
      }
    }
  }
})

test('fewer blocks than were asked for are proven too', () => {
  checkBlocks(crypto, headAt(45), [5, 30], answer(5, 9, 45))
})

describe('what is refused', () => {
  const good = answer(5, 9, 45)
  const flip = (bytes: Uint8Array): Uint8Array =>
    bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))
  const alter = (node: TreeNode): TreeNode => ({ ...node, hash: flip(node.hash) })

  test.each([
    ['an altered block', { ...good, blocks: [...good.blocks.slice(0, 3), new Uint8Array([1])] }],
    ['blocks in another order', { ...good, blocks: good.blocks.toReversed() }],
    ['a block more than was asked for', answer(5, 10, 45)],
    ['no block', answer(5, 5, 45)],
    ['a block less than the proof says', { ...good, blocks: good.blocks.slice(1) }],
    ['blocks of another place', answer(6, 10, 45)],
    ['an altered node before', { ...good, before: good.before.map(alter) }],
    ['an altered node after', { ...good, after: good.after.map(alter) }],
    [
      'another size',
      { ...good, after: good.after.map((node) => ({ ...node, size: node.size + 1 })) },
    ],
    ['a node too few', { ...good, after: good.after.slice(1) }],
    ['a node too many', { ...good, before: [...good.before, ...good.after] }],
    ['the proof of another length', answer(5, 9, 44)],
    ['altered blocks with an honest proof', { ...good, blocks: good.blocks.map(flip) }],
  ])('%s', (_, given) => {
    const { blocks, before, after } = given
    expect(() => checkBlocks(crypto, headAt(45), [5, 9], { blocks, before, after })).toThrow(
      ProofError,
    )
  })

  test('honest blocks under another head', () => {
    expect(() => checkBlocks(crypto, headAt(44), [5, 9], good)).toThrow(ProofError)
  })
})
