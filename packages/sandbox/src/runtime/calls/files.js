/** `System.files`: checks and converts arguments, asks the host, and settles the promise in the same drain of microtasks. */

import { doubles, host, makeRoom, putBytes, takeBytes } from '../core/bridge.js'
import {
  freeze,
  markOurs,
  NativeDate,
  parse,
  setPrototypeOf,
  stringify,
  typedArrayLength,
  typedArrayName,
} from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { flat, pricesOf } from '../metering/prices.js'

const price = pricesOf('System.files')
const sizeDouble = 1
const mtimeDouble = 2
const positionDouble = 3

/** `[{ name, code, says }]`, from the host. A failed operation returns −1 − the index. */
let fileErrors
let info
let isOpen

class Stat {
  #directory
  /** Bytes. */
  size
  mtime

  constructor(directory, size, mtime) {
    this.#directory = directory
    this.size = size
    this.mtime = mtime
  }

  isFile() {
    return !this.#directory
  }

  isDirectory() {
    return this.#directory
  }
}

export function createFiles(options, makeBuffer, isCallOpen) {
  fileErrors = options.fileErrors
  info = options.info
  isOpen = isCallOpen
  const stat = (kind, size, mtime) => new Stat(kind === 1, size, new NativeDate(mtime))
  const files = {
    async getInfo() {
      requireCall()
      return { title: info.title, key: info.key, url: info.key, version: doubles[positionDouble] }
    },
    async stat(path) {
      const kind = askAbout('stat', path)
      return stat(kind, doubles[sizeDouble], doubles[mtimeDouble])
    },
    async readFile(path, options) {
      const encoding = encodingOf(options, 'utf8', path)
      if (encoding === 'binary') return makeBuffer(readBytes(path))
      const text = askAbout('readText', path, encoding === 'json' ? 'utf8' : encoding)
      charge(text.length * price.readFile.bytes)
      if (encoding !== 'json') return text
      try {
        return parse(text)
      } catch {
        throw fileError('InvalidEncodingError', path)
      }
    },
    async writeFile(path, data, options) {
      const isText = typeof data === 'string'
      const encoding = encodingOf(options, isText ? 'utf8' : 'binary', path)
      if (encoding === 'json') {
        const text = stringify(data)
        if (text === undefined) throw fileError('InvalidEncodingError', path)
        askAbout('writeText', path, 'utf8', text)
      } else if (isText) {
        askAbout('writeText', path, encoding === 'binary' ? 'latin1' : encoding, data)
      } else {
        if (typedArrayNameOf(data) !== 'Uint8Array') {
          throw makeError(
            'TypeError',
            'a file is written from a string or from bytes',
            'ERR_INVALID_ARG_TYPE',
          )
        }
        const length = typedArrayLength(data)
        askAbout('reserve', path, length)
        putBytes(data, length)
        askAbout('writeBytes', path, length)
      }
    },
    async readdir(path, options) {
      const recursive = flag(options, 'recursive')
      const withStat = flag(options, 'stat')
      const list = listOf(askAbout(withStat ? 'listStats' : 'list', path, recursive))
      if (!withStat) return list
      for (let i = 0; i < list.length; i++) {
        const item = list[i]
        list[i] = { name: item[0], stat: stat(item[1], item[2], item[3]) }
      }
      return list
    },
    async mkdir(path) {
      askAbout('mkdir', path)
    },
    async unlink(path) {
      askAbout('unlink', path)
    },
    async rmdir(path, options) {
      askAbout('rmdir', path, flag(options, 'recursive'))
    },
    async copy(path, target) {
      askAbout('copy', path, checkPath(target))
    },
    async rename(path, target) {
      askAbout('rename', path, checkPath(target))
    },
    async history(options) {
      requireCall()
      const start = bound(options, 'start')
      const end = bound(options, 'end')
      charge(flat.file)
      return listOf(host('history', start, end, flag(options, 'reverse')))
    },
  }
  for (const name in files) markOurs(files[name])
  return freeze(files)
}

/** Parses a list that the host wrote. */
function listOf(text) {
  charge(text.length * price.readdir.listedUnits)
  return parse(text)
}

function readBytes(path) {
  const length = askAbout('readBytes', path)
  charge(length * price.readFile.bytes)
  // The host writes only if there is room.
  if (makeRoom(length)) askAbout('readBytes', path)
  return takeBytes(length)
}

function requireCall() {
  switch (isOpen()) {
    case 'open':
      return
    case 'boot':
      throw makeError(
        'Error',
        'files are not to be had at the top level, only in methods and in init',
        'ERR_VMS_FILES_AT_TOP_LEVEL',
      )
    default:
      throw makeError('Error', 'the call is over', 'ERR_VMS_CALL_OVER')
  }
}

/** The host's answer about a path. Throws if the answer is an error. */
function askAbout(operation, path, b, c) {
  requireCall()
  charge(
    flat.file +
      (typeof c === 'string' ? c.length : typeof b === 'number' ? b : 0) * price.writeFile.bytes,
  )
  const answer = host(operation, checkPath(path), b, c)
  if (typeof answer === 'number' && answer < 0) throw fileErrorAt(-1 - answer, path)
  return answer
}

function checkPath(path) {
  if (typeof path !== 'string') throw fileError('InvalidPathError', typeof path)
  return path
}

function fileError(name, path) {
  for (let i = 0; i < fileErrors.length; i++)
    if (fileErrors[i].name === name) return fileErrorAt(i, path)
  return makeError(name, '', null)
}

function fileErrorAt(index, path) {
  const { name, code, says } = fileErrors[index]
  return makeError(name, `${says} ${path}`, code)
}

function encodingOf(options, byDefault, path) {
  const given = typeof options === 'object' && options !== null ? options.encoding : options
  switch (given ?? byDefault) {
    case 'utf8':
    case 'utf-8':
      return 'utf8'
    case 'binary':
    case 'base64':
    case 'hex':
    case 'json':
      return given ?? byDefault
    default:
      throw fileError('InvalidEncodingError', path)
  }
}

function flag(options, name) {
  return typeof options === 'object' && options !== null && options[name] === true
}

function bound(options, name) {
  const value = typeof options === 'object' && options !== null ? options[name] : undefined
  return typeof value === 'number' && value >= 0 ? value : -1
}

function typedArrayNameOf(value) {
  return typeof value === 'object' && value !== null ? typedArrayName(value) : undefined
}

markOurs(Stat.prototype.isFile)
markOurs(Stat.prototype.isDirectory)
markOurs(Stat)
// Not a Function, whose constructor compiles code.
setPrototypeOf(Stat, null)
