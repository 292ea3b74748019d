/**
 * The world inside: every object that a script can reach, by its path, with all its properties. At each boot, before the script runs, the
 * runtime compares the world with this list (runtime/calls/seal.js). So no engine can add a feature that we have not reviewed: an engine
 * with more or less stops the machine with ERR_VMS_UNKNOWN_INTRINSIC. `removed` lists what the runtime removes, `replaced` what it
 * replaces. `pinned` lists what it leaves to the engine although the engine's makers may change it. Each item gives the reason.
 */

/** Removed from every engine that has it. */
export const removed: Readonly<Record<string, string>> = {
  eval: 'makes code from text, past the meter',
  Intl: 'reads the real clock, the locale, and data that change with every release of ICU',
  WeakRef: 'shows when garbage is collected',
  FinalizationRegistry: 'shows when garbage is collected',
  SharedArrayBuffer: 'memory that another thread may change, which makes a clock',
  Atomics: 'Atomics.wait is a clock',
  WebAssembly: 'memory outside the limit, bits of NaN, its own stack depth',
  Temporal: 'Temporal.Now is a clock; the rest reads time zone data; newer engines only',
  'Date.prototype.toTemporalInstant': 'belongs to Temporal',
  'RegExp.input': 'state of the last match, which the machine itself may change',
  'RegExp.$_': 'as RegExp.input',
  'RegExp.lastMatch': 'as RegExp.input',
  'RegExp.$&': 'as RegExp.input',
  'RegExp.lastParen': 'as RegExp.input',
  'RegExp.$+': 'as RegExp.input',
  'RegExp.leftContext': 'as RegExp.input',
  'RegExp.$`': 'as RegExp.input',
  'RegExp.rightContext': 'as RegExp.input',
  "RegExp.$'": 'as RegExp.input',
  'RegExp.$1': 'as RegExp.input',
  'RegExp.$2': 'as RegExp.input',
  'RegExp.$3': 'as RegExp.input',
  'RegExp.$4': 'as RegExp.input',
  'RegExp.$5': 'as RegExp.input',
  'RegExp.$6': 'as RegExp.input',
  'RegExp.$7': 'as RegExp.input',
  'RegExp.$8': 'as RegExp.input',
  'RegExp.$9': 'as RegExp.input',
  'Iterator.concat': 'newer engines only',
  'Map.prototype.getOrInsert': 'newer engines only',
  'Map.prototype.getOrInsertComputed': 'newer engines only',
  'WeakMap.prototype.getOrInsert': 'newer engines only',
  'WeakMap.prototype.getOrInsertComputed': 'newer engines only',
  'Uint8Array.fromBase64': 'newer engines only',
  'Uint8Array.fromHex': 'newer engines only',
  'Uint8Array.prototype.toBase64': 'newer engines only',
  'Uint8Array.prototype.setFromBase64': 'newer engines only',
  'Uint8Array.prototype.toHex': 'newer engines only',
  'Uint8Array.prototype.setFromHex': 'newer engines only',
}

/** Replaced by our own code before the script runs; the text names the file below `runtime/`. */
export const replaced: Readonly<Record<string, string>> = {
  Date: 'the clock, the time zone, and texts whose reading the language leaves open (date.js, date-parse.js)',
  'Date.prototype.constructor': 'led back to the real Date (date.js)',
  'Date.prototype.toString, .toTimeString':
    'the name of the time zone in the locale of the process (date.js)',
  'Date.prototype.toLocale…': 'locale and time zone (locale.js)',
  'Number.prototype.toLocaleString': 'locale (locale.js)',
  'BigInt.prototype.toLocaleString': 'locale (locale.js)',
  'String.prototype.localeCompare': 'locale and collation tables (locale.js)',
  'String.prototype.toLocaleUpperCase, …LowerCase': 'locale (locale.js)',
  'Function and its three kin':
    'make code from text, past the meter; ours keep instanceof and refuse (codegen.js)',
  'Function.prototype.toString':
    'the text of built-ins is the choice of the engine, and of ours (codegen.js)',
  'Error and its kinds': 'ours remember which errors a script made, and show no stack (errors.js)',
  'Error.captureStackTrace, .prepareStackTrace, .stackTraceLimit': 'stacks (errors.js)',
  'Error.prototype.stack': 'empty; the engine gives every error one of its own (errors.js)',
  Math: 'random from the seed (random.js), and functions whose last bits are the choice of the engine (math.js)',
  'Math.sumPrecise': 'newer engines only; ours is on all (math.js)',
  'Promise.prototype.then': 'what the engine raises is told by kind only (promises.js)',
  'Promise.all, .allSettled, .any, .race, .try':
    'the same, for classes of the script (promises.js)',
  'Float16Array, Float32Array, Float64Array': 'bits of NaN (numbers.js, float-values.js)',
  '%TypedArray%.from, .of, and .fill, .map, .set, .with of its prototype':
    'bits of NaN (numbers.js)',
  'DataView.prototype.setFloat…': 'bits of NaN (numbers.js)',
  'Array.prototype.sort, .toSorted': 'which items are compared with which (sort.js)',
  '%TypedArray%.prototype.sort, .toSorted': 'which items are compared with which (sort.js)',
  console: "the engine's speaks to an inspector; ours to the host's log, bounded (console.js)",
}

