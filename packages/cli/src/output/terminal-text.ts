/** Makes the text of strangers (scripts, callers, hosts) safe for a terminal. */

/** Control characters, all line breaks, and the marks that change the direction of text. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const codeOf = (char: string): string => char.charCodeAt(0).toString(16)

/** `text` in one line. It cannot move the cursor, change colours or reorder the text on the terminal. */
export const safeText = (text: string): string =>
  text.replace(UNSAFE, (c) => (c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\u{${codeOf(c)}}`))

/** The same for text with lines and columns, such as source code. Each character stays one character. */
export const safeLines = (text: string): string =>
  text.replace(UNSAFE, (c) => (/[\t\n\r\u2028\u2029]/.test(c) ? c : '\ufffd'))

/** The same for a file on a terminal, where a single carriage return would overwrite the line. */
export const safeScreen = (text: string): string => safeLines(text).replace(/\r(?!\n)/g, '\ufffd')

/**
 * The same for source text in an editor. All lines end alike. vim and Emacs obey instructions in comments (`vim: set …`,
 * `-*- … -*-`, `Local Variables:`), so the text keeps none.
 */
export const safeSource = (text: string): string =>
  safeLines(text.replace(/\r\n?|[\u2028\u2029]/g, '\n'))
    .replace(/\b(vim?|ex)(?=([<=>]*\d+)?:)/gi, '$1 ')
    .replaceAll('-*-', '- * -')
    .replace(/(Local Variables):/gi, '$1 :')

/** The same for the text of Node's `inspect`, which escapes control characters itself and may have colours. */
export const safeOrder = (text: string): string =>
  text.replace(UNSAFE, (c) => (/\p{Cc}/u.test(c) ? c : `\\u{${codeOf(c)}}`))

/** A value as JSON in one line that is safe for a terminal. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSAFE, (c) => `\\u${codeOf(c).padStart(4, '0')}`)
