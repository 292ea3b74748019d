/** Loads what checks. See `verifier.ts`. */
import { VmsConnectionError } from './errors.ts'

/** What checks. */
export type Verifier = typeof import('./verifier.ts')

/** Resolves with what checks, from the second time on without loading anything. */
export async function loadVerifier(): Promise<Verifier> {
  try {
    return await import('./verifier.ts')
  } catch (cause) {
    throw new VmsConnectionError(
      'ERR_VMS_UNREACHABLE',
      'the part of the client that checks what the host says cannot be loaded',
      { cause, hint: 'all files of the client must stand side by side, from the same build' },
    )
  }
}