/** Left to the engine, and equal on all engines that a semantics number lists. Each boot entry records the engine's identity. */
export const pinned: Readonly<Record<string, string>> = {
  'String.prototype.normalize, .toUpperCase, .toLowerCase': 'Unicode tables of the engine',
  'RegExp: \\p{…}, the flags i, u and v': 'Unicode tables of the engine',
  Identifiers: 'Unicode tables of the engine',
}

/**
 * Properties that a script may assign to an object although the object inherits a frozen one. The list leaves out the properties of arrays
 * and strings that V8's compilers optimize: as accessors they were five to fifty times slower.
 */
const assignable: Readonly<Record<string, string>> = {
  'Object.prototype':
    'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf',
  'Function.prototype': 'constructor apply bind call toString',
  'Array.prototype': 'push pop concat indexOf join reverse slice splice toString',
  'Date.prototype': 'constructor getTime toISOString toJSON toString valueOf',
  'Promise.prototype': 'constructor then catch finally',
  'Map.prototype': 'constructor clear delete forEach get has set',
  'Set.prototype': 'constructor add clear delete forEach has',
  'WeakMap.prototype': 'constructor delete get has set',
  'WeakSet.prototype': 'constructor add delete has',
  'Error.prototype': 'constructor message name toString',
  'AggregateError.prototype': 'constructor message name',
  'EvalError.prototype': 'constructor message name',
  'RangeError.prototype': 'constructor message name',
  'ReferenceError.prototype': 'constructor message name',
  'SuppressedError.prototype': 'constructor message name',
  'SyntaxError.prototype': 'constructor message name',
  'TypeError.prototype': 'constructor message name',
  'URIError.prototype': 'constructor message name',
  'Buffer.prototype': 'toJSON toString',
}

