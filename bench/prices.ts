/**
 * What built-ins cost against what they are priced at, at three sizes. Run it with `node bench/prices.ts`. The figure that matters is
 * the last column: how many times the price is the real cost, in units of one turn of an ordinary loop on the same machine.
 */
import process from 'node:process'
import {
  decodeJson,
  encodeJson,
  jsonCodec,
  Machine,
  MemoryFiles,
} from '../packages/sandbox/src/index.ts'

/** Name → set-up of `n` (a value `x` is kept), and what is measured. */
const cases: readonly (readonly [name: string, setUp: string, body: string])[] = [
  ['array.slice', 'Array.from({ length: n }, (_, i) => i)', 'x.slice()'],
  ['array.concat', 'Array.from({ length: n }, (_, i) => i)', 'x.concat(x)'],
  ['array.indexOf', 'Array.from({ length: n }, (_, i) => i)', 'x.indexOf(-1)'],
  ['array.includes', "Array.from({ length: n }, (_, i) => 'k' + i)", "x.includes('none')"],
  ['array.map', 'Array.from({ length: n }, (_, i) => i)', 'x.map((y) => y + 1)'],
  ['array.forEach', 'Array.from({ length: n }, (_, i) => i)', 'x.forEach((y) => y)'],
  ['array.filter', 'Array.from({ length: n }, (_, i) => i)', 'x.filter(Boolean)'],
  ['array.reduce', 'Array.from({ length: n }, (_, i) => i)', 'x.reduce((a, b) => a + b, 0)'],
  ['array.fill', 'new Array(n).fill(0)', 'x.fill(1)'],
  ['array.reverse', 'Array.from({ length: n }, (_, i) => i)', 'x.reverse()'],
  [
    'array.sort',
    'Array.from({ length: n }, (_, i) => (i * 7919) % 10007)',
    'x.slice().sort((a, b) => a - b)',
  ],
  [
    'array.sort, texts',
    "Array.from({ length: n }, (_, i) => 'k' + ((i * 7919) % 10007))",
    'x.slice().sort()',
  ],
  ['array.join', 'Array.from({ length: n }, (_, i) => i)', "x.join(',')"],
  ['array.flat', 'Array.from({ length: n }, (_, i) => [i])', 'x.flat()'],
  ['array spread', 'Array.from({ length: n }, (_, i) => i)', '[...x]'],
  ['Array.from Set', 'new Set(Array.from({ length: n }, (_, i) => i))', 'Array.from(x)'],
  ['text.indexOf', "'x'.repeat(n)", "x.indexOf('y')"],
  ['text.lastIndexOf', "'x'.repeat(n)", "x.lastIndexOf('y')"],
  ['text.repeat', 'n', "'x'.repeat(x).charCodeAt(0)"],
  ['text.padStart', 'n', "'x'.padStart(x, 'ab').charCodeAt(0)"],
  ['text.split', "'ab,'.repeat(n / 3 + 1)", "x.split(',')"],
  ["text.split ''", "'x'.repeat(n)", "x.split('')"],
  ['text.replaceAll', "'ab,'.repeat(n / 3 + 1)", "x.replaceAll(',', ';')"],
  ['text.toUpperCase', "'x'.repeat(n)", 'x.toUpperCase()'],
  ['text.normalize', "'\\u00e9'.repeat(n)", "x.normalize('NFD')"],
  ['text.trim', "' '.repeat(n)", 'x.trim()'],
  ['encodeURIComponent', "'a&'.repeat(n / 2 + 1)", 'encodeURIComponent(x)'],
  ['regexp, engine', "'ab '.repeat(n / 3 + 1)", '/[xyz]+/.test(x)'],
  ['regexp, ours', "'ab '.repeat(n / 3 + 1)", '/\\w+;/.test(x)'],
  ['regexp replace', "'ab '.repeat(n / 3 + 1)", "x.replace(/\\w+/g, '-')"],
  [
    'JSON.parse',
    'JSON.stringify(Array.from({ length: n / 10 + 1 }, (_, i) => ({ a: i })))',
    'JSON.parse(x)',
  ],
  [
    'JSON.stringify',
    'Array.from({ length: n / 10 + 1 }, (_, i) => ({ a: i }))',
    'JSON.stringify(x)',
  ],
  [
    'Object.keys',
    "Object.fromEntries(Array.from({ length: n }, (_, i) => ['k' + i, i]))",
    'Object.keys(x)',
  ],
  [
    'Object.entries',
    "Object.fromEntries(Array.from({ length: n }, (_, i) => ['k' + i, i]))",
    'Object.entries(x)',
  ],
  ['new Set', 'Array.from({ length: n }, (_, i) => i)', 'new Set(x)'],
  ['new Map', 'Array.from({ length: n }, (_, i) => [i, i])', 'new Map(x)'],
  ['map.forEach', 'new Map(Array.from({ length: n }, (_, i) => [i, i]))', 'x.forEach((y) => y)'],
  ['new Uint8Array', 'n', 'new Uint8Array(x).fill(1)'],
  ['bytes.slice', 'new Uint8Array(n)', 'x.slice()'],
  ['bytes.indexOf', 'new Uint8Array(n)', 'x.indexOf(1)'],
  [
    'doubles.sort',
    'Float64Array.from({ length: n }, (_, i) => (i * 7919) % 10007)',
    'x.slice().sort()',
  ],
  ['Buffer.from text', "'x'.repeat(n)", 'Buffer.from(x)'],
  ['buffer.toString', 'Buffer.alloc(n, 97)', 'x.toString()'],
  [
    'structuredClone',
    'Array.from({ length: n / 10 + 1 }, (_, i) => ({ a: i }))',
    'structuredClone(x)',
  ],
  ['Promise.all', 'Array.from({ length: n }, () => 1)', 'Promise.all(x)'],
]
const sizes = [10, 1_000, 1_000_000]
/** Nanoseconds that one measurement should take at least. */
const spanNs = 2e7

