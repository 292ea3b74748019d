/// <reference types="@vms/sandbox/script" />
/**
 * Package registry: a version is published once and only once, by an owner of the package. Nobody, the operator of the
 * registry included, can replace what a version holds without the audit showing it.
 */

/**
 * @typedef {object} Version
 * @property {string} version
 * @property {string} publisher Caller id.
 * @property {string} published ISO date.
 * @property {number} size Bytes.
 */

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string[]} owners Caller ids.
 * @property {Version[]} versions In the order of publication.
 */

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/
const VERSION = /^\d+\.\d+\.\d+(-[0-9a-zA-Z.-]{1,50})?$/

exports.init = async () => {
  await System.files.mkdir('/packages')
}

/**
 * Publishes a version. Who publishes a new package owns it.
 * @param {string} name
 * @param {string} version
 * @param {string | Uint8Array} content
 * @returns {Promise<Version>}
 */
exports.publish = async (name, version, content) => {
  if (!isVersion(version)) throw fail('EINVAL', `not a version: ${version}`)
  if (typeof content !== 'string' && !(content instanceof Uint8Array))
    throw fail('EINVAL', 'content must be text or bytes')
  const found = await exports.info(name)
  if (found?.versions.some((other) => other.version === version))
    throw fail('EEXIST', `${name} ${version} is published`)
  const pkg = found ? mustOwn(found) : { name, owners: [System.caller.id], versions: [] }
  if (!found) await System.files.mkdir(`/packages/${name}`)

  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.length
  const published = {
    version,
    publisher: System.caller.id,
    published: new Date().toISOString(),
    size,
  }
  await System.files.writeFile(`/packages/${name}/${version}`, content)
  await save({ ...pkg, versions: [...pkg.versions, published] })
  return published
}

/**
 * What a version holds.
 * @param {string} name
 * @param {string} version
 * @returns {Promise<Uint8Array>}
 */
exports.get = async (name, version) => {
  if (!isName(name) || !isVersion(version))
    throw fail('EINVAL', `not a version of a package: ${name} ${version}`)
  return new Uint8Array(await System.files.readFile(`/packages/${name}/${version}`, 'binary'))
}

/**
 * Owners and versions of a package, null if there is none of this name.
 * @param {string} name
 * @returns {Promise<Package | null>}
 */
exports.info = async (name) => {
  if (!isName(name)) throw fail('EINVAL', `not a package name: ${name}`)
  try {
    return JSON.parse(await System.files.readFile(`/packages/${name}/package.json`))
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Names of all packages.
 * @returns {Promise<string[]>}
 */
exports.list = async () => System.files.readdir('/packages')

/**
 * @param {string} name
 * @param {string} id Caller id.
 * @returns {Promise<string[]>} The owners.
 */
exports.addOwner = async (name, id) => {
  if (typeof id !== 'string' || id === '') throw fail('EINVAL', 'id must be a caller id')
  const pkg = mustOwn(await exports.info(name))
  const owners = [...new Set([...pkg.owners, id])]
  await save({ ...pkg, owners })
  return owners
}

/**
 * @param {string} name
 * @param {string} id Caller id. The last owner stays.
 * @returns {Promise<string[]>} The owners.
 */
exports.removeOwner = async (name, id) => {
  const pkg = mustOwn(await exports.info(name))
  const owners = pkg.owners.filter((owner) => owner !== id)
  if (owners.length === 0) throw fail('EINVAL', 'somebody must stay owner')
  await save({ ...pkg, owners })
  return owners
}

/** @param {Package | null} pkg */
const mustOwn = (pkg) => {
  if (!pkg) throw fail('ENOENT', 'there is no such package')
  if (!pkg.owners.includes(System.caller.id))
    throw fail('EACCES', `only owners of ${pkg.name} may do this`)
  return pkg
}

/** @param {Package} pkg */
const save = (pkg) =>
  System.files.writeFile(`/packages/${pkg.name}/package.json`, JSON.stringify(pkg))

/** @param {unknown} name */
const isName = (name) => typeof name === 'string' && NAME.test(name)

/** @param {unknown} version */
const isVersion = (version) => typeof version === 'string' && VERSION.test(version)

/**
 * @param {string} code
 * @param {string} message
 */
const fail = (code, message) => Object.assign(new Error(message), { code })
