/** The address at which a host listens, and its form in a URL. */

export const LOOPBACK = '127.0.0.1'

/** A URL names localhost for a wildcard address. */
export function urlHost(hostname: string): string {
  if ([LOOPBACK, '::1', '0.0.0.0', '::'].includes(hostname)) return 'localhost'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}
