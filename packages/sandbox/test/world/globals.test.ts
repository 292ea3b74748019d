/** What scripts may rely on beside the language, and what they are told of what is not there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusedGlobals } from '../../src/world/refused.ts'
import { Bench } from '../bench.ts'

const script = `
const attempt = (run) => { try { return run() } catch (error) { return [error.name, error.message, error.code ?? null] } }
exports.refused = () => [
  ${Object.keys(refusedGlobals)
    .filter((name) => name !== 'eval')
    .map((name) => `[${JSON.stringify(name)}, typeof ${name}, attempt(() => ${name})]`)
    .join(', ')}
]
exports.missing = () => attempt(() => nobodyKnowsThis)
exports.url = () => {
  const url = new URL('../x?a=1&b=%20é#f', 'https://Exämple.com:8080/a/b/')
  url.searchParams.append('k', 'v w')
  url.port = '443'
  return [url.href, url.origin, url.host, url.searchParams.get('b'), [...url.searchParams], URL.canParse('nope'), URL.parse('nope'), JSON.stringify({ url }), url.searchParams === url.searchParams]
}
exports.badUrl = () => [attempt(() => new URL('nope')), (() => { try { new URL('nope') } catch (error) { return error instanceof TypeError } })()]
exports.params = () => { const p = new URLSearchParams({ b: '2', a: '1' }); p.append('a', '3'); p.sort(); return [String(p), p.getAll('a'), p.has('a', '3'), p.size, [...p.keys()], String(new URLSearchParams([['x', 'y z']])), String(new URLSearchParams('?q=ä'))] }
exports.text = () => [
  Array.from(new TextEncoder().encode('hé€😀\\ud800')), new TextEncoder().encodeInto('a€', new Uint8Array(3)), new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0xe2, 0x82, 0xac, 0xff])),
  new TextDecoder('utf-16le').decode(new Uint8Array([0x41, 0, 0x3d, 0xd8])), attempt(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff])))[0], attempt(() => new TextDecoder('shift_jis')),
]
exports.stream = (parts) => { const d = new TextDecoder(); return parts.map((part) => d.decode(new Uint8Array(part), { stream: true })).join('') + d.decode() }
exports.base64 = () => [btoa('hé'), atob(' aGk= '), attempt(() => atob('a'))[0], attempt(() => btoa('€'))[0]]
exports.digests = async (text) => Promise.all(['SHA-1', 'SHA-256', 'SHA-384', { name: 'sha-512' }].map(async (name) => Buffer.from(await crypto.subtle.digest(name, new TextEncoder().encode(text))).toString('hex')))
exports.noDigest = () => crypto.subtle.digest('MD5', new Uint8Array(1))
exports.noKeys = () => crypto.subtle.importKey()
exports.random = () => [crypto.randomUUID(), Array.from(crypto.getRandomValues(new Uint8Array(6))), Math.random()]
exports.onlyMath = () => Math.random()
exports.notRandom = () => [attempt(() => crypto.getRandomValues(new Float64Array(1)))[0], attempt(() => crypto.getRandomValues(new Uint8Array(65537)))[0]]
exports.clone = () => {
  const o = { a: [1, , 3], d: new Date(5), m: new Map([[1, { x: 1 }]]), s: new Set([1]), r: /a/gi, e: new RangeError('x', { cause: 1 }), f: new Float32Array([1.5]), b: Object(false), big: 3n, v: new DataView(new ArrayBuffer(3), 1) }
  o.self = o
  const c = structuredClone(o)
  const moved = new Uint8Array([1, 2])
  const target = structuredClone(moved, { transfer: [moved.buffer] })
  return [c !== o, c.self === c, 1 in c.a, c.d.getTime(), c.m.get(1).x, c.s.has(1), String(c.r), c.e instanceof RangeError, c.e.message, c.e.cause, c.f[0], c.b.valueOf(), c.big === 3n, c.v.byteOffset, moved.length, [...target],
    attempt(() => structuredClone(() => 1))[0], attempt(() => structuredClone(Promise.resolve()))[0], attempt(() => structuredClone({ s: Symbol() }))[0]]
}
exports.microtask = async () => { const seen = []; queueMicrotask(() => seen.push(1)); await null; return seen }
exports.failingMicrotask = () => new Promise(() => queueMicrotask(() => { throw new RangeError('in a microtask') }))
exports.overrides = () => {
  class Mine extends Error { constructor(message) { super(message); this.name = 'Mine'; this.message += '!' } }
  const error = new Mine('x')
  function Old() {}
  Old.prototype = Object.create(Error.prototype)
  Old.prototype.constructor = Old
  const list = []
  list.push = () => 'pushed'
  const run = () => 1
  run.toString = () => 'text'
  const map = new Map()
  map.get = () => 'got'
  const date = new Date(0)
  date.toJSON = () => 'date'
  error.stack = 'mine'
  return [error.name, error.message, new Old().constructor === Old, new Old() instanceof Error, list.push(), String(run), map.get(), JSON.stringify(date), error.stack, Object.keys(Object.assign(Object.create({}), { toString: 1 }))]
}
exports.frozen = () => [
  attempt(() => { Array.prototype.mine = 1 })[0], attempt(() => { Object.prototype.toString = 1 })[2], attempt(() => { globalThis.Array = 1 })[0], attempt(() => { delete Promise.prototype.then })[0], attempt(() => { Math.PI = 3 })[0],
  attempt(() => { Buffer.from = 1 })[0], attempt(() => { URL.prototype.mine = 1 })[0], Object.isFrozen(Object.getPrototypeOf((function* () {}).prototype)), (() => { globalThis.mine = 1; return mine })(),
]
exports.dates = (texts) => texts.map((text) => new Date(text).getTime()).map((time) => Number.isNaN(time) ? null : time)
exports.dateOf = () => [new Date({ valueOf: () => 5 }).getTime(), new Date(new Date(6)).getTime(), new Date({ [Symbol.toPrimitive]: () => '1970-01-01' }).getTime(), Number.isNaN(new Date(undefined).getTime()), new Date(null).getTime(), attempt(() => new Date(1n))[0]]
exports.sorts = (lists) => lists.map((list) => [[...list].sort(), [...list].sort((a, b) => b - a), list.toSorted((a, b) => (a % 10) - (b % 10))])
exports.holes = () => { const list = [3, , undefined, 1]; list.sort(); return [list, Object.keys(list).join(), Array.prototype.sort.call({ length: 3, 0: 'c', 2: 'a' })] }
exports.bytes = () => [[...new Uint8Array([3, 1, 2]).sort((a, b) => b - a)], [...new Float32Array([2, -1]).toSorted((a, b) => a - b)], attempt(() => [1].sort(5))[0]]
`

describe('what scripts may rely on', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(script)
  })
  afterAll(() => bench.close())

  it('does not have what is refused, and says so where it is named', async () => {
    for (const [name, type, answer] of (await bench.call('refused')) as [
      string,
      string,
      unknown,
    ][]) {
      const { why, instead } = refusedGlobals[name] as (typeof refusedGlobals)[string]
      expect(type).toBe('undefined')
      const message = `${name} is refused: ${why}; ${instead}`
      expect(answer).toEqual(['ReferenceError', message, 'ERR_VMS_REFUSED_GLOBAL'])
    }
    expect(await bench.call('missing')).toEqual([
      'ReferenceError',
      'a ReferenceError raised by the engine',
      null,
    ])
  })

  it('has URL and URLSearchParams', async () => {
    expect(await bench.call('url')).toEqual([
      'https://xn--exmple-cua.com/a/x?a=1&b=+%C3%A9&k=v+w#f',
      'https://xn--exmple-cua.com',
      'xn--exmple-cua.com',
      ' é',
      [
        ['a', '1'],
        ['b', ' é'],
        ['k', 'v w'],
      ],
      false,
      null,
      '{"url":"https://xn--exmple-cua.com/a/x?a=1&b=+%C3%A9&k=v+w#f"}',
      true,
    ])
    expect(await bench.call('badUrl')).toEqual([
      ['TypeError', 'Invalid URL: nope', 'ERR_INVALID_URL'],
      true,
    ])
    expect(await bench.call('params')).toEqual([
      'a=1&a=3&b=2',
      ['1', '3'],
      true,
      3,
      ['a', 'a', 'b'],
      'x=y+z',
      'q=%C3%A4',
    ])
  })

  it('encodes and decodes text', async () => {
    const text = (await bench.call('text')) as unknown[]
    expect(text.slice(0, 5)).toEqual([
      [104, 195, 169, 226, 130, 172, 240, 159, 152, 128, 239, 191, 189],
      { read: 1, written: 1 },
      '€\ufffd',
      'A\ufffd',
      'TypeError',
    ])
    expect(text[5]).toMatchObject(
      ['RangeError', /shift_jis/, 'ERR_ENCODING_NOT_SUPPORTED'].map((part) =>
        typeof part === 'string' ? part : expect.stringMatching(part),
      ),
    )
    const bytes = [...Buffer.from('aé€😀z')]
    expect(
      await bench.call(
        'stream',
        bytes.map((byte) => [byte]),
      ),
    ).toBe('aé€😀z')
    expect(await bench.call('stream', [[0xf0, 0x9f], [0x41], [0xe2, 0x82]])).toBe('\ufffdA\ufffd')
    expect(await bench.call('base64')).toEqual([
      Buffer.from('hé', 'latin1').toString('base64'),
      'hi',
      'InvalidCharacterError',
      'InvalidCharacterError',
    ])
  })

  it('makes the digests that everybody makes', async () => {
    expect(
      ((await bench.call('digests', 'abc')) as string[]).map((hex) => hex.slice(0, 16)),
    ).toEqual(['a9993e364706816a', 'ba7816bf8f01cfea', 'cb00753f45a35e8b', 'ddaf35a193617aba'])
    await expect(bench.call('noDigest')).rejects.toThrow(/NotSupportedError: the digest MD5/)
    await expect(bench.call('noKeys')).rejects.toThrow(/crypto\.subtle\.importKey is refused/)
  })

  it('is random as the seed says, bytes and numbers apart', async () => {
    const [uuid, bytes, number] = (await bench.call('random')) as [string, number[], number]
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await bench.call('random')).toEqual([uuid, bytes, number])
    expect(await bench.call('onlyMath')).toBe(number)
    expect(await bench.call('notRandom')).toEqual(['TypeError', 'QuotaExceededError'])
  })

  it('clones', async () => {
    expect(await bench.call('clone')).toEqual([
      ...[true, true, false, 5, 1, true, '/a/gi', true, 'x', 1, 1.5, false, true, 1, 0],
      [1, 2],
      ...['DataCloneError', 'DataCloneError', 'DataCloneError'],
    ])
  })

  it('queues microtasks, and ends the call with what they throw', async () => {
    expect(await bench.call('microtask')).toEqual([1])
    await expect(bench.call('failingMicrotask')).rejects.toThrow('RangeError: in a microtask')
  })

  it('lets objects have their own of what they inherit', async () => {
    expect(await bench.call('overrides')).toEqual([
      ...['Mine', 'x!', true, true, 'pushed', 'text', 'got', '"date"', 'mine'],
      ['toString'],
    ])
  })

  it('is frozen, but for globals of the script', async () => {
    expect(await bench.call('frozen')).toEqual([
      ...['TypeError', 'ERR_VMS_FROZEN', 'TypeError', 'TypeError', 'TypeError'],
      ...['TypeError', 'TypeError', true, 1],
    ])
  })

  it('reads dates that are written as the language says, and no others', async () => {
    const good = [
      '2020',
      '2020-02',
      '2020-02-29',
      '2020-01-02T03:04',
      '2020-01-02T03:04:05Z',
      '2020-01-02T03:04:05.678Z',
      '2020-01-02T03:04:05.678901Z',
      '2020-01-02T03:04:05+05:30',
      '2020-01-02T24:00:00Z',
      '+012020-01-02T03:04:05Z',
      '-000001-12-31T00:00:00Z',
      '0050-01-01',
    ]
    const times = [0, 1e12, -62_198_755_200_000, 8.64e15]
    const printed = times.flatMap((time) => {
      const date = new Date(time)
      return [date.toUTCString(), isoLike(date)]
    })
    expect(await bench.call('dates', good)).toEqual(
      good.map((text) => Date.parse(/T[^Z+]*$/.test(text) ? `${text}Z` : text)),
    )
    expect(await bench.call('dates', printed)).toEqual(times.flatMap((time) => [time, time]))
    const bad = [
      ...['', 'x', 'Jan 2 2020', '2020/01/02', '2020-1-2', '2020-02-30', '2020-13-01', '20200102'],
      ...['2020-01-02 03:04', '2020-01-02T25:00Z', '2020-01-02T24:00:01Z', '2020-01-02T03:60Z'],
      ...[
        '-000000-01-01',
        '2020-01-02T03:04:05.Z',
        '2020-01-02T03:04z',
        '2020-01-02Z',
        '02 Jan 2020',
      ],
      ...['2020-01-02T03:04:05+24:00', '2020-01-02T03:04:05+0530', ' 2020', 'Thu 02 Jan 2020'],
    ]
    expect(await bench.call('dates', bad)).toEqual(bad.map(() => null))
    expect(await bench.call('dateOf')).toEqual([5, 6, 0, true, 0, 'TypeError'])
  })

  it('sorts as the language says', async () => {
    const lists = [0, 1, 2, 3, 7, 8, 9, 17, 64, 300].map((length) =>
      Array.from({ length }, (_, i) => (i * 7919) % 1009),
    )
    expect(await bench.call('sorts', lists)).toEqual(
      lists.map((list) => [
        [...list].sort(),
        [...list].sort((a, b) => b - a),
        list.toSorted((a, b) => (a % 10) - (b % 10)),
      ]),
    )
    expect(await bench.call('holes')).toEqual([
      [1, 3, null, null],
      '0,1,2',
      { 0: 'a', 1: 'c', length: 3 },
    ])
    expect(await bench.call('bytes')).toEqual([[3, 2, 1], [-1, 2], 'TypeError'])
  })
})

/** What `Date.prototype.toString` gives in UTC. */
function isoLike(date: Date): string {
  const [, day, month, year, clock] =
    /, (\d+) (\w+) (-?\d+) (\S+) GMT/.exec(date.toUTCString()) ?? []
  const weekday = date.toUTCString().slice(0, 3)
  return `${weekday} ${month} ${day} ${year} ${clock} GMT+0000 (Coordinated Universal Time)`
}
