/**
 * The world inside, as a list of the global object's own properties: what stays, what is replaced, what is removed and why. A global
 * that is not on the list stops the machine at boot, so a new engine brings nothing in that nobody has thought about.
 */

/** Deterministic as the language defines them (on one engine version), and left alone. */
export const keptGlobals: readonly string[] = [
  'Infinity',
  'NaN',
  'undefined',
  'globalThis',
  'Object',
  'Array',
  'Number',
  'Boolean',
  'String',
  'Symbol',
  'BigInt',
  'Promise',
  'RegExp',
  'JSON',
  'Math', // except Math.random, see below
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'BigUint64Array',
  'BigInt64Array',
  'Uint8ClampedArray',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'DataView',
  'Map',
  'Set',
  'WeakMap', // without iteration, collection cannot be observed
  'WeakSet',
  'Iterator',
  'Proxy',
  'Reflect',
  'DisposableStack',
  'AsyncDisposableStack',
  'parseFloat',
  'parseInt',
  'isFinite',
  'isNaN',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'unescape',
]

/** Taken over by ours before the script runs. */
export const replacedGlobals: Readonly<Record<string, string>> = {
  Date: 'the real clock and the time zone; ours shows the time of the entry',
  Function:
    'makes code from text, past any instrumentation; ours keeps instanceof and refuses to be called',
  Error:
    'stacks name files and lines, and depend on the engine; ours also remembers which errors a script made',
  AggregateError: 'as Error',
  EvalError: 'as Error',
  RangeError: 'as Error',
  ReferenceError: 'as Error',
  SyntaxError: 'as Error',
  SuppressedError: 'as Error',
  TypeError: 'as Error',
  URIError: 'as Error',
  console: "the engine's speaks to an inspector; ours to the host's log, bounded",
}

/** Gone. */
export const removedGlobals: Readonly<Record<string, string>> = {
  eval: 'makes code from text, past any instrumentation',
  Intl: 'reads the real clock, the locale, and data that change with every release of ICU',
  WeakRef: 'shows when garbage is collected',
  FinalizationRegistry: 'shows when garbage is collected',
  SharedArrayBuffer: 'memory that another thread may change, which makes a clock',
  Atomics: 'Atomics.wait is a clock',
  WebAssembly: 'memory outside the limit, bits of NaN, its own stack depth',
  Temporal: 'Temporal.Now is a clock; the rest reads time zone data',
}

/** Ours; present once the machine is set up. */
export const addedGlobals: readonly string[] = [
  'System',
  'Buffer',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
]

/**
 * What is changed on objects that stay: done by the files in `guest/` that are named here. A walk over the complete graph of intrinsics
 * belongs to a later semantics number.
 */
export const changedIntrinsics: Readonly<Record<string, string>> = {
  'Math.random': 'seeded by the call (random.js)',
  'Date.prototype.constructor': 'led back to the real Date (date.js)',
  'Date.prototype.toString, .toTimeString':
    'the name of the time zone in the locale of the process (date.js)',
  'Date.prototype.toLocale…': 'locale and time zone (locale.js)',
  'Function.prototype.toString': 'the text of our own functions (codegen.js)',
  'Number.prototype.toLocaleString': 'locale (locale.js)',
  'BigInt.prototype.toLocaleString': 'locale (locale.js)',
  'String.prototype.localeCompare': 'locale and collation tables (locale.js)',
  'String.prototype.toLocaleUpperCase, …LowerCase': 'locale (locale.js)',
  'Error.captureStackTrace, .prepareStackTrace, .stackTraceLimit': 'stacks (errors.js)',
  '….prototype.constructor of the four kinds of function': 'code from text (codegen.js)',
}

/** The lists as the guest's `globals.js` takes them. */
export function allowlistForGuest(): string {
  return JSON.stringify({
    kept: keptGlobals,
    replaced: Object.keys(replacedGlobals),
    removed: Object.keys(removedGlobals),
  })
}
