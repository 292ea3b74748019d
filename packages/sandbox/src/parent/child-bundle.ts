/**
 * The child's code in one file, which the parent opens for the child. The child then needs no permission to read files, and it starts twice
 * as fast. The build writes the file. In a clone, the tests write it again when the sources change. The parent ignores a file that does not
 * match the sources.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The sources of the bundle: paths relative to the package, and a digest of them all. */
export interface BundleInputs {
  readonly files: readonly string[]
  /** SHA-256, hex, as {@link digestOf} gives it. */
  readonly digest: string
}

const packageFolder = new URL('../..', import.meta.url)
const isPublished = import.meta.url.endsWith('.js')

/** Where the bundle and its inputs are stored. */
export const bundleFiles = {
  parts: fileURLToPath(new URL('dist/child-bundle.bin', packageFolder)),
  inputs: fileURLToPath(new URL('dist/child-bundle.json', packageFolder)),
}

/** Digest of files. Their paths are relative to the package. */
export function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = fs.readFileSync(new URL(file, packageFolder))
    hash.update(`${file} ${content.byteLength}\n`).update(content)
  }
  return hash.digest('hex')
}

/**
 * The parts that the parent passes to the child. V8's code cache saves the compilation. V8 ignores a cache that another version or other
 * flags produced.
 */
export interface BundleParts {
  /** Function expression `(require, addon, given) => void`, in ASCII; `given` holds the last three parts, as bytes. */
  readonly code: string
  /** V8's code cache of `code`. */
  readonly cache: Uint8Array
  /** The runtime as one script, in ASCII. */
  readonly runtime: string
  /** V8's code cache of `runtime`. */
  readonly runtimeCache: Uint8Array
  /** The result of librarySource in child/library-source.ts. */
  readonly library: string
}

/** Bytes of each part as the child reads it: a 4-byte little-endian length, then the part. */
export function packBundle({ code, cache, runtime, runtimeCache, library }: BundleParts): Buffer {
  const parts = [
    Buffer.from(code, 'latin1'),
    cache,
    Buffer.from(runtime, 'latin1'),
    runtimeCache,
    Buffer.from(library),
  ]
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(part.byteLength, 0)
      return [length, part]
    }),
  )
}

let bundle: number | null | undefined

/**
 * The descriptor of a file with the packed bundle; null if there is no bundle, or if it does not match the sources. All children share the
 * descriptor: each reads at explicit positions, so no child moves another's position. It stays open as long as this process lives, because
 * a later bundle would belong to other code.
 */
export function childBundle(): number | null {
  if (bundle === undefined) bundle = isPublished || isCurrent() ? openBundle() : null
  return bundle
}

/** Whether the bundle matches the current sources. */
export function isCurrent(): boolean {
  try {
    const { files, digest } = JSON.parse(
      fs.readFileSync(bundleFiles.inputs, 'utf8'),
    ) as BundleInputs
    return digestOf(files) === digest
  } catch {
    // The bundle or one of its sources does not exist.
    return false
  }
}

function openBundle(): number | null {
  try {
    return fs.openSync(bundleFiles.parts, 'r')
  } catch {
    return null
  }
}
