/**
 * The oracles of weather.js: each export is one. This one plays a weather station on the host's roof. It runs in the host's
 * process, not in the script's machine, so it could also read a device, a database or the network.
 */

/** @type {Record<string, number[]>} */
const readings = { Oslo: [-3.5, 1.25, 0], Cairo: [31, 34.5, 33] }

/**
 * Degrees Celsius in a city.
 * @param {string} city
 */
export async function temperature(city) {
  const next = readings[city]?.shift()
  if (next === undefined)
    throw Object.assign(new Error(`no station in ${city}`), { code: 'ENOSTATION' })
  return next
}
