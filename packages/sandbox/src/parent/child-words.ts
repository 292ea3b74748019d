/**
 * The messages that a child process may send in each operation. A child that a script has compromised may send anything. Shapes and sizes
 * follow the limits that an honest child enforces on a script, so the parent rejects any other message.
 */

import { ALARMS_FOLDER, isReserved, RESERVED_FOLDER } from '@vms/format/reserved'
import { compareBytes, isNormalPath } from '../files/path.ts'
import {
  consoleLimits,
  errorUnits,
  frameBytes,
  type MachineLimits,
  methodNameUnits,
  oracleNameUnits,
  reportUnits,
  requestChangeBytes,
  smallFrameBytes,
} from '../protocol/limits.ts'
import {
  boolean,
  bytes,
  fields,
  integer,
  list,
  nullable,
  oneOf,
  refuse,
  type Shape,
  text,
  tuple,
} from '../protocol/shape.ts'
import type { FromChild, WireResult } from '../protocol/wire.ts'

/** The operations of a machine. */
export type OperationKind = 'start' | 'boot' | 'init' | 'run' | 'alarm'
type Word = FromChild[0]

/** Kinds of messages that the child may send during an operation. */
const expected: Readonly<Record<OperationKind, readonly Word[]>> = {
  start: ['ready', 'broken', 'refused', 'console'],
  boot: ['booted', 'broken', 'refused', 'console', 'trace', 'progress'],
  init: ['initiated', 'broken', 'refused', 'console', 'trace', 'progress', 'ask'],
  run: ['result', 'done', 'broken', 'refused', 'console', 'trace', 'progress', 'ask'],
  alarm: ['alarmed', 'broken', 'refused', 'console', 'trace', 'progress', 'ask'],
}

/** Messages that hold files or results; all others are small. */
const large: ReadonlySet<Word> = new Set<Word>(['result', 'initiated', 'alarmed'])

/** Whether the child may send a message of this kind now. */
export const isExpected = (operation: OperationKind | null, word: unknown): word is Word =>
  operation !== null && expected[operation].includes(word as Word)

/** Bytes that a frame with this kind of message may have. */
export function wordBytes(word: Word, limits: MachineLimits): number {
  if (large.has(word)) return frameBytes
  if (word === 'booted') return smallFrameBytes + 4 * limits.methodBytes + limits.resultBytes
  return smallFrameBytes + limits.oracleArgsBytes + 4 * limits.pathBytes
}

const timeMs = 8.64e15
const alarmIdPattern = /^\d{16}-\d{16}-\d{6,}$/

const error = tuple(
  text(errorUnits.name),
  text(errorUnits.message),
  nullable(text(errorUnits.code)),
)
const statuses = oneOf('returned', 'thrown', 'aborted', 'skipped')
const aborts = oneOf(
  'fuel',
  'request-fuel',
  'depth',
  'result-bytes',
  'request-result-bytes',
  'call-files',
)
const anything: Shape = () => {}

/** Checks messages of one machine. Throws a TypeError that names the broken rule. */
export class ChildWords {
  readonly #limits: MachineLimits
  readonly #shapes: Readonly<Record<Word, Shape>>
  /** Shapes of a result's fields, each checked by itself. */
  readonly #fields: Shape

