/** Quantities as text for a person. */

const KiB = 1024

/** Such as `512 bytes`, `1.5 KiB` or `20.0 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < KiB) return plural(bytes, 'byte')
  if (bytes < KiB ** 2) return `${(bytes / KiB).toFixed(1)} KiB`
  return bytes < KiB ** 3
    ? `${(bytes / KiB ** 2).toFixed(1)} MiB`
    : `${(bytes / KiB ** 3).toFixed(1)} GiB`
}

/** Such as `1 call`, `2 calls` or `3 entries`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

/** Milliseconds as seconds, such as `1.5 s`. */
export const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
