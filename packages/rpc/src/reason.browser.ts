/** Why a request failed. Browsers hide the reason from pages. */

/** Always nothing. */
export const reasonOf = (_error: unknown): string => ''
