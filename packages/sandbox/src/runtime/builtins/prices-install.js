/** Puts every priced built-in in its place: after the world's own replacements, before the freeze. */
import { installPrototypeChains } from '../metering/prototype-chains.js'
import { installRegExp } from '../regexp/regexp.js'
import { installJson } from './json.js'
import { installArrayPrices } from './prices-array.js'
import { installBytePrices } from './prices-bytes.js'
import { installCollectionPrices } from './prices-collections.js'
import { installFunctionPrices } from './prices-functions.js'
import { installIteratorPrices } from './prices-iterators.js'
import { installNumberPrices } from './prices-numbers.js'
import { installPromisePrices } from './prices-promise.js'
import { installStringPrices } from './prices-string.js'
import { installTablePrices } from './prices-tables.js'
import { installProxies } from './proxies.js'

export function installPrices() {
  installArrayPrices()
  installBytePrices()
  installCollectionPrices()
  installTablePrices()
  installPrototypeChains()
  installIteratorPrices()
  installNumberPrices()
  installPromisePrices()
  installStringPrices()
  installJson()
  installProxies()
  installRegExp()
  // Last: what is above is not made of bound functions and lists of arguments that pay.
  installFunctionPrices()
}
