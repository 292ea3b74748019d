import { Buffer as NodeBuffer } from 'node:buffer'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

/** Expressions that must give here what they give in Node. */
const expressions = [
  `Buffer.from('grüezi 😀').toString('hex')`,
  `Buffer.from('a\\ud800b\\udc00').toString('hex')`,
  `Buffer.from('00ff7f', 'hex').toString('base64')`,
  `Buffer.from('00ffzz11', 'hex').length`,
  `Buffer.from('0ff', 'hex').length`,
  `Buffer.from('_-8 =', 'base64').toString('hex')`,
  `Buffer.from('aGVsbG8', 'base64').toString()`,
  `Buffer.from([251, 255, 1, 2]).toString('base64url')`,
  `Buffer.from([251, 255]).toString('base64')`,
  `Buffer.from('ÿĀ', 'latin1').toString('hex')`,
  `Buffer.from('aÿ', 'ascii').toString('ascii')`,
  `Buffer.from('aé', 'utf16le').toString('hex')`,
  `Buffer.from([0x61, 0, 0x3d, 0xd8, 0, 0xde, 1]).toString('ucs2')`,
  `Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf0, 0x90, 0x80, 0x41, 0xe2, 0x82, 0xf4, 0x90, 0x80, 0x80, 0xff]).toString()`,
  `Buffer.from([0xef, 0xbb, 0xbf, 0x61]).toString().length`,
  `Buffer.from([256, -1, 1.9, '3']).toString('hex')`,
  `Buffer.from({ length: 2, 0: 1, 1: 2 }).toString('hex')`,
  `Buffer.from(JSON.parse(JSON.stringify(Buffer.from('x')))).toString()`,
  `Buffer.from(new Uint8Array([1, 2]).buffer, 1).toString('hex')`,
  `JSON.stringify(Buffer.from('ab'))`,
  `Buffer.alloc(3).toString('hex')`,
  `Buffer.alloc(5, 'ab').toString()`,
  `Buffer.alloc(2, 7).toString('hex')`,
  `Buffer.concat([Buffer.from('a'), new Uint8Array([98]), Buffer.alloc(0)]).toString()`,
  `Buffer.concat([Buffer.from('abc')], 2).toString()`,
  `Buffer.concat([Buffer.from('abc')], 5).toString('hex')`,
  `Buffer.byteLength('grüezi')`,
  `Buffer.byteLength('aGk=', 'base64')`,
  `[Buffer.isBuffer(Buffer.from('')), Buffer.isBuffer(new Uint8Array(1)), Buffer.isBuffer(null), Buffer.isEncoding('UTF-8'), Buffer.isEncoding('x')]`,
  `Buffer.compare(Buffer.from('a'), Buffer.from('b'))`,
  `[Buffer.from('a').equals(Buffer.from('a')), Buffer.from('a').equals(Buffer.from('ab'))]`,
  `Buffer.from('ab').compare(Buffer.from('a'))`,
  `Buffer.from('hello').slice(1, -1).toString()`,
  `Buffer.from('hello').slice(-3).toString()`,
  `Buffer.from('hello').slice(-Infinity, Infinity).toString()`,
  `Buffer.from('hello').slice(3, 1).length`,
  `(() => { const b = Buffer.from('hello'); b.slice(0, 1)[0] = 72; return b.toString() })()`,
  `Buffer.isBuffer(Buffer.from('hello').subarray(1)) + Buffer.from('hello').subarray(1).toString()`,
  `Buffer.from('hello').toString('utf8', 1, 3)`,
  `(() => { const b = Buffer.alloc(4); return [b.copy(b), Buffer.from('abcd').copy(b, 1, 1), b.toString('hex')] })()`,
  `(() => { const b = Buffer.from('abcdef'); b.copy(b, 2, 0, 4); return b.toString() })()`,
  `(() => { const b = Buffer.alloc(4); return [b.write('xy'), b.write('z', 3), b.write('abc', 1, 1), b.toString('latin1')] })()`,
  `Buffer.from('abcabc').indexOf('c')`,
  `Buffer.from('abcabc').indexOf('c', 3)`,
  `Buffer.from('abcabc').lastIndexOf('b')`,
  `[Buffer.from('abc').includes('bc'), Buffer.from('abc').includes(98), Buffer.from('abc').includes(Buffer.from('x'))]`,
  `Buffer.from('abcdef').fill('xy', 1, 4).toString()`,
  `(() => { const b = Buffer.alloc(12); b.writeUInt16LE(258, 0); b.writeInt32BE(-2, 2); b.writeUInt8(9, 6); b.writeFloatLE(1.5, 8); return [b.toString('hex'), b.readUInt16BE(0), b.readInt32BE(2), b.readInt8(6), b.readFloatLE(8)] })()`,
  `(() => { const b = Buffer.alloc(8); return [b.writeDoubleBE(0.1), b.readDoubleBE(), String(b.readBigUInt64LE())] })()`,
  `[...Buffer.from('ab')].join() + Buffer.from('ab').map((x) => x + 1).toString()`,
  `Buffer.from('x'.repeat(10000) + 'ü').toString().length`,
  `Buffer.from('ü'.repeat(10000)).toString('base64').length`,
  `Buffer.from('ab') instanceof Uint8Array`,
  `new Buffer('abc', 'utf8').toString()`,
  `new Buffer(3).length`,
]

describe('Buffer', () => {
  it('does what Node’s does', async () => {
    const bench = await Bench.booted(
      `exports.all = () => [${expressions.map((text) => `(() => (${text}))`).join(',')}].map((run) => run())`,
    )
    const here = (await bench.call('all')) as unknown[]
    await bench.close()
    expressions.forEach((text, i) => {
      const there: unknown = JSON.parse(
        JSON.stringify(runInNewContext(text, { Buffer: NodeBuffer, JSON, Uint8Array })),
      )
      expect(here[i], text).toEqual(there)
    })
  })

  it('refuses what it cannot read', async () => {
    const bench = await Bench.booted(`
      const code = (run) => { try { run() } catch (error) { return error.code } }
      exports.codes = () => [() => Buffer.from('x', 'utf7'), () => Buffer.from(5), () => Buffer.from(null), () => Buffer.alloc(-1), () => Buffer.alloc('x'), () => Buffer.concat('x'), () => Buffer.compare('a', 'b')].map(code)
    `)
    expect(await bench.call('codes')).toEqual([
      'ERR_UNKNOWN_ENCODING',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_VALUE',
      'ERR_INVALID_ARG_VALUE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_TYPE',
    ])
    await bench.close()
  })
})
