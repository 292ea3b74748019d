/** `System.alarm`: the script asks the host to call one of its methods later. The call travels as an encoded value. */
import { host, makeRoom, putBytes, takeBytes } from '../core/bridge.js'
import {
  asNumber,
  dateTime,
  freeze,
  isNaNumber,
  markOurs,
  NativeDate,
  parse,
  sliceText,
  trunc,
  typedArrayLength,
} from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { decode, isMethod } from './calls.js'
import { encodeWithin, requireOpen } from './open-call.js'

/** Units of fuel for setting, cancelling or reading an alarm: as much as a few operations on files. Each byte costs one more. */
const alarmUnits = 10_000

/** Digits of an id that hold the alarm's due time. */
const dueDigits = 16

export function createAlarm({ alarm: limits }, isCallOpen) {
  const bounds = freeze({ __proto__: null, maxBytes: limits.bytes })

  const requireCall = () => requireOpen(isCallOpen(), 'alarms', 'ERR_VMS_ALARM_AT_TOP_LEVEL')

  const encodeAlarm = (method, args) =>
    encodeWithin(
      [method, args],
      bounds,
      'method and arguments of an alarm have',
      'ERR_VMS_ALARM_TOO_LARGE',
    )

  const alarm = {
    async at(time, method, ...args) {
      requireCall()
      const due = timeOf(time)
      if (typeof method !== 'string' || !isMethod(method)) {
        throw makeError(
          'TypeError',
          'an alarm is for a method that the script exports',
          'ERR_VMS_ALARM_METHOD',
        )
      }
      const encoded = encodeAlarm(method, args)
      const length = typedArrayLength(encoded)
      charge(alarmUnits + length)
      // Reading the arguments may have run code that ended the call.
      requireCall()
      putBytes(encoded, length)
      const id = host('alarmAt', due, length)
      if (id === 'far')
        throw makeError('RangeError', 'the alarm is too far ahead', 'ERR_VMS_ALARM_TOO_FAR')
      if (id === 'full')
        throw makeError('RangeError', 'too many alarms are pending', 'ERR_VMS_ALARMS_FULL')
      return id
    },
    async cancel(id) {
      requireCall()
      charge(alarmUnits)
      return typeof id === 'string' && host('alarmCancel', id) === 1
    },
    async list() {
      requireCall()
      charge(alarmUnits)
      const list = parse(host('alarms'))
      for (let i = 0; i < list.length; i++) list[i] = read(list[i])
      return list
    },
  }
  for (const name in alarm) markOurs(alarm[name])
  return freeze(alarm)
}

function read(id) {
  charge(alarmUnits)
  const length = host('alarm', id)
  charge(length)
  // The host writes only if there is room.
  if (makeRoom(length)) host('alarm', id)
  const what = decode(takeBytes(length))
  const due = asNumber(sliceText(id, 0, dueDigits))
  return { id, time: new NativeDate(due), method: what[0], args: what[1] }
}

/** Whole milliseconds of a Date or a number. */
function timeOf(time) {
  let due = time
  if (typeof time !== 'number') {
    try {
      due = dateTime(time)
    } catch {
      due = undefined
    }
  }
  if (typeof due === 'number' && !isNaNumber(due)) return trunc(due)
  throw makeError(
    'TypeError',
    'the time of an alarm is a Date or a number of milliseconds',
    'ERR_VMS_ALARM_TIME',
  )
}
