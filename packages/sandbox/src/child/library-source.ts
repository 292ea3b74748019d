/**
 * The modules of the packages that the runtime provides to scripts, as text. The child's bundle replaces this module by one that holds the
 * texts. The versions are exact, because the modules' behaviour is part of every outcome.
 */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** Module specifier → package and file. */
const urlModules: Readonly<Record<string, readonly [name: string, file: string]>> = {
  './URL-impl': ['whatwg-url', 'lib/URL-impl.js'],
  './URLSearchParams-impl': ['whatwg-url', 'lib/URLSearchParams-impl.js'],
  './infra': ['whatwg-url', 'lib/infra.js'],
  './percent-encoding': ['whatwg-url', 'lib/percent-encoding.js'],
  './url-miscellaneous': ['whatwg-url', 'lib/url-miscellaneous.js'],
  './url-state-machine': ['whatwg-url', 'lib/url-state-machine.js'],
  './urlencoded': ['whatwg-url', 'lib/urlencoded.js'],
  'tr46/index': ['tr46', 'index.js'],
  './lib/regexes.js': ['tr46', 'lib/regexes.js'],
  './lib/mappingTable.json': ['tr46', 'lib/mappingTable.json'],
  './lib/statusMapping.js': ['tr46', 'lib/statusMapping.js'],
  'punycode/': ['punycode', 'punycode.js'],
}

/** JSON of an object from module specifier to its text. */
export function librarySource(): string {
  const require = createRequire(import.meta.url)
  const texts = Object.entries(urlModules).map(([specifier, [name, file]]) => {
    const folder = path.dirname(require.resolve(`${name}/package.json`))
    return [specifier, fs.readFileSync(path.join(folder, file), 'utf8')]
  })
  return JSON.stringify(Object.fromEntries(texts))
}
