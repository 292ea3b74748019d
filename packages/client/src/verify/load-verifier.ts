/** Loads the verifier: see `verifier.ts`. */
import { laterPart } from '@vms/format'
import { VmsConnectionError } from '../errors/errors.ts'

/** The module with all checks. */
export type Verifier = typeof import('./verifier.ts')

const load = laterPart<Verifier>(
  () => import('./verifier.ts'),
  (url) => import(/* @vite-ignore */ url),
)

/** Resolves with the verifier. Loads it once; after a failure, the next call tries again. */
export async function loadVerifier(): Promise<Verifier> {
  try {
    return await load()
  } catch (cause) {
    throw new VmsConnectionError(
      'ERR_VMS_UNREACHABLE',
      'the verifier of the client cannot be loaded',
      { cause, hint: 'keep all files of one build side by side' },
    )
  }
}
