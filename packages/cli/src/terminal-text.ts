/** Text that strangers wrote (scripts, callers, hosts) made safe for a terminal. */

/** Control characters, and the marks that make a line read otherwise than it is stored. */
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** `text` in one line that cannot move the cursor, recolour the terminal or reorder what is shown. */
export const safeText = (text: string): string =>
  text.replace(UNSAFE, (c) =>
    c === '\n' ? '\\n' : c === '\t' ? '\\t' : `\\u{${c.charCodeAt(0).toString(16)}}`,
  )
