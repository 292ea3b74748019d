/** What scripts find besides the language, and what replaces parts of it. world/list.ts lists everything here. */

import { installViews } from '../builtins/numbers.js'
import { installMath } from '../math/math.js'
import { installErrors, makeError } from '../metering/errors.js'
import { installClone } from '../web/clone.js'
import { installCrypto } from '../web/crypto.js'
import { installDate } from '../web/date.js'
import { installErrorReports } from '../web/error-report.js'
import { installLocale } from '../web/locale.js'
import { random } from '../web/random.js'
import { installTextCoding } from '../web/text-coding.js'
import { installUrl } from '../web/url.js'
import { installCodegen } from './codegen.js'
import { installMicrotasks } from './microtasks.js'
import { installPromises } from './promises.js'

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