/** Path → the object's property names in order; `:name` is an accessor, `@@name` a well-known symbol. */
export const kept: Readonly<Record<string, string>> = {
  globalThis:
    'Infinity NaN undefined System Object Function Array Number parseFloat parseInt Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN console SuppressedError DisposableStack AsyncDisposableStack Float16Array TextEncoder TextDecoder atob btoa crypto URL URLSearchParams structuredClone queueMicrotask setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate Buffer',
  Object:
    'length name prototype assign getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols hasOwn is preventExtensions seal create defineProperties defineProperty freeze getPrototypeOf setPrototypeOf isExtensible isFrozen isSealed keys entries fromEntries values groupBy',
  Function: 'length name prototype',
  Array: 'length name prototype isArray from fromAsync of :@@species',
  Number:
    'length name prototype isFinite isInteger isNaN isSafeInteger parseFloat parseInt MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY MAX_SAFE_INTEGER MIN_SAFE_INTEGER EPSILON',
  Boolean: 'length name prototype',
  String: 'length name prototype fromCharCode fromCodePoint raw',
  Symbol:
    'length name prototype for keyFor asyncIterator hasInstance isConcatSpreadable iterator match matchAll replace search species split toPrimitive toStringTag unscopables dispose asyncDispose',
  Date: 'length name prototype now parse UTC',
  Promise:
    'length name prototype all allSettled any race resolve reject withResolvers try :@@species',
  RegExp: 'length name prototype escape :@@species',
  Error: 'length name prototype isError captureStackTrace :stackTraceLimit :prepareStackTrace',
  AggregateError: 'length name prototype',
  EvalError: 'length name prototype',
  RangeError: 'length name prototype',
  ReferenceError: 'length name prototype',
  SyntaxError: 'length name prototype',
  TypeError: 'length name prototype',
  URIError: 'length name prototype',
  JSON: 'parse stringify rawJSON isRawJSON @@toStringTag',
  Math: 'E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs ceil clz32 f16round floor fround imul max min round sign sqrt trunc acos acosh asin asinh atan atanh atan2 cbrt cos cosh exp expm1 hypot log log1p log10 log2 pow sin sinh tan tanh random sumPrecise @@toStringTag',
  ArrayBuffer: 'length name prototype isView :@@species',
  Uint8Array: 'length name prototype BYTES_PER_ELEMENT',
  Int8Array: 'length name prototype BYTES_PER_ELEMENT',
  Uint16Array: 'length name prototype BYTES_PER_ELEMENT',
  Int16Array: 'length name prototype BYTES_PER_ELEMENT',
  Uint32Array: 'length name prototype BYTES_PER_ELEMENT',
  Int32Array: 'length name prototype BYTES_PER_ELEMENT',
  BigUint64Array: 'length name prototype BYTES_PER_ELEMENT',
  BigInt64Array: 'length name prototype BYTES_PER_ELEMENT',
  Uint8ClampedArray: 'length name prototype BYTES_PER_ELEMENT',
  Float32Array: 'length name prototype BYTES_PER_ELEMENT',
  Float64Array: 'length name prototype BYTES_PER_ELEMENT',
  DataView: 'length name prototype',
  Map: 'length name prototype groupBy :@@species',
  BigInt: 'length name prototype asUintN asIntN',
  Set: 'length name prototype :@@species',
  Iterator: 'length name prototype from',
  WeakMap: 'length name prototype',
  WeakSet: 'length name prototype',
  Proxy: 'length name prototype revocable',
  Reflect:
    'defineProperty deleteProperty apply construct get getOwnPropertyDescriptor getPrototypeOf has isExtensible ownKeys preventExtensions set setPrototypeOf @@toStringTag',
  console: 'debug log info warn error trace dir assert',
  SuppressedError: 'length name prototype',
  DisposableStack: 'length name prototype',
  AsyncDisposableStack: 'length name prototype',
  Float16Array: 'length name prototype BYTES_PER_ELEMENT',
  TextEncoder: 'length name prototype',
  TextDecoder: 'length name prototype',
  crypto: 'getRandomValues randomUUID subtle @@toStringTag',
  URL: 'length name prototype canParse parse',
  URLSearchParams: 'length name prototype',
  Buffer:
    'length name prototype from alloc allocUnsafe allocUnsafeSlow isBuffer isEncoding byteLength compare concat poolSize',
  System: 'alarm caller files oracle',
  'Object.prototype':
    'constructor __defineGetter__ __defineSetter__ hasOwnProperty __lookupGetter__ __lookupSetter__ isPrototypeOf propertyIsEnumerable toString valueOf :__proto__ toLocaleString',
  'Function.prototype':
    'length name :arguments :caller constructor apply bind call toString @@hasInstance',
  'Array.prototype':
    'length constructor at concat copyWithin fill find findIndex findLast findLastIndex lastIndexOf pop push reverse shift unshift slice sort splice includes indexOf join keys entries values forEach filter flat flatMap map every some reduce reduceRight toReversed toSorted toSpliced with toLocaleString toString @@iterator @@unscopables',
  'Number.prototype':
    'constructor toExponential toFixed toPrecision toString valueOf toLocaleString',
  'Boolean.prototype': 'constructor toString valueOf',
  'String.prototype':
    'length constructor anchor at big blink bold charAt charCodeAt codePointAt concat endsWith fontcolor fontsize fixed includes indexOf isWellFormed italics lastIndexOf link localeCompare match matchAll normalize padEnd padStart repeat replace replaceAll search slice small split strike sub substr substring sup startsWith toString toWellFormed trim trimStart trimLeft trimEnd trimRight toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase valueOf @@iterator',
  'Symbol.prototype': 'constructor toString valueOf :description @@toStringTag @@toPrimitive',
  'Date.prototype':
    'constructor toString toDateString toTimeString toISOString toUTCString toGMTString getDate setDate getDay getFullYear setFullYear getHours setHours getMilliseconds setMilliseconds getMinutes setMinutes getMonth setMonth getSeconds setSeconds getTime setTime getTimezoneOffset getUTCDate setUTCDate getUTCDay getUTCFullYear setUTCFullYear getUTCHours setUTCHours getUTCMilliseconds setUTCMilliseconds getUTCMinutes setUTCMinutes getUTCMonth setUTCMonth getUTCSeconds setUTCSeconds valueOf getYear setYear toJSON toLocaleString toLocaleDateString toLocaleTimeString @@toPrimitive',
  'Promise.prototype': 'constructor then catch finally @@toStringTag',
  'RegExp.prototype':
    'constructor exec :dotAll :flags :global :hasIndices :ignoreCase :multiline :source :sticky :unicode :unicodeSets compile toString test @@match @@matchAll @@replace @@search @@split',
  'Error.prototype': 'constructor name message toString :stack',
  'AggregateError.prototype': 'constructor name message',
  'EvalError.prototype': 'constructor name message',
  'RangeError.prototype': 'constructor name message',
  'ReferenceError.prototype': 'constructor name message',
  'SyntaxError.prototype': 'constructor name message',
  'TypeError.prototype': 'constructor name message',
  'URIError.prototype': 'constructor name message',
  'ArrayBuffer.prototype':
    'constructor :byteLength slice :maxByteLength :resizable resize transfer transferToFixedLength :detached @@toStringTag',
  'Uint8Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Int8Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Uint16Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Int16Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Uint32Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Int32Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'BigUint64Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'BigInt64Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Uint8ClampedArray.prototype': 'constructor BYTES_PER_ELEMENT',
  'Float32Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'Float64Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'DataView.prototype':
    'constructor :buffer :byteLength :byteOffset getInt8 setInt8 getUint8 setUint8 getInt16 setInt16 getUint16 setUint16 getInt32 setInt32 getUint32 setUint32 getFloat32 setFloat32 getFloat64 setFloat64 getBigInt64 setBigInt64 getBigUint64 setBigUint64 getFloat16 setFloat16 @@toStringTag',
  'Map.prototype':
    'constructor get set has delete clear entries forEach keys :size values @@toStringTag @@iterator',
  'BigInt.prototype': 'constructor toLocaleString toString valueOf @@toStringTag',
  'Set.prototype':
    'constructor has add delete difference clear entries forEach intersection isSubsetOf isSupersetOf isDisjointFrom :size symmetricDifference union values keys @@toStringTag @@iterator',
  'Iterator.prototype':
    ':constructor reduce toArray forEach some every find map filter take drop flatMap @@iterator :@@toStringTag @@dispose',
  'WeakMap.prototype': 'constructor delete get set has @@toStringTag',
  'WeakSet.prototype': 'constructor delete has add @@toStringTag',
  'Proxy.prototype': 'constructor',
  'SuppressedError.prototype': 'constructor name message',
  'DisposableStack.prototype':
    'constructor use dispose adopt defer move :disposed @@dispose @@toStringTag',
  'AsyncDisposableStack.prototype':
    'constructor use disposeAsync adopt defer move :disposed @@asyncDispose @@toStringTag',
  'Float16Array.prototype': 'constructor BYTES_PER_ELEMENT',
  'TextEncoder.prototype': 'constructor :encoding encode encodeInto',
  'TextDecoder.prototype': 'constructor :encoding :fatal :ignoreBOM decode',
  'crypto.subtle':
    'digest decrypt encrypt exportKey generateKey importKey sign verify @@toStringTag',
  'URL.prototype':
    'constructor :searchParams :href :origin toString toJSON :protocol :username :password :host :hostname :port :pathname :search :hash @@toStringTag',
  'URLSearchParams.prototype':
    'constructor :size append delete get getAll has set sort forEach entries keys values toString @@toStringTag @@iterator',
  'Buffer.prototype':
    'toString toLocaleString toJSON equals compare slice copy write fill indexOf lastIndexOf includes readUInt8 writeUInt8 readInt8 writeInt8 readUInt16LE writeUInt16LE readUInt16BE writeUInt16BE readInt16LE writeInt16LE readInt16BE writeInt16BE readUInt32LE writeUInt32LE readUInt32BE writeUInt32BE readInt32LE writeInt32LE readInt32BE writeInt32BE readBigUInt64LE writeBigUInt64LE readBigUInt64BE writeBigUInt64BE readBigInt64LE writeBigInt64LE readBigInt64BE writeBigInt64BE readFloatLE writeFloatLE readFloatBE writeFloatBE readDoubleLE writeDoubleLE readDoubleBE writeDoubleBE constructor',
  'System.caller': ':id',
  'System.oracle': 'length name',
  ...functionsOf('System.alarm', 'at cancel list'),
  ...functionsOf(
    'System.files',
    'getInfo stat readFile writeFile readdir mkdir unlink rmdir copy rename history',
  ),
  'Array.prototype.@@unscopables':
    'at copyWithin entries fill find findIndex findLast findLastIndex flat flatMap includes keys toReversed toSorted toSpliced values',
  'crypto.subtle.digest': 'length name',
  'crypto.subtle.decrypt': 'length name',
  'crypto.subtle.encrypt': 'length name',
  'crypto.subtle.exportKey': 'length name',
  'crypto.subtle.generateKey': 'length name',
  'crypto.subtle.importKey': 'length name',
  'crypto.subtle.sign': 'length name',
  'crypto.subtle.verify': 'length name',
  '%Global.[[Prototype]]%': 'constructor',
  '%AsyncFunction.prototype%': 'constructor @@toStringTag',
  '%AsyncFunction.prototype%.constructor': 'length name prototype',
  '%GeneratorFunction.prototype%': 'prototype constructor @@toStringTag',
  '%GeneratorFunction.prototype%.prototype': 'constructor next return throw @@toStringTag',
  '%GeneratorFunction.prototype%.constructor': 'length name prototype',
  '%AsyncGeneratorFunction.prototype%': 'prototype constructor @@toStringTag',
  '%AsyncGeneratorFunction.prototype%.prototype': 'constructor next return throw @@toStringTag',
  '%AsyncGeneratorFunction.prototype%.constructor': 'length name prototype',
  '%AsyncIteratorPrototype%': '@@asyncIterator @@asyncDispose',
  '%ArrayIteratorPrototype%': 'next @@toStringTag',
  '%MapIteratorPrototype%': 'next @@toStringTag',
  '%SetIteratorPrototype%': 'next @@toStringTag',
  '%StringIteratorPrototype%': 'next @@toStringTag',
  '%RegExpStringIteratorPrototype%': 'next @@toStringTag',
  '%IteratorHelperPrototype%': 'next return @@toStringTag',
  '%WrapForValidIteratorPrototype%': 'next return',
  '%TypedArray%': 'length name prototype of from :@@species',
  '%TypedArray%.prototype':
    'constructor :buffer :byteLength :byteOffset :length entries keys values at copyWithin every fill filter find findIndex findLast findLastIndex forEach includes indexOf join lastIndexOf map reverse reduce reduceRight set slice some sort subarray toReversed toSorted with toLocaleString toString :@@toStringTag @@iterator',
}

/** Entries for an object of plain functions, and for the functions. */
function functionsOf(object: string, names: string): Readonly<Record<string, string>> {
  const functions = names.split(' ').map((name) => [`${object}.${name}`, 'length name'])
  return { [object]: names, ...Object.fromEntries(functions) }
}

/** The list in the form that the runtime takes. */
export function worldForGuest(): { removed: string[]; kept: string[][]; assignable: string[][] } {
  const rows = (table: Readonly<Record<string, string>>) =>
    Object.entries(table).map(([path, names]) => [
      path,
      ...names.split(' ').map((name) => (name.startsWith(':') ? `get ${name.slice(1)}` : name)),
    ])
  return { removed: Object.keys(removed), kept: rows(kept), assignable: rows(assignable) }
}
