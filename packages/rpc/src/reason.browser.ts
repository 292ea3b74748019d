/** Why a request failed. Browsers hide the reason from pages. */

/** Always the empty reason. */
export const reasonOf = (_error: unknown): string => ''
