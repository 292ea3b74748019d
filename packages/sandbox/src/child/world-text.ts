/** The list of the world for the isolate, as text. The child's bundle replaces this module by one that holds the text. */
import { worldForGuest } from '../world/list.ts'
import { refusalMessages } from '../world/refused.ts'

/** JSON of an object with `world` and `refusals`. */
export function worldText(): string {
  return JSON.stringify({ world: worldForGuest(), refusals: refusalMessages() })
}
