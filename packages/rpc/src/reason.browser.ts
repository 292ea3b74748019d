/** Why a request failed: browsers do not tell a page. */

/** Nothing. */
export const reasonOf = (_error: unknown): string => ''
