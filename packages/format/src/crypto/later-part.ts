/**
 * A part of a program that is loaded when it is first needed. Browsers remember for as long as a page lives that a module could
 * not be had, be it that the page was offline for a moment; under another URL it is another module to them.
 */

/** What `load` imports, if a bundler has left it at that: what it makes of the module afterwards could not be done again. */
const IMPORTED = /^\(\)\s*=>\s*import\(\s*["'`]([^"'`]+)["'`]\s*\)$/

/**
 * Gives what loads a part, and tries again at the next call if it fails. The part may import only what is loaded already, which
 * keeps its URL and so stays one.
 *
 * @param load imports the part: `() => import('./part.ts')`.
 * @param again imports what it is given, and stands in the same module: `(url) => import(url)`.
 */
export function laterPart<T>(
  load: () => Promise<T>,
  again: (url: string) => Promise<T>,
): () => Promise<T> {
  let failures = 0
  return async () => {
    const attempt = failures
    // The bundler has chosen the name of the part's file, and only `load` says it.
    const [, url] = (attempt > 0 && IMPORTED.exec(String(load))) || []
    try {
      return await (url ? again(`${url}?${attempt}`) : load())
    } catch (error) {
      // Another caller that waited for the same attempt has counted it.
      if (failures === attempt) failures += 1
      throw error
    }
  }
}
