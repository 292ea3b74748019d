/** Text that strangers wrote (scripts, callers, hosts) made safe for a terminal. */

/** Control characters, line breaks of all kinds, and the marks that make a line read otherwise than it is stored. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const codeOf = (char: string): string => char.charCodeAt(0).toString(16)

/** `text` in one line that cannot move the cursor, recolour the terminal or reorder what is shown. */
export const safeText = (text: string): string =>
  text.replace(UNSAFE, (c) => (c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\u{${codeOf(c)}}`))

/** The same for text whose lines and columns count, such as source code: one character stays one character. */
export const safeLines = (text: string): string =>
  text.replace(UNSAFE, (c) => (/[\t\n\r\u2028\u2029]/.test(c) ? c : '\ufffd'))

/** What is left to do for text whose control characters are escaped and whose colours are ours, such as Node's `inspect`. */
export const safeOrder = (text: string): string =>
  text.replace(UNSAFE, (c) => (/\p{Cc}/u.test(c) ? c : `\\u{${codeOf(c)}}`))

/** A value as JSON in one line that is as harmless: what JSON.stringify leaves as it is becomes an escape. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSAFE, (c) => `\\u${codeOf(c).padStart(4, '0')}`)
