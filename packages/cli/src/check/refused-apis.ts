/** The APIs that a machine lacks, or that it refuses to call, with the alternatives. */
import { refusedGlobals } from '@vms/auditor'

export interface RefusedApi {
  readonly why: string
  readonly instead: string
  /** Whether the machine refuses only calls, and allows `instanceof Function`. */
  readonly onlyCalls?: boolean
}

export const REFUSED_APIS: Readonly<Record<string, RefusedApi>> = {
  ...refusedGlobals,
  Function: {
    why: 'it makes code from text, which nothing meters',
    instead: 'write the code in the script',
    onlyCalls: true,
  },
  require: {
    why: 'a name that is only known when the script runs cannot be bundled',
    instead: 'require a name that stands in the text',
  },
}
