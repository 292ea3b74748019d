/** One block of the files' tree: the key and value that it brought, and the tree nodes that it holds. */
import { PbfReader } from 'pbf'

/** A node: the blocks that hold its keys, in order, and the nodes between them, as block and position; none in a leaf. */
export interface IndexNode {
  readonly keys: readonly number[]
  readonly children: readonly (readonly [block: number, position: number])[]
}

/** A block, decoded. `value` is null where the block is a deletion. */
export interface TreeBlock {
  readonly index: readonly IndexNode[]
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** Field numbers of docs/spec/files.md, "The tree". */
const INDEX = 1
const KEY = 2
const VALUE = 3
const NODE = 1
const KEYS = 1
const CHILDREN = 2

/** Decodes a block of the db core other than the header. Throws if the bytes are no such block. */
export function decodeTreeBlock(bytes: Uint8Array): TreeBlock {
  const block: { index: Uint8Array; key: Uint8Array; value: Uint8Array | null } = {
    index: new Uint8Array(),
    key: new Uint8Array(),
    value: null,
  }
  new PbfReader(bytes).readFields((field, result, reader) => {
    if (field === INDEX) result.index = reader.readBytes()
    else if (field === KEY) result.key = reader.readBytes()
    else if (field === VALUE) result.value = reader.readBytes()
  }, block)
  const nodes: IndexNode[] = []
  new PbfReader(block.index).readFields((field, result, reader) => {
    if (field === NODE) result.push(decodeNode(reader.readBytes()))
  }, nodes)
  return { index: nodes, key: block.key, value: block.value }
}

function decodeNode(bytes: Uint8Array): IndexNode {
  const keys: number[] = []
  const pairs: number[] = []
  new PbfReader(bytes).readFields((field, _, reader) => {
    if (field === KEYS) reader.readPackedVarint(keys)
    else if (field === CHILDREN) reader.readPackedVarint(pairs)
  }, null)
  const children: [number, number][] = []
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    children.push([pairs[i] as number, pairs[i + 1] as number])
  }
  return { keys, children }
}
