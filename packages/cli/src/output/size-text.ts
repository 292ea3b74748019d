/** Numbers of bytes as a person reads them. */

const KiB = 1024

/** Such as `512 bytes`, `1.5 KiB` or `20.0 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < KiB) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  if (bytes < KiB ** 2) return `${(bytes / KiB).toFixed(1)} KiB`
  return bytes < KiB ** 3
    ? `${(bytes / KiB ** 2).toFixed(1)} MiB`
    : `${(bytes / KiB ** 3).toFixed(1)} GiB`
}
