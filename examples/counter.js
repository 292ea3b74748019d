/// <reference types="@vms/sandbox/script" />
/**
 * A counter that survives restarts: state is in the files, never in a variable of the script. (Variables are a cache;
 * they last until the machine begins afresh.)
 */

exports.init = async () => {
  await System.files.writeFile('/count', '0')
}

/**
 * The count.
 * @returns {Promise<number>}
 */
exports.get = async () => Number(await System.files.readFile('/count'))

/**
 * Adds to the count and returns the new one.
 * @param {number} [by]
 * @returns {Promise<number>}
 */
exports.increment = async (by = 1) => {
  if (!Number.isSafeInteger(by)) throw new TypeError('by must be a whole number')
  // No lock is needed: a service runs one call at a time.
  const count = (await exports.get()) + by
  if (!Number.isSafeInteger(count)) throw new RangeError('the count is full')
  await System.files.writeFile('/count', String(count))
  return count
}
