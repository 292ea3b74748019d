/**
 * The files of the page, from the build's output directory. The setup of a clone builds them. Without them a host serves no page, and works
 * otherwise.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** One file with its headers. */
export interface ExplorerFile {
  readonly body: Uint8Array
  /** The compressed bytes, for an answer with the header `content-encoding: gzip`. */
  readonly gzip: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Content security policy: the browser loads from this origin only, runs no inline script, evaluates no text, sends no form, and shows the
 * page in no frame. Text cannot become markup, even if the page tried.
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

/** Media types by file extension. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Folder below the host's path. It holds the page's files, and the page itself, for hosts that serve another page at their own path. */
const FOLDER = 'explorer/'

const built = new URL('../dist/page/', import.meta.url)
const known = new Map<string, ExplorerFile | null>()

/**
 * The file at a path relative to the host's. `` (empty) and `explorer/` are the page; `explorer/…` are its files. Null if there is none.
 */
export function explorerFile(path: string): ExplorerFile | null {
  const isPage = path === '' || path === FOLDER
  const name = isPage ? 'index.html' : path.startsWith(FOLDER) ? path.slice(FOLDER.length) : ''
  // Accept only the build's own names, so that no path leads elsewhere.
  if (!/^[\w-]+\.(html|js|css|svg)$/.test(name) || (name === 'index.html') !== isPage) return null
  const found = known.get(path)
  if (found !== undefined) return found
  const file = load(name, path === FOLDER ? withinFolder : (body) => body)
  known.set(path, file)
  return file
}

/** Adapts the page's links: it names its files from the host's path, and here they lie beside it. */
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
