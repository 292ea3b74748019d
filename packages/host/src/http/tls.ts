/** TLS of the host's own server, whose certificate can be replaced while it runs. */
import type { Server as HttpServer } from 'node:http'
import { createServer, Server as HttpsServer, type ServerOptions } from 'node:https'
import { createSecureContext } from 'node:tls'
import { TlsError } from '../errors/errors.ts'
import { HEADERS_MS } from '../settings/limits.ts'

/** Certificate chain and private key, as PEM. */
export interface Tls {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
}

/** The oldest version that browsers still support. */
const MIN_VERSION = 'TLSv1.2'

/** Creates an HTTPS server. Throws {@link TlsError} if the certificate or the key is invalid, or if they are not a pair. */
export function secureServer(tls: Tls, times: ServerOptions): HttpServer {
  check(tls)
  const handshakeTimeout = HEADERS_MS
  return createServer({ ...times, ...pem(tls), minVersion: MIN_VERSION, handshakeTimeout })
}

/** Gives new connections another certificate. Throws {@link TlsError}; then the server keeps its old certificate. */
export function renew(server: HttpServer, tls: Tls): void {
  check(tls)
  if (!(server instanceof HttpsServer)) throw new TypeError('the server does not speak TLS')
  server.setSecureContext({ ...pem(tls), minVersion: MIN_VERSION })
}

function check(tls: Tls): void {
  try {
    createSecureContext(pem(tls))
  } catch (cause) {
    throw new TlsError(cause as Error)
  }
}

const pem = ({ cert, key }: Tls) => ({ cert: text(cert), key: text(key) })

const text = (bytes: string | Uint8Array): string =>
  typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)
