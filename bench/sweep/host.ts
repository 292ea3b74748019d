/** Rows for what the host answers: console, files, timers, alarms, oracles, and what the machine itself brings. */
import type { Row } from './row.ts'
import { anything } from './values.ts'

const shown = ['log', 'dir', 'assert']

const synchronous: readonly (readonly [
  name: string,
  made: string,
  body: string,
  sizes?: readonly number[],
])[] = [
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

const awaited: readonly (readonly [
  name: string,
  made: string,
  body: string,
  sizes?: readonly number[],
])[] = [
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
    ([name, made, body, sizes]: (typeof awaited)[number]): Row => ({
      name,
      kind: 'host',
      made,
      body,
      isAsync,
      ...(sizes && { sizes }),
    })
  const lines = shown.flatMap((level) =>
    Object.entries(anything).map(([kind, made]) => ({
      name: `console.${level}`,
      kind,
      made,
      body: `console.${level}(${level === 'assert' ? 'false, ' : ''}x)`,
    })),
  )
  const clones = Object.entries(anything).map(([kind, made]) => ({
    name: 'structuredClone',
    kind,
    made,
    body: 'structuredClone(x)',
  }))
  return [...lines, ...clones, ...synchronous.map(row(false)), ...awaited.map(row(true))]
}
