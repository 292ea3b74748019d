/**
 * Makes all characters in strangers' text visible: shows invisible characters, and those that change the direction of the text around them,
 * by their numbers.
 */

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu

/** The text on one line: shows line breaks and tabs by number as well. */
export const visibleLine = (text: string): string => text.replace(UNSEEN, shown)

/** The text on several lines: keeps line breaks and tabs. */
export const visibleText = (text: string): string =>
  text.replace(UNSEEN, (character) => (/[\n\t]/.test(character) ? character : shown(character)))

const shown = (character: string): string =>
  `⟨${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟩`
