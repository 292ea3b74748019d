/** Normal paths: absolute, `/` between names, well-formed Unicode, no NUL; ordered by their UTF-8 bytes. */
import { FileError } from './file-error.ts'

/**
 * Makes a path normal. The leading slash is optional; `.` and `..` are resolved. A backslash is refused, because readers of the archive
 * treat it as a separator.
 *
 * @throws FileError InvalidPathError
 */
export function normalPath(path: string, maxBytes: number): string {
  if (!path.isWellFormed() || /[\0\\]/.test(path)) throw FileError.named('InvalidPathError')
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name !== '..') names.push(name)
    else if (names.pop() === undefined) throw FileError.named('InvalidPathError')
  }
  const normal = `/${names.join('/')}`
  // A UTF-16 unit takes three bytes at most, so most paths need no counting.
  if (normal.length * 3 > maxBytes && Buffer.byteLength(normal) > maxBytes) {
    throw FileError.named('InvalidPathError')
  }
  return normal
}

/** Whether a path is already normal and not too long. */
export function isNormalPath(path: string, maxBytes: number): boolean {
  try {
    return normalPath(path, maxBytes) === path
  } catch {
    return false
  }
}

/** {@link normalPath} with a cache, because scripts use few paths many times. */
export function createNormalPath(maxBytes: number): (path: string) => string {
  const normalPaths = new Map<string, string>()
  return (path) => {
    const known = normalPaths.get(path)
    if (known !== undefined) return known
    const normal = normalPath(path, maxBytes)
    if (normalPaths.size >= rememberedPaths) normalPaths.clear()
    if (path.length <= rememberedUnits) normalPaths.set(path, normal)
    return normal
  }
}

const rememberedPaths = 1_000
const rememberedUnits = 200

/** The directory that contains a normal path other than `/`. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === 0 ? '/' : path.slice(0, slash)
}

/** The prefix of every path inside a directory. */
export function insidePrefix(directory: string): string {
  return directory === '/' ? '/' : `${directory}/`
}

/** Order of UTF-8 bytes, which is the order of code points. */
export function compareBytes(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  for (let i = 0; i < shorter; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a === b) continue
    // Surrogates encode the highest code points, although units from U+E000 on are larger numbers.
    const aHigh = a >= 0xd800 && a <= 0xdfff
    const bHigh = b >= 0xd800 && b <= 0xdfff
    return aHigh === bHigh ? a - b : aHigh ? 1 : -1
  }
  return left.length - right.length
}
