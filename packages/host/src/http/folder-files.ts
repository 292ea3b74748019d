/**
 * Pages that a host serves beside its services: the files of folders, unchanged. It serves no listing, no file whose name begins with a
 * dot, and nothing outside of the folder. Its headers restrict a page to its own origin.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** A file to send. */
interface FolderFile {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/**
 * The file at a path; null if there is none. Calls `reserve` with the size before it reads the file; returns `busy` if `reserve` returns
 * false.
 */
export type FolderFiles = (
  path: string,
  reserve: (bytes: number) => boolean,
) => Promise<FolderFile | 'busy' | null>

/** Most bytes of a file. The whole file is in memory while the host sends it, so it serves no large downloads. */
const PAGE_BYTES = 16 * 1024 * 1024

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Content security policy of a page: it may load from its own origin and talk to it. It runs no script of others, and no inline script. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The browser revalidates each time: a page and the files that it loads must be of one version.
  'cache-control': 'no-cache',
}

/** The files of folders, each at a path that begins and ends with a slash. The longest matching path wins. */
export function folderFiles(folders: Readonly<Record<string, string>>): FolderFiles {
  const places = Object.keys(folders).sort((a, b) => b.length - a.length)
  return async (path, reserve) => {
    const place = places.find((candidate) => path.startsWith(candidate))
    if (place === undefined) return null
    const rest = decoded(path.slice(place.length))
    const names = (rest === '' || rest?.endsWith('/') ? `${rest}index.html` : rest)?.split('/')
    if (!names || names.some((name) => name === '' || name.startsWith('.') || /[\0\\]/.test(name)))
      return null
    try {
      const folder = await realpath(folders[place] as string)
      // Serve no link that leads out of the folder.
      const file = await realpath(join(folder, ...names))
      if (!file.startsWith(folder + sep)) return null
      const { size } = await stat(file)
      if (size > PAGE_BYTES) return null
      if (!reserve(size)) return 'busy'
      const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream'
      return { headers: { ...PAGE_HEADERS, 'content-type': type }, body: await readFile(file) }
    } catch {
      return null
    }
  }
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
