/// <reference types="@vms/sandbox/script" />
/**
 * Weather records: what a station reads comes from an oracle, a function of the host's. Anybody can check what the
 * script made of the readings; that the readings were so is the host's word.
 *
 *   vms exec examples/weather.js --oracles examples/weather-oracles.mjs
 */

/**
 * @typedef {object} Reading
 * @property {number} celsius
 * @property {string} when ISO date of the call that read it.
 */

const CITY = /^[A-Z][a-z]{1,31}$/

/** Runs once, when the service is deployed. */
exports.init = async () => {
  await System.files.mkdir('/cities')
}

/**
 * Reads the temperature in a city and keeps it if it is a record.
 * @param {string} city
 * @returns {Promise<{ now: Reading, warmest: Reading }>}
 */
exports.read = async (city) => {
  if (typeof city !== 'string' || !CITY.test(city)) throw new TypeError('city must be a name')
  const celsius = await System.oracle('temperature', city)
  // What an oracle says is checked like what a caller says.
  if (typeof celsius !== 'number' || !Number.isFinite(celsius))
    throw new TypeError('the station gave no temperature')
  const now = { celsius, when: new Date().toISOString() }
  const before = await exports.warmest(city)
  if (before && before.celsius >= celsius) return { now, warmest: before }
  await System.files.writeFile(`/cities/${city}.json`, JSON.stringify(now))
  return { now, warmest: now }
}

/**
 * The warmest reading in a city so far, or null.
 * @param {string} city
 * @returns {Promise<Reading | null>}
 */
exports.warmest = async (city) => {
  if (typeof city !== 'string' || !CITY.test(city)) throw new TypeError('city must be a name')
  try {
    return JSON.parse(await System.files.readFile(`/cities/${city}.json`))
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'ENOENT') return null
    throw error
  }
}