  constructor(limits: MachineLimits) {
    this.#limits = limits
    this.#fields = this.#fieldsOfResult()
    const message = text(errorUnits.message)
    const engine = text(100)
    const path = text(limits.pathBytes)
    const question: Shape = (value, at) => {
      const kind = Array.isArray(value) ? value[0] : null
      const shape = Object.hasOwn(questions, String(kind)) ? questions[String(kind)] : undefined
      if (shape === undefined) refuse(at, 'a question of the protocol')
      shape(value, at)
    }
    const normal: Shape = (value, at) => {
      path(value, at)
      if (!isNormalPath(value as string, limits.pathBytes + 128)) refuse(at, 'a normal path')
    }
    const bound = integer(0)
    const context = fields({
      position: integer(0),
      call: integer(0),
      time: integer(0, timeMs),
      caller: nullable(text(300)),
    })
    const questions: Record<string, Shape> = {
      stat: tuple(anything, normal),
      read: tuple(anything, normal),
      list: tuple(anything, normal, boolean),
      history: tuple(anything, fields({}, { start: bound, end: bound, reverse: boolean })),
      oracle: tuple(anything, text(oracleNameUnits), bytes(limits.oracleArgsBytes), context),
    }
    const result = this.#result
    this.#shapes = {
      ready: tuple(
        anything,
        fields({ v8: engine, icu: engine, unicode: engine, tz: engine, arch: engine }),
      ),
      broken: tuple(
        anything,
        oneOf('ERR_VMS_UNKNOWN_INTRINSIC', 'ERR_VMS_BAD_CODEC', 'ERR_VMS_UNKNOWN_METHOD'),
        text(reportUnits),
      ),
      booted: tuple(
        anything,
        result,
        this.#methods,
        boolean,
        bytes(32, 32),
        nullable(text(reportUnits)),
      ),
      initiated: tuple(anything, nullable(result)),
      result: tuple(anything, list(result, limits.requestResultBytes)),
      alarmed: tuple(anything, result),
      progress: tuple(anything, integer(0)),
      done: tuple(anything, boolean),
      refused: tuple(anything, oneOf('wall-clock', 'memory', 'stack', 'crash'), message),
      ask: tuple(anything, question),
      console: tuple(
        anything,
        oneOf('debug', 'log', 'info', 'warn', 'error', 'machine'),
        text(consoleLimits.lineUnits + 1),
      ),
      trace: tuple(
        anything,
        fields({
          operation: text(40),
          subject: nullable(text(reportUnits)),
          digest: text(128),
          stack: text(reportUnits),
        }),
      ),
    }
  }

  check(message: FromChild): void {
    const [word] = message
    this.#shapes[word](message, word)
    if (word === 'result') this.#sums(message[1])
    if (word === 'initiated' && message[1] !== null) this.#sums([message[1]])
    if (word === 'alarmed') this.#sums([message[1]])
  }

  readonly #methods: Shape = (value, path) => {
    list(text(methodNameUnits), this.#limits.methods)(value, path)
    let size = 0
    let before: string | null = null
    for (const name of value as string[]) {
      size += Buffer.byteLength(name)
      if (name === 'init' || name.startsWith('vms:')) refuse(path, 'a list of methods')
      if (before !== null && compareBytes(before, name) >= 0) refuse(path, 'ordered, each once')
      before = name
    }
    if (size > this.#limits.methodBytes) refuse(path, `at most ${this.#limits.methodBytes} bytes`)
  }

  readonly #result: Shape = (value, path) => {
    this.#fields(value, path)
    const [status, encoded, thrown, abort, , changes, oracles] = value as WireResult
    const holds =
      (status === 'returned') === (encoded !== null) &&
      (status === 'thrown') === (thrown !== null) &&
      (status === 'aborted') === (abort !== null) &&
      (status === 'returned' || changes.length === 0) &&
      (status !== 'skipped' || oracles.length === 0)
    if (!holds) refuse(path, `a result that is ${status}`)
    let before: string | null = null
    for (const [name] of changes) {
      if (before !== null && compareBytes(before, name) >= 0)
        refuse(`${path} changes`, 'ordered, each once')
      before = name
    }
  }

  #fieldsOfResult(): Shape {
    const { resultBytes, fileBytes, callFiles, oracleUses } = this.#limits
    const { oracleArgsBytes, oracleResultBytes, pathBytes } = this.#limits
    const contents = bytes(fileBytes)
    const change: Shape = (value, path) => {
      tuple(text(pathBytes + 128), oneOf(0, 1, 2), integer(0, timeMs), anything)(value, path)
      const [name, kind, , data] = value as [string, number, number, unknown]
      const isOpen = isReserved(name)
        ? isAlarm(name, kind)
        : name !== '/' && isNormalPath(name, pathBytes)
      if (!isOpen) refuse(`${path} path`, 'one that a script may change')
      if (kind === 0) contents(data, path)
      else if (data !== null) refuse(path, 'a change without contents')
    }
    const use: Shape = (value, path) => {
      tuple(
        text(oracleNameUnits),
        bytes(oracleArgsBytes),
        nullable(bytes(oracleResultBytes)),
        nullable(error),
      )(value, path)
      const [, , given, failed] = value as [string, Uint8Array, unknown, unknown]
      if ((given === null) === (failed === null)) refuse(path, 'either a value or an error')
    }
    return tuple(
      statuses,
      nullable(bytes(resultBytes)),
      nullable(error),
      nullable(aborts),
      integer(0),
      list(change, callFiles + 2),
      list(use, oracleUses),
    )
  }

  /** Checks the bytes that all calls of one request produced. The machine keeps the one use of an oracle that passes the limit. */
  #sums(results: readonly WireResult[]): void {
    const { requestResultBytes, oracleArgsBytes, oracleResultBytes } = this.#limits
    let made = 0
    let changed = 0
    for (const [, value, , , , changes, oracles] of results) {
      made += value?.byteLength ?? 0
      for (const [, args, given] of oracles) made += args.byteLength + (given?.byteLength ?? 0)
      for (const [, , , data] of changes) changed += data?.byteLength ?? 0
    }
    if (made > requestResultBytes + oracleArgsBytes + oracleResultBytes)
      refuse('the results of a request', `at most ${requestResultBytes} bytes`)
    if (changed > requestChangeBytes)
      refuse('the changes of a request', `at most ${requestChangeBytes} bytes`)
  }
}

/** Whether the change sets or cancels an alarm, or creates the folder for the first alarm. */
const isAlarm = (path: string, kind: number): boolean =>
  kind === 1
    ? path === RESERVED_FOLDER || path === ALARMS_FOLDER
    : path.startsWith(`${ALARMS_FOLDER}/`) &&
      alarmIdPattern.test(path.slice(ALARMS_FOLDER.length + 1))
