/**
 * Hash collisions in Maps and Sets. Everybody can compute the engine's hash of a number. So a script can choose numbers that share one
 * bucket, and then each lookup visits all of them. Tables with many such keys keep counts: of whole numbers by the lowest bits of their
 * hashes, and of fractions, BigInts and long texts, which may be in any bucket. Randomly distributed numbers pay nothing.
 */

import { getWeak, KnownMap, setWeak, Words } from '../core/primordials.js'
import { charge } from './meter.js'

const { imul } = Math

/** UTF-16 units from which on the engine puts all texts of one length into one bucket. */
export const hashedKey = 16_383
/** Entries up to which a table keeps no counts. */
const smallTable = 64
/** Numbers below this are not counted, because they are too few to collide much. */
const smallNumber = 0x4000
/** Binary logarithm of the number of hash buckets. */
const placeBits = 12
const places = 1 << placeBits
/** Index, after the buckets, of the number of counted whole numbers and of other keys. */
const whole = places
const others = places + 1
/** Units for the counts of one table, of 4 bytes each. */
const countsPrice = places / 2
/** Free keys per bucket, in addition to twice the number expected by chance. */
const allowed = 32
/** Binary logarithm of the keys that a lookup may visit per unit of fuel. */
const collisionShift = 2

/** Table → its counts. */
const counts = new KnownMap()
let anyCollisions = false

/** Whether a script may have chosen the key by its hash. */
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

/** Counts a new key of a table with `size` entries. `each` iterates a table that has no counts yet. */
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

/** Counts the removal of a chosen key. */
export function forgetKey(table, key) {
  const counted = getWeak(counts, table)
  if (counted !== undefined) count(counted, key, -1)
}

/** Drops a table's counts, because all its keys are gone. */
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
