/** What the codes of refusals promise. */
import { expect, test } from 'vitest'
import { refusalCodes, refusalMeaning, safeToSignAgain } from '../src/index.ts'

test('calls are signed again only where the old bytes were not executed, and cannot be any more', () => {
  for (const code of refusalCodes) {
    const { final, retry } = refusalMeaning(code)
    expect(safeToSignAgain({ code, covers: false }, 1)).toBe(final)
    expect(safeToSignAgain({ code, covers: true }, 2)).toBe(final)
    expect(safeToSignAgain({ code, covers: false }, 2)).toBe(false)
    // A code that lets the client sign anew must be final; one that is not lets it send the same bytes only.
    if (retry === 'now' || retry === 'alone') expect(final).toBe(true)
    if (retry === 'later') expect(final).toBe(false)
  }
  expect(safeToSignAgain({ code: 'ERR_VMS_BUSY', covers: true }, 1)).toBe(false)
})
