/**
 * Loads a part of a program at its first use. A browser remembers a failed import for the life of the page, even if the page was offline
 * only for a moment. Under another URL the browser tries again.
 */

/** What `load` imports, if a bundler has left it at that: what it makes of the module afterwards could not be done again. */
const IMPORTED = /^\(\)\s*=>\s*import\(\s*["'`]([^"'`]+)["'`]\s*\)$/

/**
 * Returns a function that loads the part, and that tries again at the next call after a failure. The part may import only modules that are
 * loaded already: they keep their URL, so they are not loaded twice.
 *
 * @param load imports the part: `() => import('./part.ts')`.
 * @param again imports the given URL, in the same module: `(url) => import(url)`.
 */
export function laterPart<T>(
  load: () => Promise<T>,
  again: (url: string) => Promise<T>,
): () => Promise<T> {
  let failures = 0
  return async () => {
    const attempt = failures
    // The bundler chose the name of the part's file, and only the text of `load` holds it.
    const [, url] = (attempt > 0 && IMPORTED.exec(String(load))) || []
    try {
      return await (url ? again(`${url}?${attempt}`) : load())
    } catch (error) {
      // Another caller that waited for the same attempt may have counted it already.
      if (failures === attempt) failures += 1
      throw error
    }
  }
}
