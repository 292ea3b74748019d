/**
 * Walks the files' B-tree at one length, over blocks proven under the signed head. The walk follows the only path on which a key can be. So
 * a key that it does not find does not exist.
 */
import { decodeTreeBlock, type IndexNode, type TreeBlock } from './tree-block.ts'

/** Most levels of a tree: 4^40 keys are more than there can be. Ends the walk if a host's tree has a cycle. */
const LEVELS_MAX = 40

/** The blocks of a tree's core. */
export interface TreeSource {
  /** Length at which the tree is read. */
  readonly length: number
  /** A proven block. */
  block(index: number): Promise<Uint8Array>
  /** The error for a proven but malformed block: the host has committed to it. */
  nonsense(what: string): Error
}

/** A key and its value. */
export interface TreeEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export class TreeWalk {
  #source: TreeSource

  constructor(source: TreeSource) {
    this.#source = source
  }

  /** The value at a key, null if there is none. */
  async get(key: Uint8Array): Promise<Uint8Array | null> {
    let node = await this.#root()
    for (let level = 0; node && level < LEVELS_MAX; level++) {
      const blocks: TreeBlock[] = await this.#blocks(node)
      const at = blocks.findIndex((block) => compareBytes(block.key, key) >= 0)
      const found = blocks[at]
      if (found && compareBytes(found.key, key) === 0) return this.#valueOf(found)
      node = await this.#child(node, at === -1 ? blocks.length : at)
    }
    if (node) throw this.#source.nonsense('a tree without end')
    return null
  }

  /** The entries with start ≤ key < end, in order. */
  async *range(start: Uint8Array, end: Uint8Array): AsyncGenerator<TreeEntry> {
    const root = await this.#root()
    if (root) yield* this.#range(root, start, end, 0)
  }

  async *#range(
    node: IndexNode,
    start: Uint8Array,
    end: Uint8Array,
    level: number,
  ): AsyncGenerator<TreeEntry> {
    if (level >= LEVELS_MAX) throw this.#source.nonsense('a tree without end')
    const blocks = await this.#blocks(node)
    for (let i = 0; i <= blocks.length; i++) {
      const before = blocks[i - 1]
      const block = blocks[i]
      // Skips subtrees that lie wholly before the start or after the end.
      const isRight = !block || compareBytes(block.key, start) > 0
      const isLeft = !before || compareBytes(before.key, end) < 0
      if (isRight && isLeft) {
        const child = await this.#child(node, i)
        if (child) yield* this.#range(child, start, end, level + 1)
      }
      if (block && compareBytes(block.key, start) >= 0) {
        if (compareBytes(block.key, end) >= 0) return
        yield { key: block.key, value: this.#valueOf(block) }
      }
    }
  }

  async #root(): Promise<IndexNode | null> {
    const { length } = this.#source
    return length < 2 ? null : await this.#node(length - 1, 0)
  }

  async #child(node: IndexNode, at: number): Promise<IndexNode | null> {
    if (node.children.length === 0) return null
    const [block, position] = node.children[at] ?? [-1, 0]
    return await this.#node(block, position)
  }

  async #node(block: number, position: number): Promise<IndexNode> {
    const node = (await this.#block(block)).index[position]
    if (!node) throw this.#source.nonsense(`no node ${position} in block ${block}`)
    return node
  }

  /** The blocks that hold the keys of a node. */
  async #blocks(node: IndexNode): Promise<TreeBlock[]> {
    return await Promise.all(node.keys.map((index) => this.#block(index)))
  }

  async #block(index: number): Promise<TreeBlock> {
    const { length } = this.#source
    if (!(index > 0 && index < length)) throw this.#source.nonsense(`no block ${index}`)
    const bytes = await this.#source.block(index)
    try {
      return decodeTreeBlock(bytes)
    } catch (error) {
      throw this.#source.nonsense(
        `block ${index} is no part of a tree: ${(error as Error).message}`,
      )
    }
  }

  #valueOf({ value }: TreeBlock): Uint8Array {
    if (!value) throw this.#source.nonsense('a key that was deleted')
    return value
  }
}

/** Order of byte strings. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
