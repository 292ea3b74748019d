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

/** The same for a file as it is shown on a terminal, where a carriage return alone writes over what stands there. */
export const safeScreen = (text: string): string => safeLines(text).replace(/\r(?!\n)/g, '\ufffd')

/**
 * The same for source text that is written for an editor: lines end in one way, and nothing in it is an instruction to vim or
 * Emacs (`vim: set …`, `-*- … -*-`, `Local Variables:`), which obey those in comments.
 */
export const safeSource = (text: string): string =>
  safeLines(text.replace(/\r\n?|[\u2028\u2029]/g, '\n'))
    .replace(/\b(vim?|ex)(?=([<=>]*\d+)?:)/gi, '$1 ')
    .replaceAll('-*-', '- * -')
    .replace(/(Local Variables):/gi, '$1 :')

/** What is left to do for text whose control characters are escaped and whose colours are ours, such as Node's `inspect`. */
export const safeOrder = (text: string): string =>
  text.replace(UNSAFE, (c) => (/\p{Cc}/u.test(c) ? c : `\\u{${codeOf(c)}}`))

/** A value as JSON in one line that is as harmless: what JSON.stringify leaves as it is becomes an escape. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSAFE, (c) => `\\u${codeOf(c).padStart(4, '0')}`)
