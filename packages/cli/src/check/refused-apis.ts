/** What a machine does not have, by name, with what to use instead. A test holds that the machine agrees. */

export interface RefusedApi {
  /** Why not: ends the sentence "`name` …". */
  readonly why: string
  readonly advice: string
  /** Only calling it is refused: `instanceof Function` is fine. */
  readonly onlyCalls?: boolean
}

const NO_CODE = 'write the code into the script: the whole of it is in the ledger'
const NO_GC =
  'keep what you need in files, and forget the rest: the machine begins afresh now and then'
const NO_ENVIRONMENT = 'pass what differs as an argument of a call, or write it into the script'
const NO_NETWORK =
  'let the caller bring the data, or ask the host for it with System.oracle, which the ledger records'
const NO_CLOCK = 'Date.now() is the time of the call; it does not move while the call runs'
const NO_BROWSER = 'files are at System.files'

/** Names of the global object that no machine has, or that refuse to be called. */
export const REFUSED_GLOBALS: Readonly<Record<string, RefusedApi>> = {
  eval: { why: 'makes code from text, past the counting of fuel', advice: NO_CODE },
  Function: {
    why: 'makes code from text, past the counting of fuel',
    advice: NO_CODE,
    onlyCalls: true,
  },
  Intl: {
    why: 'depends on the locale and on data that change with the engine',
    advice: 'format in the client, or by hand: what the ledger holds should be plain values',
  },
  Temporal: { why: 'reads the clock and time zones', advice: 'use Date: it is in UTC here' },
  WeakRef: { why: 'shows when garbage is collected', advice: NO_GC },
  FinalizationRegistry: { why: 'shows when garbage is collected', advice: NO_GC },
  SharedArrayBuffer: {
    why: 'is memory that another thread may change',
    advice: 'use ArrayBuffer: a machine has one thread',
  },
  Atomics: { why: 'makes a clock', advice: 'a machine has one thread: plain reads and writes do' },
  WebAssembly: {
    why: 'computes past the counting of fuel',
    advice: 'use a version of the package that is written in JavaScript',
  },
  process: { why: 'is Node, and a machine has no Node inside', advice: NO_ENVIRONMENT },
  require: {
    why: 'of a name that is only known when the script runs cannot be bundled',
    advice: 'require a name that stands in the text',
  },
  fetch: { why: 'reaches the network, which answers every replay differently', advice: NO_NETWORK },
  XMLHttpRequest: { why: 'reaches the network', advice: NO_NETWORK },
  WebSocket: { why: 'reaches the network', advice: NO_NETWORK },
  EventSource: { why: 'reaches the network', advice: NO_NETWORK },
  performance: { why: 'is a clock that moves while the call runs', advice: NO_CLOCK },
  navigator: { why: 'tells of the computer', advice: NO_ENVIRONMENT },
  __dirname: { why: 'is a place on a computer', advice: NO_ENVIRONMENT },
  __filename: { why: 'is a place on a computer', advice: NO_ENVIRONMENT },
  global: { why: "is Node's name", advice: 'use globalThis' },
  window: { why: 'is in browsers only', advice: 'use globalThis' },
  document: { why: 'is in browsers only', advice: NO_BROWSER },
  localStorage: { why: 'is in browsers only', advice: NO_BROWSER },
  indexedDB: { why: 'is in browsers only', advice: NO_BROWSER },
  Worker: { why: 'starts a thread, and a machine has one', advice: 'do it in the call' },
  MessageChannel: { why: 'is a queue of the platform', advice: 'use queueMicrotask or promises' },
  requestAnimationFrame: { why: 'is in browsers only', advice: 'use setTimeout' },
}
