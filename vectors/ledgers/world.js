// A walk through what scripts may rely on. Every line of it is held to what it gave when the semantics number was released:
// never edit a method once its ledger is recorded; add others for the next number.

/** The name and message of what `make` throws. */
function caught(make) {
  try {
    return make()
  } catch (error) {
    return `${error.name}: ${error.message}`
  }
}

const points = [
  0,
  -0,
  1e-310,
  1e-9,
  0.1,
  0.5,
  1,
  1.5,
  Math.PI,
  10,
  100.25,
  1e6,
  1e22,
  -0.7,
  -3,
  Infinity,
  NaN,
]

exports.arithmetic = () =>
  [
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'acosh',
    'atanh',
    'exp',
    'expm1',
    'log',
  ]
    .concat(['log1p', 'log2', 'log10', 'sqrt', 'cbrt', 'fround', 'trunc', 'round', 'sign', 'clz32'])
    .map((name) => [name, points.map((x) => Math[name](x))])

exports.powers = () =>
  points.map((x) => points.map((y) => [x ** y, Math.pow(x, y), Math.atan2(x, y), Math.hypot(x, y)]))

exports.numbers = () =>
  points.map((x) => [
    String(x),
    x.toFixed(3),
    x.toExponential(5),
    x.toString(36),
    caught(() => x.toPrecision(8)),
  ])

exports.bigints = () => [
  2n ** 200n,
  -(3n ** 77n) / 7n,
  BigInt.asIntN(64, 2n ** 63n),
  (10n ** 40n).toString(16),
  12345678901234567890n % 97n,
]

exports.chance = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [Math.random(), Math.random(), crypto.randomUUID(), bytes]
}

exports.time = () => [
  Date.now(),
  new Date(),
  new Date(2026, 10, 22, 12, 30),
  Date.UTC(2000, 1, 29),
  Date.parse('2026-11-22T10:00:00.123Z'),
  Date.parse('22 November 2026'),
  new Date(1e12).toString(),
  new Date(1e12).toISOString(),
  caught(() => new Date(NaN).toISOString()),
]

exports.timers = async () => {
  const order = []
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  setImmediate(() => order.push('immediate'))
  queueMicrotask(() => order.push('microtask'))
  await Promise.all([wait(20).then(() => order.push(20)), wait(10).then(() => order.push(10))])
  const interval = setInterval(() => order.push('tick'), 5)
  await wait(18)
  clearInterval(interval)
  return [order, Date.now()]
}

exports.text = () => [
  'Straße ﬃ İ'.toUpperCase(),
  'ÀÉÎ Σς'.toLowerCase(),
  'e\u0301'.normalize('NFC'),
  'a-b_c d'.split(/[-_ ]/),
  'x1y22z333'.replace(/\d+/g, (digits) => `<${digits.length}>`),
  [...'aaa'.match(/a*?$/)],
  [...'a1b2'.matchAll(/([a-z])(\d)/g)].map(([all, ...groups]) => [all, groups]),
  /(?<year>\d{4})-(?<month>\d\d)/.exec('on 2026-11-22').groups.month,
  '\u{1F600}é'.codePointAt(0),
  encodeURIComponent('a b/ü'),
  btoa('hello'),
  atob('aGVsbG8='),
  new TextDecoder().decode(new TextEncoder().encode('grüße \u{1F600}')),
  new URL('../x?y=1#z', 'https://user@example.org:8080/a/b/c').href,
  new URLSearchParams([
    ['a', '1 2'],
    ['b', 'ü'],
  ]).toString(),
]

exports.orders = () => [
  Object.keys({ b: 1, 2: 1, a: 1, 1: 1 }),
  [5, 1, 10, undefined, 3].sort(),
  [3, 1, 2].toSorted((a, b) => b - a),
  ['b', 'a', 'C', 'ä'].sort(),
  Object.groupBy([1, 2, 3, 4], (x) => (x % 2 ? 'odd' : 'even')).odd,
  [...new Set([3, 1, 3, 2])],
  JSON.stringify({ z: [1, { y: null }], a: 'ü', toJSON: undefined, n: NaN, d: new Date(0) }),
  JSON.parse('{"b":1,"a":[2,{"c":3}],"__proto__":4}'),
  structuredClone(new Map([['k', new Set([1, [2]])]])),
]

exports.syntax = async () => {
  class Point {
    #x = 1
    static made = 0
    constructor(y) {
      this.y = y
      Point.made += 1
    }
    get x() {
      return this.#x
    }
    *[Symbol.iterator]() {
      yield this.x
      yield* [this.y, ...[3, 4]]
    }
  }
  async function* numbers() {
    for (let i = 0; i < 3; i++) yield i
  }
  const seen = []
  for await (const n of numbers()) seen.push(n)
  outer: for (const a of [1, 2, 3]) {
    for (const b of [1, 2, 3]) {
      if (b === 2) continue outer
      if (a === 3) break outer
      seen.push([a, b])
    }
  }
  const { y = 5, ...rest } = { x: 1, z: 2 }
  const tag = (strings, ...values) => [strings.raw, values]
  return [
    [...new Point(2)],
    Point.made,
    seen,
    y,
    rest,
    tag`a${1}\n${2}`,
    ((a, b = a, ...c) => [a, b, c])(1, undefined, 3),
  ]
}

exports.errors = () => [
  caught(() => null.x),
  caught(() => undefined()),
  caught(() => missing),
  caught(() => new Array(-1)),
  caught(() => 'x'.repeat(-1)),
  caught(() => JSON.parse('{')),
  caught(() => new RegExp('(')),
  caught(() => decodeURIComponent('%')),
  caught(() => 1n + 1),
  caught(() => Symbol() + ''),
  caught(() => new Proxy({}, null)),
  caught(() => new Function('return 1')),
  caught(() => (0).toFixed(101)),
  caught(() => Object.freeze([1]).push(2)),
  caught(() => {
    throw new RangeError('mine')
  }),
]

exports.files = async (number, text) => {
  await System.files.mkdir('/box')
  await System.files.writeFile('/box/a.txt', `${text} ${number}`)
  await System.files.copy('/box/a.txt', '/box/b.txt')
  await System.files.rename('/box/b.txt', '/c.txt')
  const missing = await System.files.readFile('/none').catch((error) => error.code)
  return [
    await System.files.readdir('/', { recursive: true }),
    await System.files.readFile('/c.txt', 'utf8'),
    missing,
  ]
}

exports.callers = () => typeof System.caller.id

exports.bytes = () => [
  Buffer.from('héllo').toString('base64'),
  Buffer.from('68656c6c6f', 'hex'),
  Buffer.concat([Buffer.alloc(2, 'ab'), Buffer.from([1, 2])]),
  new Uint8Array(new Float64Array([NaN, -0, 1.5]).buffer),
  new Uint16Array([1, 2, 3]).toReversed().join(),
]

let counter = 0
exports.memory = () => ++counter

exports.throws = (number) => {
  throw Object.assign(new TypeError(`no ${number}`), { code: 'ENOTHING' })
}

exports.raises = (number) => number.a.b

exports.rejects = async () => Promise.any([Promise.reject(new Error('a')), Promise.reject(null)])

exports.waits = () => new Promise(() => {})

exports.spins = () => {
  for (;;);
}

exports.recurses = function recurses() {
  return recurses() + 1
}

exports.fills = () => 'x'.repeat(2 ** 21)

exports.after = () => [counter, 'fine']
