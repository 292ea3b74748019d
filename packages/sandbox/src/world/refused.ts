/**
 * Globals of other environments that do not exist here: the reason, and what to use instead. `typeof` of one is `'undefined'`, so that
 * libraries which test for it continue. Using one throws a ReferenceError with the code ERR_VMS_REFUSED_GLOBAL and the text below.
 */
export interface Refused {
  readonly why: string
  readonly instead: string
}

const outside = 'what it reaches outside cannot be replayed'
const askAnOracle = 'ask the host by System.oracle(name, …args)'
const oneFile = 'a script is one file'
const bundle = 'bundle what you import into the script'
const noPage = 'there is no page and no browser'
const nothing = 'there is nothing in its place'
const collector = 'it shows when garbage is collected'

export const refusedGlobals: Readonly<Record<string, Refused>> = {
  eval: {
    why: 'it makes code from text, which nothing meters',
    instead: 'write the code in the script',
  },
  Intl: {
    why: 'it reads the clock, the locale, and data that change with every release of an engine',
    instead: 'format by hand, or in the client; toISOString and toFixed are the same everywhere',
  },
  WeakRef: { why: collector, instead: 'use a WeakMap or hold the object' },
  FinalizationRegistry: { why: collector, instead: 'release what you hold yourself' },
  SharedArrayBuffer: { why: 'shared memory makes a clock', instead: 'use an ArrayBuffer' },
  Atomics: { why: 'waiting on memory is a clock', instead: 'a call runs alone and needs no locks' },
  WebAssembly: {
    why: 'its memory and its NaNs are not metered',
    instead: 'write it in JavaScript',
  },
  Temporal: { why: 'it reads the clock and time zone data', instead: 'use Date, which is in UTC' },
  performance: { why: 'it is a clock', instead: 'Date.now() is the time of the call' },
  process: { why: 'a script knows nothing of its computer', instead: 'keep settings in files' },
  require: { why: oneFile, instead: bundle },
  importScripts: { why: oneFile, instead: bundle },
  __dirname: { why: oneFile, instead: 'use System.files' },
  __filename: { why: oneFile, instead: 'use System.files' },
  global: { why: 'it is a name of one platform', instead: 'use globalThis' },
  fetch: { why: outside, instead: "ask the host by System.oracle('fetch', url)" },
  XMLHttpRequest: { why: outside, instead: askAnOracle },
  WebSocket: { why: outside, instead: askAnOracle },
  EventSource: { why: outside, instead: askAnOracle },
  Worker: { why: 'threads finish in any order', instead: 'do the work within the call' },
  MessageChannel: { why: 'there is nobody to talk to', instead: 'use a promise or queueMicrotask' },
  BroadcastChannel: { why: 'there is nobody to talk to', instead: 'keep state in files' },
  navigator: { why: 'a script knows nothing of its computer', instead: nothing },
  window: { why: noPage, instead: 'use globalThis' },
  self: { why: noPage, instead: 'use globalThis' },
  document: { why: noPage, instead: nothing },
  location: { why: noPage, instead: nothing },
  localStorage: { why: noPage, instead: 'use System.files' },
  sessionStorage: { why: noPage, instead: 'use System.files' },
  indexedDB: { why: noPage, instead: 'use System.files' },
  alert: { why: noPage, instead: 'use console.log' },
  requestAnimationFrame: { why: noPage, instead: 'use setTimeout' },
  requestIdleCallback: { why: 'it shows how busy the computer is', instead: 'use setTimeout' },
  Deno: { why: 'it is a name of one platform', instead: 'use System' },
  Bun: { why: 'it is a name of one platform', instead: 'use System' },
}

/** For the runtime: name → message of the error. */
export function refusalMessages(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(refusedGlobals).map(([name, { why, instead }]) => [
      name,
      `${name} is refused: ${why}; ${instead}`,
    ]),
  )
}
