/** Rows for what the host answers: console, files, timers, alarms, oracles, and what the machine itself brings. */
import type { Row } from './row.ts'
import { anything } from './values.ts'

type Given = readonly [name: string, made: string, body: string, sizes?: readonly number[]]

/** What takes a value of any kind. */
const ofAnything: readonly (readonly [name: string, body: string])[] = [
  ['console.log', 'console.log(x)'],
  ['console.dir', 'console.dir(x)'],
  ['console.assert', 'console.assert(false, x)'],
  ['structuredClone', 'structuredClone(x)'],
]

const synchronous: readonly Given[] = [
  ['console.log of 10 texts', "list(10, () => flat('x'.repeat(n)))", 'console.log(...x)'],
  ['console.log of an object of objects', 'withNames(n, () => withNames(20))', 'console.log(x)'],
  [
    'console.log of a deep array',
    '(() => { let a = []; for (let i = 0; i < 50; i++) a = [a, a]; return a })()',
    'console.log(x)',
  ],
  ['console.log of functions', 'list(n, () => class { a() { return 1 } })', 'console.log(x)'],
  ['setTimeout', '0', 'clearTimeout(setTimeout(f, 1))'],
  [
    'setTimeout among n',
    'list(Math.min(n, 3_000), (i) => setTimeout(f, 1_000 + i))',
    'clearTimeout(setTimeout(f, 1))',
  ],
  [
    'clearTimeout of the last',
    'list(Math.min(n, 3_000), (i) => setTimeout(f, 1_000 + i)).at(-1)',
    '(clearTimeout(x), (x = setTimeout(f, 1e7)))',
  ],
  [
    'clearTimeout of none',
    '(list(Math.min(n, 3_000), (i) => setTimeout(f, 1_000 + i)), -1)',
    'clearTimeout(x)',
  ],
  ['queueMicrotask', '0', 'queueMicrotask(f)'],
  ['crypto.getRandomValues', 'new Uint8Array(Math.min(n, 65_536))', 'crypto.getRandomValues(x)'],
  ['crypto.randomUUID', '0', 'crypto.randomUUID()'],
  ['Math.random', '0', 'Math.random()'],
  ['System.caller.id', '0', 'System.caller.id'],
  [
    'System.alarm.list',
    '(list(Math.min(n, 100), (i) => System.alarm.at(1e9 + i, "run", i)), 0)',
    'System.alarm.list()',
    [1, 100],
  ],
]

/** Oracles that the sweep answers (measure.ts). */
const oracles: readonly Given[] = [
  ['System.oracle, the time', '0', "System.oracle('time')"],
  ['System.oracle, a random number', '0', "System.oracle('random')"],
  ['System.oracle, a page', '0', "System.oracle('page', Math.min(n, 100_000))"],
  [
    'System.oracle, a text back',
    "flat('x'.repeat(Math.min(n, 60_000)))",
    "System.oracle('echo', x)",
  ],
  ['System.oracle, a list back', 'list(Math.min(n, 3_000), f)', "System.oracle('echo', x)"],
  ['System.oracle, an object back', 'withNames(Math.min(n, 3_000))', "System.oracle('echo', x)"],
  ['System.oracle, an error', '0', "System.oracle('fails').catch(f)"],
  ['System.oracle, unknown', '0', "System.oracle('nobody').catch(f)"],
  ['System.oracle, no name', '0', 'System.oracle(x).catch(f)'],
  ['System.oracle, no encoding', '0', "System.oracle('echo', f).catch(f)"],
  [
    'System.oracle, arguments too large',
    "flat('x'.repeat(70_000))",
    "System.oracle('echo', x).catch(f)",
  ],
]

const awaited: readonly Given[] = [
  ...oracles,
  ['a timer', '0', 'new Promise((resolve) => { setTimeout(resolve, 1) })'],
  ['setImmediate', '0', 'new Promise((resolve) => { setImmediate(resolve) })'],
  ['crypto.subtle.digest', 'new Uint8Array(n)', "crypto.subtle.digest('SHA-256', x)"],
  ['readFile', "System.files.writeFile('/read', 'x'.repeat(n))", "System.files.readFile('/read')"],
  [
    'readFile, bytes',
    "System.files.writeFile('/read', 'x'.repeat(n))",
    "System.files.readFile('/read', 'binary')",
  ],
  [
    'readFile, JSON',
    "System.files.writeFile('/json', JSON.stringify(list(n / 4, f)))",
    "System.files.readFile('/json', 'json')",
  ],
  ['readFile, none', '0', "System.files.readFile('/none').catch(f)"],
  ['writeFile', "flat('x'.repeat(n))", "System.files.writeFile('/w', x)"],
  ['writeFile, bytes', 'new Uint8Array(n)', "System.files.writeFile('/w', x)"],
  ['writeFile, two-byte', "flat('\\u0142'.repeat(n))", "System.files.writeFile('/w', x)"],
  ['writeFile, JSON', 'list(n / 4, f)', "System.files.writeFile('/w', x, 'json')"],
  ['stat', "System.files.writeFile('/read', 'x')", "System.files.stat('/read')"],
  ['readdir', 'fill(n)', "System.files.readdir('/many')", [10, 300]],
  ['readdir, recursive', 'fill(n)', "System.files.readdir('/', { recursive: true })", [10, 300]],
  ['readdir with stat', 'fill(n)', "System.files.readdir('/many', { stat: true })", [10, 300]],
  [
    'readdir, nothing in it',
    '(async () => { await fill(n); await System.files.mkdir("/empty").catch(f) })()',
    "System.files.readdir('/empty')",
    [10, 300],
  ],
  ['history', '0', 'System.files.history()'],
  ['mkdir and rmdir', '0', "System.files.mkdir('/d').then(() => System.files.rmdir('/d'))"],
  [
    'rename',
    "System.files.writeFile('/a', 'x')",
    "System.files.rename('/a', '/b').then(() => System.files.rename('/b', '/a'))",
  ],
  ['copy', "System.files.writeFile('/a', 'x'.repeat(n))", "System.files.copy('/a', '/b')"],
  ['unlink, none', '0', "System.files.unlink('/none').catch(f)"],
  ['getInfo', '0', 'System.files.getInfo()'],
]

export function hostRows(): Row[] {
  const row =
    (isAsync: boolean) =>
    ([name, made, body, sizes]: Given): Row => ({
      name,
      kind: 'host',
      made,
      body,
      isAsync,
      ...(sizes && { sizes }),
    })
  const any = ofAnything.flatMap(([name, body]) =>
    Object.entries(anything).map(([kind, made]): Row => ({ name, kind, made, body })),
  )
  return [...any, ...synchronous.map(row(false)), ...awaited.map(row(true))]
}
