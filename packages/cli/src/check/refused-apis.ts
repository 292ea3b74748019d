/** What a machine does not have, by name, with what to use instead: the machine's own list, and what it has but refuses to be called. */
import { refusedGlobals } from '@vms/auditor'

export interface RefusedApi {
  readonly why: string
  readonly instead: string
  /** Only calling it is refused: `instanceof Function` is fine. */
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
