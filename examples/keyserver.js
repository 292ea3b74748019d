/// <reference types="@vms/sandbox/script" />
/**
 * Key server: people publish the public keys under which others reach them, and admins may take a key down. Whoever
 * looks a key up can check that this server never gave two people two answers.
 */

/** Caller ids (`vms key` prints yours) of the admins from the start. If empty, the first to call `claimAdmin` is one. */
const FIRST_ADMINS = /** @type {string[]} */ ([])

/**
 * @typedef {object} Key
 * @property {string} user
 * @property {string} owner Caller id of who published it.
 * @property {string} key
 * @property {string} updated ISO date.
 */

const USER = /^[a-z0-9][a-z0-9._-]{0,63}$/

exports.init = async () => {
  await System.files.mkdir('/keys')
  await saveAdmins(FIRST_ADMINS)
}

/**
 * Publishes or replaces the caller's key. A user name belongs to who took it first.
 * @param {string} user
 * @param {string} key
 * @returns {Promise<Key>}
 */
exports.publish = async (user, key) => {
  if (typeof key !== 'string' || key === '' || key.length > 10_000)
    throw fail('EINVAL', 'key must be a text')
  const known = await exports.lookup(user)
  if (known && known.owner !== System.caller.id)
    throw fail('EACCES', `${user} belongs to somebody else`)
  const record = { user, owner: System.caller.id, key, updated: new Date().toISOString() }
  await System.files.writeFile(pathOf(user), JSON.stringify(record))
  return record
}

/**
 * The key of a user, null if there is none.
 * @param {string} user
 * @returns {Promise<Key | null>}
 */
exports.lookup = async (user) => {
  const path = pathOf(user)
  try {
    return JSON.parse(await System.files.readFile(path))
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Takes a key down: its owner or an admin may. The history of it stays in the ledger.
 * @param {string} user
 * @returns {Promise<void>}
 */
exports.revoke = async (user) => {
  const known = await exports.lookup(user)
  if (!known) throw fail('ENOENT', `${user} has no key here`)
  if (known.owner !== System.caller.id) await mustBeAdmin()
  await System.files.unlink(pathOf(user))
}

/**
 * The users that have a key.
 * @returns {Promise<string[]>}
 */
exports.users = async () => {
  const names = await System.files.readdir('/keys')
  return names.map((name) => name.slice(0, -'.json'.length))
}

/**
 * The admins' caller ids.
 * @returns {Promise<string[]>}
 */
exports.admins = async () => JSON.parse(await System.files.readFile('/admins.json'))

/**
 * Makes the caller the first admin, while there is none.
 * @returns {Promise<string[]>}
 */
exports.claimAdmin = async () => {
  if ((await exports.admins()).length > 0) throw fail('EACCES', 'there is an admin already')
  return saveAdmins([System.caller.id])
}

/**
 * @param {string} id Caller id.
 * @returns {Promise<string[]>}
 */
exports.addAdmin = async (id) => {
  if (typeof id !== 'string' || id === '') throw fail('EINVAL', 'id must be a caller id')
  const admins = await mustBeAdmin()
  return admins.includes(id) ? admins : saveAdmins([...admins, id])
}

/**
 * @param {string} id Caller id. The last admin stays.
 * @returns {Promise<string[]>}
 */
exports.removeAdmin = async (id) => {
  const admins = (await mustBeAdmin()).filter((admin) => admin !== id)
  if (admins.length === 0) throw fail('EINVAL', 'somebody must stay admin')
  return saveAdmins(admins)
}

const mustBeAdmin = async () => {
  const admins = await exports.admins()
  if (!admins.includes(System.caller.id)) throw fail('EACCES', 'only admins may do this')
  return admins
}

/** @param {string[]} admins */
const saveAdmins = async (admins) => {
  await System.files.writeFile('/admins.json', JSON.stringify(admins))
  return admins
}

/** @param {string} user */
const pathOf = (user) => {
  if (typeof user !== 'string' || !USER.test(user)) throw fail('EINVAL', `not a user name: ${user}`)
  return `/keys/${user}.json`
}

/**
 * @param {string} code
 * @param {string} message
 */
const fail = (code, message) => Object.assign(new Error(message), { code })
