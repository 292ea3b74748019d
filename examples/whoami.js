/// <reference types="@vms/sandbox/script" />
/**
 * User accounts without passwords: every call is signed by its caller's key, so `System.caller.id` is the login. A user
 * takes a name, once, and keeps a public profile.
 */

/**
 * @typedef {object} Profile
 * @property {string} id Caller id: the user's public key.
 * @property {string} name
 * @property {string} bio
 */

const NAME = /^[a-z][a-z0-9-]{1,31}$/

exports.init = async () => {
  await System.files.mkdir('/users') // by caller id: the profile
  await System.files.mkdir('/names') // by name: the caller id
}

/**
 * Who the caller is; `profile` is null before {@link exports.register}.
 * @returns {Promise<{ id: string, profile: Profile | null }>}
 */
exports.whoami = async () => ({ id: System.caller.id, profile: await profileOf(System.caller.id) })

/**
 * Takes a name for the caller.
 * @param {string} name 2 to 32 lower-case letters, digits and dashes, beginning with a letter.
 * @returns {Promise<Profile>}
 */
exports.register = async (name) => {
  if (typeof name !== 'string' || !NAME.test(name)) throw fail('EINVAL', `not a name: ${name}`)
  const { id } = System.caller
  if (await profileOf(id)) throw fail('EREGISTERED', 'you have a name already')
  if (await read(`/names/${name}`)) throw fail('ETAKEN', `${name} is taken`)
  const profile = { id, name, bio: '' }
  await System.files.writeFile(`/names/${name}`, id)
  await System.files.writeFile(`/users/${id}.json`, JSON.stringify(profile))
  return profile
}

/**
 * Changes the caller's own profile.
 * @param {{ bio: string }} changes
 * @returns {Promise<Profile>}
 */
exports.update = async ({ bio }) => {
  if (typeof bio !== 'string' || bio.length > 1000)
    throw fail('EINVAL', 'bio must be a string of at most 1000 characters')
  const profile = await profileOf(System.caller.id)
  if (!profile) throw fail('EUNREGISTERED', 'register a name first')
  const updated = { ...profile, bio }
  await System.files.writeFile(`/users/${updated.id}.json`, JSON.stringify(updated))
  return updated
}

/**
 * The profile of the user with this name, or null.
 * @param {string} name
 * @returns {Promise<Profile | null>}
 */
exports.profile = async (name) => {
  const id = typeof name === 'string' && NAME.test(name) ? await read(`/names/${name}`) : null
  return id === null ? null : profileOf(id)
}

/**
 * @param {string} id
 * @returns {Promise<Profile | null>}
 */
const profileOf = async (id) => {
  const text = await read(`/users/${id}.json`)
  return text === null ? null : JSON.parse(text)
}

/**
 * The text of a file, null if there is none.
 * @param {string} path
 * @returns {Promise<string | null>}
 */
const read = (path) =>
  System.files.readFile(path).catch((error) => {
    if (error.code === 'ENOENT') return null
    throw error
  })

/**
 * @param {string} code
 * @param {string} message
 */
const fail = (code, message) => Object.assign(new Error(message), { code })
