/** Evidence as the command line keeps it. */

/** The values that the command line's JSON stands for, as far as evidence has them. */
export function fromPlain(plain: unknown): unknown {
  if (typeof plain !== 'object' || plain === null) return plain
  if (Array.isArray(plain)) return plain.map(fromPlain)
  if ('$bytes' in plain) return Uint8Array.from(Buffer.from(String(plain.$bytes), 'base64'))
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, fromPlain(value)]))
}
