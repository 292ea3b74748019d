/** What scripts find beside the language, and what takes the place of parts of it. Everything here is on the list in world/list.ts. */
import { installClone } from './clone.js'
import { installCodegen } from './codegen.js'
import { installCrypto } from './crypto.js'
import { installDate } from './date.js'
import { installErrorReports } from './error-report.js'
import { installErrors, makeError } from './errors.js'
import { installLocale } from './locale.js'
import { installMath } from './math.js'
import { installMicrotasks } from './microtasks.js'
import { installViews } from './numbers.js'
import { installPromises } from './promises.js'
import { random } from './random.js'
import { installTextCoding } from './text-coding.js'
import { installUrl } from './url.js'

export function installWorld({ errorUnits, refusals }) {
  installErrorReports(errorUnits)
  installErrors(refusals)
  installCodegen(makeError)
  installDate(makeError)
  installMath(random, makeError)
  installViews()
  installPromises()
  installLocale()
  installTextCoding()
  installCrypto()
  installUrl()
  installClone()
  installMicrotasks()
}
