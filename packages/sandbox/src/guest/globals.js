/** Holds the global object to the allowlist. */
import { deleteProperty, ownKeys, symbolText } from './primordials.js'

/**
 * Removes what has to go.
 *
 * @returns names of globals that nobody has thought about, and of those that should be there and are not
 */
export function holdToAllowlist({ kept, replaced, removed }) {
  const known = { __proto__: null }
  for (let i = 0; i < kept.length; i++) known[kept[i]] = true
  for (let i = 0; i < replaced.length; i++) known[replaced[i]] = true
  for (let i = 0; i < removed.length; i++) deleteProperty(globalThis, removed[i])
  let strangers = ''
  const names = ownKeys(globalThis)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    if (typeof name === 'symbol') strangers += ` ${symbolText(name)}`
    else if (known[name] === true) known[name] = false
    else strangers += ` ${name}`
  }
  for (let i = 0; i < kept.length; i++) if (known[kept[i]]) strangers += ` (missing) ${kept[i]}`
  return strangers
}
