/**
 * The URL Standard, by the package whatwg-url. Its modules are evaluated when the script first uses a URL, because most scripts never do.
 * They run in the script's own frozen world, and the script gets none of their objects.
 */
import { host } from '../core/bridge.js'
import {
  fromCharCode,
  lowerCase,
  NativeFunction,
  numberText,
  parse,
  sliceText,
  typedArrayLength,
  unitAt,
  upperCase,
} from '../core/primordials.js'
import { TextDecoder, TextEncoder } from './text-coding.js'

let library

/** `{ URL, URLSearchParams }`: the classes that the package calls implementations. They convert no arguments. */
export function urlLibrary() {
  library ??= load()
  return library
}

function load() {
  const texts = parse(host('library', 'url'))
  const encoder = new TextEncoder()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const modules = {
    __proto__: null,
    './encoding': {
      utf8Encode: (text) => encoder.encode(text),
      utf8DecodeWithoutBOM: (bytes) => decoder.decode(bytes),
    },
    '@exodus/bytes/encoding.js': {},
    '@exodus/bytes/whatwg.js': {
      percentEncodeAfterEncoding: (_encoding, text, extra) => encodeQuery(text, extra, encoder),
    },
    // Host names beyond ASCII need large tables, which are loaded at the first such name.
    tr46: {
      toASCII: (domain, options) =>
        isPlain(domain) ? lowerCase(domain) : requireModule('tr46/index').toASCII(domain, options),
    },
    // In the package, these modules wrap the implementations and convert arguments.
    './URL': implementationOf('./URL-impl'),
    './URLSearchParams': implementationOf('./URLSearchParams-impl'),
  }
  function requireModule(specifier) {
    modules[specifier] ??= run(specifier)
    return modules[specifier]
  }
  function run(specifier) {
    const text = texts[specifier]
    if (sliceText(specifier, -5) === '.json') return parse(text)
    const module = { exports: {} }
    const define = new NativeFunction('module', 'exports', 'require', text)
    define(module, module.exports, requireModule)
    return module.exports
  }
  function implementationOf(specifier) {
    return {
      createImpl: (_global, args, options = {}) => {
        const { implementation: Implementation } = requireModule(specifier)
        return new Implementation(undefined, args, options)
      },
    }
  }
  return {
    __proto__: null,
    URL: requireModule('./URL-impl').implementation,
    URLSearchParams: requireModule('./URLSearchParams-impl').implementation,
  }
}

/** Whether a host name, in lower case, is its own ASCII form. */
function isPlain(domain) {
  const text = lowerCase(domain)
  for (let i = 0; i < text.length; i++) {
    if (unitAt(text, i) > 0x7f || sliceText(text, i, i + 4) === 'xn--') return false
  }
  return lowerCase(domain).length === domain.length
}

/** Percent-encodes the query of a URL: everything outside ASCII, controls, and the characters of `extra`. */
function encodeQuery(text, extra, encoder) {
  const bytes = encoder.encode(text)
  let result = ''
  for (let i = 0; i < typedArrayLength(bytes); i++) {
    const byte = bytes[i]
    let isKept = byte > 0x1f && byte < 0x7f
    for (let j = 0; j < extra.length && isKept; j++) isKept = unitAt(extra, j) !== byte
    if (isKept) result += fromCharCode(byte)
    else result += `%${byte < 16 ? '0' : ''}${upperCase(numberText(byte, 16))}`
  }
  return result
}
