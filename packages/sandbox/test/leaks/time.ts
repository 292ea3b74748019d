/** Ways to look at a clock. Each is the body of an async function; `attempt` gives what a function gives or throws. */
export const time: Readonly<Record<string, string>> = {
  'Date.now': 'return Date.now()',
  'new Date': 'return +new Date()',
  'Date as a function': 'return Date()',
  'constructor of a date': 'return new Date(0).constructor.now()',
  'parent of a subclass': 'return Object.getPrototypeOf(class extends Date {}).now()',
  'Reflect.construct': 'return +Reflect.construct(Date, [], class extends Date {})',
  'bound Date': 'return +new (Date.bind(null))()',
  'proxied Date': 'return +new (new Proxy(Date, {}))()',
  'Date.prototype.constructor': 'return +new Date.prototype.constructor()',
  'mtime of a file':
    "await System.files.writeFile('/t', 'x'); const { mtime } = await System.files.stat('/t'); return [+mtime, mtime.constructor.now()]",
  'a loop around Date.now':
    'const start = Date.now(); let turns = 0; while (Date.now() === start && turns < 1e5) turns++; return turns',
  'performance.now': 'return attempt(() => performance.now())',
  'process.hrtime': 'return attempt(() => process.hrtime())',
  'console.time': 'return [typeof console.time, typeof console.timeEnd, typeof console.timeStamp]',
  'Intl.DateTimeFormat': 'return attempt(() => new Intl.DateTimeFormat().format())',
  'Temporal.Now': 'return attempt(() => Temporal.Now.instant())',
  toTemporalInstant: 'return typeof Date.prototype.toTemporalInstant',
  'Atomics.wait': 'return attempt(() => Atomics.wait(new Int32Array(4), 0, 0, 5))',
  'Atomics.waitAsync': 'return typeof Atomics',
  'a shared counter': 'return attempt(() => new SharedArrayBuffer(8))',
  'shared WebAssembly memory':
    'return attempt(() => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }))',
  'a race of timers':
    'const seen = []; await Promise.all([5, 1, 3].map((ms) => new Promise((done) => setTimeout(() => { seen.push(ms); done() }, ms)))); return seen',
  'a race of a timer and work':
    "const seen = []; setTimeout(() => seen.push('timer'), 1); for (let i = 0; i < 1e5; i++); await new Promise((done) => setTimeout(done, 1)); return seen",
  'an interval beside a loop':
    'let ticks = 0; const id = setInterval(() => ticks++, 1); await new Promise((done) => setTimeout(done, 20)); clearInterval(id); return ticks',
  'immediates and timers':
    "const seen = []; setTimeout(() => seen.push('t'), 0); setImmediate(() => seen.push('i')); queueMicrotask(() => seen.push('m')); await new Promise((done) => setTimeout(done, 5)); return seen",
  'Date.now inside a timer':
    'return new Promise((done) => setTimeout(() => done(Date.now()), 1000))',
  'time between awaits':
    'const start = Date.now(); for (let i = 0; i < 1000; i++) await null; return Date.now() - start',
  'age of a timer':
    'return [typeof setTimeout(() => {}, 1), Object.keys(Object(setTimeout(() => {}, 1)))]',
  requestAnimationFrame: 'return attempt(() => requestAnimationFrame(() => {}))',
  requestIdleCallback: 'return attempt(() => requestIdleCallback(() => {}))',
  'time zone offset':
    'return [new Date(1e12).getTimezoneOffset(), new Date(1.6e12).getTimezoneOffset()]',
  'local hours':
    'return [new Date(0).getHours(), new Date(2020, 6, 1).getTime(), new Date(1e12).getDay()]',
  'text of a date':
    'return [String(new Date(1e12)), new Date(1e12).toTimeString(), new Date(1e12).toDateString(), new Date(1e12).toUTCString()]',
}
