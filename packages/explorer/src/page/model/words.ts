/** Formats numbers, times and names for this page. */

const counts = new Intl.NumberFormat('en')
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Characters of a shortened id. */
const ID_START = 8

/** 12,345. */
export const count = (number: number): string => counts.format(number)

/** `1 entry`, `12,345 entries`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`

/** The day and the time of day, to the second, in the reader's time zone. `ms`: since the epoch. */
export const moment = (ms: number): string =>
  isTime(ms) ? `${days.format(ms)}, ${clock.format(ms)}` : String(ms)

/** The time of day; for another day than today's, with the day. */
export function shortMoment(ms: number, now: number): string {
  if (!isTime(ms)) return String(ms)
  const today = days.format(now) === days.format(ms)
  return today ? clock.format(ms) : moment(ms)
}

/** The time in ISO format, for machines. */
export const isoTime = (ms: number): string => (isTime(ms) ? new Date(ms).toISOString() : '')

const isTime = (ms: number): boolean => Math.abs(ms) <= 8.64e15

/** The beginning of an id, with a sign that more follows. */
export const shortId = (id: string): string =>
  id.length > ID_START + 2 ? `${id.slice(0, ID_START)}…` : id

/** 1.2 kB, 34 MB. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  const unit = bytes < 1e6 ? 'kB' : bytes < 1e9 ? 'MB' : 'GB'
  const scaled = bytes / (unit === 'kB' ? 1e3 : unit === 'MB' ? 1e6 : 1e9)
  return `${scaled < 10 ? scaled.toFixed(1) : count(Math.round(scaled))} ${unit}`
}

/** 3 ms, 1.5 s, 2 min, 3 h, 4 days. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} days`
}

/** Bytes in hexadecimal. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
