/** Where a host listens, and what stands in a URL for that. */

export const LOOPBACK = '127.0.0.1'

/** A wildcard is reached, among others, by localhost. */
export function urlHost(hostname: string): string {
  if ([LOOPBACK, '::1', '0.0.0.0', '::'].includes(hostname)) return 'localhost'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}
