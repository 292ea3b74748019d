/** The open choices of a match: four words each, on a stack of our own. So no pattern overflows the engine's stack. */

import { copyBytes, Words } from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'

const wordsAtFirst = 4_096
/** Maximum number of words. */
const mostWords = 0x1000000

/** Kinds of entries: the action on backtracking. */
export const choice = 0
export const register = 1
export const greedyRun = 2
export const lazyRun = 3

/** `words` up to `height` are in use; an entry is a kind and three numbers. */
export const open = { words: new Words(wordsAtFirst), room: wordsAtFirst, height: 0 }

export function push(kind, a, b, c) {
  const { height } = open
  if (height + 4 > open.room) grow()
  const { words } = open
  words[height] = kind
  words[height + 1] = a
  words[height + 2] = b
  words[height + 3] = c
  open.height = height + 4
}

function grow() {
  const room = 2 * open.room
  if (room > mostWords) {
    throw makeError(
      'RangeError',
      'a regular expression has more choices open than there is room for: match the text in parts',
      'ERR_VMS_REGEXP_CHOICES',
    )
  }
  charge(room)
  const larger = new Words(room)
  copyBytes(larger, open.words)
  open.words = larger
  open.room = room
}
