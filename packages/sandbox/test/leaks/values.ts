/** Ways to see the locale, tables of Unicode, the last bits of numbers, and what differs from processor to processor. */
export const values: Readonly<Record<string, string>> = {
  'toLocaleString of numbers':
    "return [(1234567.891).toLocaleString(), (1234.5).toLocaleString('de-DE'), 12345n.toLocaleString('ar')]",
  'toLocaleString of dates':
    "return [new Date(1e12).toLocaleString('de'), new Date(1e12).toLocaleDateString(), new Date(1e12).toLocaleTimeString('ja', { timeZone: 'Asia/Tokyo' })]",
  'toLocaleString of lists': 'return [1.5, new Date(0), 10n, null].toLocaleString()',
  'toLocaleString of bytes': 'return new Float32Array([1.5, 1e6]).toLocaleString()',
  localeCompare: "return ['ä', 'a', 'z', 'Z', 'ß'].sort((a, b) => a.localeCompare(b, 'de'))",
  'case with a locale': "return ['I'.toLocaleLowerCase('tr'), 'i'.toLocaleUpperCase('tr')]",
  'case without one': "return ['ßﬁŉ'.toUpperCase(), 'İΣ'.toLowerCase(), '𐐨'.toUpperCase()]",
  normalize:
    "return ['é', 'ﬁ', '가', '≠'].map((t) => [t.normalize('NFD').length, t.normalize('NFKC').length])",
  'properties of Unicode':
    "return ['a', 'Я', '😀', '\\u0300'].map((t) => [/\\p{L}/u.test(t), /\\p{Emoji}/u.test(t), /\\p{Script=Cyrillic}/u.test(t)])",
  'classes of characters':
    "return [/\\w/iu.test('ſ'), /\\u212a/iu.test('k'), /[^\\W]/iu.test('K'), /\\s/.test('\\ufeff')]",
  Intl: 'return [typeof Intl, attempt(() => new Intl.NumberFormat())]',
  trigonometry:
    'return [0.1, 1, 2.5, 10, 1e5, 1e22, -7.7].map((x) => [Math.sin(x), Math.cos(x), Math.tan(x)])',
  arcs: 'return [0.1, 0.5, 0.7, 0.99, -0.3].map((x) => [Math.asin(x), Math.acos(x), Math.atan(x * 9), Math.atan2(x, -2)])',
  exponentials:
    'return [0.1, 1, -3.3, 20.5, 700].map((x) => [Math.exp(x), Math.expm1(x), Math.sinh(x), Math.cosh(x), Math.tanh(x)])',
  logarithms:
    'return [0.1, 1.5, 10, 1000, 1e300].map((x) => [Math.log(x), Math.log1p(x), Math.log2(x), Math.log10(x), Math.asinh(x), Math.acosh(x + 1)])',
  'atanh and cbrt': 'return [0.1, 0.5, 0.9].map((x) => [Math.atanh(x), Math.cbrt(x * 100)])',
  powers:
    'return [Math.pow(14, 0.9), Math.pow(5, -4), Math.pow(1.1, 100), Math.pow(2, 0.5), 10 ** 308, 10 ** -5]',
  'the operator of powers':
    'const x = 14; const y = 0.9; let z = 5; z **= -4; return [x ** y, 14 ** 0.9, z, (-2) ** 3, 2n ** 70n + ""]',
  'powers that get hot':
    'let sum = 0; for (let i = 1; i < 30000; i++) sum += (i % 17) ** 0.3 + Math.sin(i); return sum',
  hypot: 'return [Math.hypot(1, 2, 3), Math.hypot(1e200, 1e200), Math.hypot(3, 4), Math.hypot()]',
  sums: 'return [Math.sumPrecise([0.1, 0.2, 0.3, 1e100, -1e100]), [0.1, 0.2, 0.3].reduce((a, b) => a + b)]',
  'numbers as text':
    'return [0.1 + 0.2, 1e21, 1 / 3, 5e-324, 123456789.123456789].map((x) => [String(x), x.toFixed(3), x.toPrecision(5), x.toExponential(2), x.toString(36)])',
  'text as numbers':
    "return ['0.1', '1e400', '0x1f', ' 12 ', '1_0'].map((t) => String(Number(t)) + parseFloat(t))",
  'bits of NaN in an array':
    'const f = new Float64Array([0 / 0, -(0 / 0), Math.sqrt(-1), Infinity - Infinity]); return [...new Uint8Array(f.buffer)]',
  'bits of NaN in small floats':
    'return [[...new Uint8Array(Float32Array.of(-(0 / 0), 0 * Infinity).buffer)], [...new Uint8Array(Float16Array.from([-NaN, 0 / 0]).buffer)]]',
  'bits of NaN by fill and set':
    'const f = new Float64Array(4); const zero = f[0]; f.fill(zero / zero, 0, 2); f.set([-(zero / zero), Math.sqrt(zero - 1)], 2); return [...new Uint8Array(f.buffer)]',
  'bits of NaN by map and with':
    'const f = new Float32Array(2); return [[...new Uint8Array(f.map((x) => -(x / x)).buffer)], [...new Uint8Array(f.with(0, -(f[1] / f[1])).buffer)]]',
  'bits of NaN in a DataView':
    'const v = new DataView(new ArrayBuffer(14)); const zero = v.getInt8(0); v.setFloat64(0, -(zero / zero)); v.setFloat32(8, zero / zero); v.setFloat16(12, Math.sqrt(zero - 1)); return [...new Uint8Array(v.buffer)]',
  'bits of NaN in a Buffer':
    'const b = Buffer.alloc(12); const zero = b[0]; b.writeDoubleLE(-(zero / zero), 0); b.writeFloatBE(zero / zero, 8); return [...b]',
  'bits of NaN by assignment':
    'const f = new Float64Array(3); const u = new Uint8Array(f.buffer); const zero = f[0]; f[0] = zero / zero; f[1] = -f[0]; f[2] = Math.sqrt(zero - 1); return [...u]',
  'bits of NaN that get hot':
    'const f = new Float32Array(1); const u = new Uint32Array(f.buffer); const seen = new Set(); const g = (a, b) => { f[0] = a / b; return u[0] }; for (let i = 0; i < 60000; i++) seen.add(g(0, i % 2 ? 0 : 1)); return [...seen]',
  'bits of NaN by super and for await':
    'class F extends Float64Array { f(x, i) { super[0] += x; super[1] -= x; super[2]++; super[i + 3] *= x } } const f = new F(8); const u = new Uint32Array(f.buffer); const z = f[7]; f.f(z / z, z); for await (f[4] of [z / z]); for await ([f[5], f[6] = z / z] of [[-(z / z)]]); return [...u]',
  'the order of bytes': 'return [...new Uint8Array(new Uint32Array([1]).buffer)]',
  'denormal numbers': 'return [5e-324 / 2, 2.2250738585072014e-308 / 2, 5e-324 * 3]',
  'minus zero': 'return [1 / -0, 1 / Math.round(-0.2), Object.is(-0 % 1, -0), JSON.stringify(-0)]',
  'dates in other words':
    "return ['Jan 2 2020', '2020/01/02', '1/2/20', '2020-01-02 03:04', 'Thu 02 Jan', '2020-1-2'].map((t) => String(Date.parse(t)))",
  'dates in its own words':
    'return [new Date(1e12).toString(), new Date(1e12).toUTCString(), new Date(1e12).toISOString()].map((t) => Date.parse(t))',
  'dates at the edges':
    "return ['-000001-01-01', '+275760-09-13', '2020-02-30', '2020-01-01T24:00:00', '2020-01-01T25:00'].map((t) => String(Date.parse(t)))",
  'names of hosts':
    "return ['http://EXAMPLE.com', 'http://faß.de', 'http://xn--fa-hia.de', 'http://日本語.jp', 'http://0x7f.1'].map((t) => URL.parse(t)?.host)",
  escapes:
    "return [escape('ü€'), encodeURIComponent('ü€😀'), unescape('%u20ac'), encodeURI('ä b')]",
  structuredClone:
    "const c = structuredClone({ a: [1, , 3], d: new Date(5), e: new RangeError('x'), m: new Map([[1, 2]]) }); return [Object.keys(c), c.e.message, c.e.stack, +c.d]",
  'text of bytes':
    'return [new TextDecoder().decode(new Uint8Array([0xc3, 0x28, 0xf0, 0x9f])), btoa("ÿ"), Buffer.from([0xff, 0xfe, 0x41]).toString()]',
}
