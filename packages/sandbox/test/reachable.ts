/**
 * Finds every function that a script can reach, from inside. Tests put this text into their scripts, which must have `apply`,
 * `getOwnPropertyDescriptor`, `getPrototypeOf` and `ownKeys` of Reflect. There is no list of built-ins, so none is left out.
 */
export const reachable = `
/** Path → function, of all that can be reached. */
function findAll() {
  const found = new Map()
  const seen = new Set()
  const visit = (value, path) => {
    const isFunction = typeof value === 'function'
    if ((!isFunction && (typeof value !== 'object' || value === null)) || seen.has(value)) return
    seen.add(value)
    if (isFunction) found.set(path, value)
    const all = ownKeys(value)
    for (const key of all) {
      const { value: inner, get, set } = getOwnPropertyDescriptor(value, key)
      const name = path + '.' + (typeof key === 'symbol' ? '@@' + key.description.slice(7) : key)
      if (get !== undefined) {
        visit(get, 'get ' + name)
        // A property that a script may assign is an accessor, and the accessor gives the built-in.
        let given
        try { given = apply(get, value, []) } catch {}
        visit(given, name)
      }
      if (set !== undefined) visit(set, 'set ' + name)
      visit(inner, name)
    }
    visit(getPrototypeOf(value), path + '.__proto__')
  }
  visit(globalThis, '')
  const syntax = {
    generator: function* () {}, asyncGenerator: async function* () {}, async: async () => {}, arrays: [][Symbol.iterator](),
    maps: new Map().keys(), sets: new Set().keys(), texts: ''[Symbol.iterator](), matches: 'a'.matchAll(/a/g), helper: [].values().map((x) => x),
    wrapped: Iterator.from({ next() {} }), accessor: URLSearchParams.prototype.keys.call(new URLSearchParams()),
    error: (() => { try { null.x } catch (error) { return error } })(),
  }
  for (const name in syntax) visit(syntax[name], '<' + name + '>')
  return found
}
`
