/**
 * The files of the page, read from where the build puts them. A clone makes them at its setup; where they are missing there
 * is no page, and nothing else is worse for it.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** One file, ready to be sent. */
export interface ExplorerFile {
  readonly body: Uint8Array
  /** The same, compressed; goes with the header `content-encoding: gzip`. */
  readonly gzip: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The browser loads from this origin only, runs no inline script, evaluates nothing, sends no form anywhere, cannot be put in
 * a frame, and cannot turn text into markup even if the page tried to.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Media types by the end of the name. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Below the path of the host: what the page names, and the page once more, where something else is at the host's own. */
const FOLDER = 'explorer/'

const built = new URL('../dist/page/', import.meta.url)
const known = new Map<string, ExplorerFile | null>()

/**
 * The file at a path relative to the host's: `` (empty) and `explorer/` are the page, `explorer/…` what belongs to it. Null if
 * there is none.
 */
export function explorerFile(path: string): ExplorerFile | null {
  const isPage = path === '' || path === FOLDER
  const name = isPage ? 'index.html' : path.startsWith(FOLDER) ? path.slice(FOLDER.length) : ''
  // Names that the build gives; nothing that could lead elsewhere.
  if (!/^[\w-]+\.(html|js|css|svg)$/.test(name) || (name === 'index.html') !== isPage) return null
  const found = known.get(path)
  if (found !== undefined) return found
  const file = load(name, path === FOLDER ? withinFolder : (body) => body)
  known.set(path, file)
  return file
}

/** The page names its files from the host's path; here they lie beside it. */
const withinFolder = (page: Buffer): Buffer =>
  Buffer.from(page.toString('utf8').replaceAll(`="${FOLDER}`, '="'))

function load(name: string, change: (body: Buffer) => Buffer): ExplorerFile | null {
  let body: Uint8Array
  try {
    body = change(readFileSync(new URL(name, built)))
  } catch {
    return null
  }
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  return {
    body,
    gzip: gzipSync(body, { level: 9 }),
    headers: {
      'content-type': TYPES[name.slice(name.lastIndexOf('.') + 1)] as string,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      etag: `"${digest}"`,
    },
  }
}
