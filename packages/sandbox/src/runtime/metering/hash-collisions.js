/**
 * Hash collisions in Maps and Sets. The engine finds a number by a hash that everybody can compute, so a script can choose numbers
 * that all lie in one place of its table, and then each lookup goes over all of them. So tables with many such keys are counted: how
 * many whole numbers there are whose hashes have the same lowest bits, and how many fractions, BigInts and long texts, which may lie
 * anywhere. Numbers that lie as chance has it pay nothing.
 */

import { getWeak, KnownMap, setWeak, Words } from '../core/primordials.js'
import { charge } from './meter.js'

const { imul } = Math

/** UTF-16 units from which on the engine finds all texts of one length in one place. */
export const hashedKey = 16_383
/** Entries up to which a table is not counted. */
const smallTable = 64
/** Numbers from 0 on that are not counted: they are too few to collide much in a table that is. */
const smallNumber = 0x4000
/** Hash buckets, as a power of two. */
const placeBits = 12
const places = 1 << placeBits
/** Where, behind the places, stands how many whole numbers are counted, and how many other keys. */
const whole = places
const others = places + 1
/** Units for the counts of one table, of 4 bytes each. */
const countsPrice = places / 2
/** Keys in one place that cost nothing, besides twice as many as there would be by chance. */
const allowed = 32
/** Keys that a lookup may go over for one unit, as a power of two. */
const collisionShift = 2

/** Table → its counts. */
const counts = new KnownMap()
let anyCollisions = false

/** Whether a key may have been chosen by its hash. */
export function isChosen(key) {
  switch (typeof key) {
    case 'number':
      return (key | 0) !== key || key < 0 || key >= smallNumber
    case 'string':
      return key.length > hashedKey
    default:
      return typeof key === 'bigint'
  }
}

/** The lowest bits of the engine's hash of a whole number of 32 bits. */
function placeOf(key) {
  let hash = (~key + (key << 15)) | 0
  hash ^= hash >>> 12
  hash = (hash + (hash << 2)) | 0
  hash ^= hash >>> 4
  hash = imul(hash, 2057)
  hash ^= hash >>> 16
  return hash & (places - 1)
}

/** Pays for the lookup of a whole number of 32 bits. */
export function payForCollisions(table, key) {
  if (!anyCollisions) return
  const counted = getWeak(counts, table)
  if (counted !== undefined) charge(collisionsAt(counted, placeOf(key)) >> collisionShift)
}

function collisionsAt(counted, place) {
  const here = counted[place] - allowed - 2 * (counted[whole] >> placeBits)
  const anywhere = counted[others] - allowed
  return (here > 0 ? here : 0) + (anywhere > 0 ? anywhere : 0)
}

/** A new key of a table of `size` entries. `each` iterates a table that is not counted yet. */
export function countCollision(table, key, size, each) {
  if (size <= smallTable) return
  const counted = getWeak(counts, table)
  if (counted === undefined) countAll(table, size, each)
  else count(counted, key, 1)
}

/** Counts the keys of a table that the engine has filled. */
export function countAll(table, size, each) {
  if (size <= smallTable) return
  charge(countsPrice + size)
  const counted = new Words(places + 2)
  each(table, (_item, key) => {
    if (isChosen(key)) count(counted, key, 1)
  })
  setWeak(counts, table, counted)
}

/** A chosen key has gone. */
export function forgetKey(table, key) {
  const counted = getWeak(counts, table)
  if (counted !== undefined) count(counted, key, -1)
}

/** All keys have. */
export function forgetKeys(table) {
  if (getWeak(counts, table) !== undefined) setWeak(counts, table, undefined)
}

function count(counted, key, change) {
  const isWhole = typeof key === 'number' && (key | 0) === key
  const place = isWhole ? placeOf(key) : others
  counted[place] += change
  if (isWhole) counted[whole] += change
  if (change > 0 && counted[place] > allowed && collisionsAt(counted, place & (places - 1)) > 0)
    anyCollisions = true
}
