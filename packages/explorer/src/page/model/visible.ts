/**
 * Text of strangers, so that nothing in it hides: characters that show nothing, or that turn the direction of what stands
 * around them, are shown by their numbers.
 */

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu

/** One line: line breaks and tabs are shown by number as well. */
export const visibleLine = (text: string): string => text.replace(UNSEEN, shown)

/** Several lines: line breaks and tabs are kept. */
export const visibleText = (text: string): string =>
  text.replace(UNSEEN, (character) => (/[\n\t]/.test(character) ? character : shown(character)))

const shown = (character: string): string =>
  `⟨${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}⟩`