const turn = [
  'a loop turn',
  'n',
  'let s = 0; for (let i = 0; i < x; i++) s = (s + i * 3) | 0; kept = s',
] as const
const script = `let x, kept
${[turn, ...cases]
  .map(
    ([, setUp, body], i) => `exports.set${i} = (n) => { x = ${setUp} }
exports.run${i} = (times) => { for (let t = 0; t < times; t++) { kept = 0; ${body.startsWith('let') ? body : `kept = ${body}`} } }`,
  )
  .join('\n')}
exports.none = (times) => { for (let t = 0; t < times; t++) { kept = 0 } }`

const machine = await Machine.start({
  script,
  name: 'prices.js',
  codec: jsonCodec,
  files: new MemoryFiles(),
  info: { title: 'Prices', key: 'hyper://none' },
  console: () => {},
  limits: {
    fuelPerCall: 2_000_000_000,
    fuelPerRequest: 2_000_000_000,
    depth: 1_000,
    resultBytes: 1_000_000,
    requestResultBytes: 1_000_000,
    fileBytes: 1,
    pathBytes: 100,
    callFiles: 1,
  },
  service: { callWallMs: 60_000, memoryMiB: 4_096 },
} as never)
let position = 1
const moment = () => {
  position += 1
  return { time: 0, seed: new Uint8Array(32), position }
}
await machine.boot(moment())

async function call(method: string, argument: number): Promise<{ fuel: number; ns: number }> {
  const start = process.hrtime.bigint()
  const { done, stop } = await machine.run([
    {
      ...moment(),
      caller: 'debug:bench',
      calls: [{ method, args: encodeJson([argument]), seed: new Uint8Array(32) }],
    },
  ])
  const ns = Number(process.hrtime.bigint() - start)
  const result = done[0]?.results[0]
  if (result?.status !== 'returned')
    throw new Error(
      `${method}(${argument}): ${JSON.stringify(result?.abort ?? result?.error ?? stop)}`,
    )
  if (result.value !== null) decodeJson(result.value)
  return { fuel: result.fuel, ns }
}

/** Nanoseconds and units of one run, less what a call costs by itself. */
async function measure(index: number, size: number): Promise<{ fuel: number; ns: number }> {
  await call(`set${index}`, size)
  let times = 1
  for (;;) {
    const { ns, fuel } = await call(`run${index}`, times)
    if (ns >= spanNs || fuel * 4 > 1_900_000_000) break
    times *= 4
  }
  const idle = await call('none', times)
  let best = Number.POSITIVE_INFINITY
  let fuel = 0
  for (let i = 0; i < 3; i++) {
    const run = await call(`run${index}`, times)
    best = Math.min(best, (run.ns - idle.ns) / times)
    fuel = (run.fuel - idle.fuel) / times
  }
  return { fuel, ns: best }
}

const unit = (await measure(0, 1_000_000)).ns / 1_000_000
console.log(`one unit is one turn of a loop: ${unit.toFixed(2)} ns\n`)
console.log('| built-in | size | real, units | price | price / real |')
console.log('|---|---|---|---|---|')
for (const [i, [name]] of cases.entries()) {
  for (const size of sizes) {
    try {
      const { fuel, ns } = await measure(i + 1, size)
      const real = ns / unit
      console.log(
        `| ${name} | ${size} | ${real.toFixed(0)} | ${fuel.toFixed(0)} | ${(fuel / real).toFixed(2)} |`,
      )
    } catch (error) {
      console.log(`| ${name} | ${size} | ${(error as Error).message} | | |`)
      await machine.boot(moment()).catch(() => process.exit(1))
    }
  }
}
await machine.close()
