/// <reference types="@vms/sandbox/script" />
/**
 * Provisioning: which services a host has, who may deploy one, and within which quotas. It runs as the script of a service
 * itself, so every decision in it is recorded and replayed: a host that lets somebody in, or keeps somebody out, against
 * its own policy shows.
 *
 * The host follows what stands in the files: /services/<id>.json for each service, /policy.json. docs/spec/provisioning.md
 * says it all.
 */

/**
 * @typedef {object} Policy
 * @property {string} operator Caller id of the host itself: it alone changes the policy.
 * @property {string[]} admins Caller ids that may deploy beyond the quotas of callers, and stop and remove anything.
 * @property {boolean} open Whether everybody may deploy.
 * @property {Record<string, number>} quotas
 * @property {Settings} settings What a service begins with where its deploy leaves it out, and the most of each limit.
 *
 * @typedef {{ limits: Record<string, number> } & Record<string, unknown>} Settings Settings of a genesis.
 *
 * @typedef {'running' | 'stopped' | 'removed' | 'purged'} State
 * @typedef {{ length: number, treeHash: string } | null} Head Of a service's ledger; null where the host cannot read it.
 * @typedef {{ id: string, owner: string, state: State, head: Head } & Record<string, unknown>} Service
 */

const QUOTAS = [
  'services',
  'servicesPerCaller',
  'deploysPerHour',
  'scriptBytes',
  'storedBytes',
  'callsPerSecond',
]

/** Settings that are limits themselves: a deploy may ask for less. */
const AT_MOST = ['window', 'epochCalls', 'epochBytes', 'epochFuel']

const TITLE_UNITS = 100
const NAME_UNITS = 255
const ADMINS = 1_000
const UPGRADERS = 100
const PAGE = 100

const ID = /^[ybndrfg8ejkmcpqxot1uwisza345h769]{52}$/

/** Control characters, line separators, marks that turn the direction of text, and characters that show nothing. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]|\udb40[\udc00-\udfff]/

exports.init = async () => {
  const policy = checkedPolicy(await System.oracle('policy'))
  await System.files.mkdir('/services')
  await System.files.mkdir('/callers')
  await save('/policy.json', policy)
  await save('/counts.json', { kept: 0, hour: 0, deploys: 0 })
}

/**
 * Deploys a script: begins a ledger for it, runs its top level and `init`, and serves it.
 * @param {{ name: string, title: string, source: string, upgrade?: { callers: string[], delayMs: number }, settings?: Partial<Settings> }} wanted
 * @returns {Promise<Service>}
 */
exports.deploy = async (wanted) => {
  const policy = await load('/policy.json')
  const { name, title, source, upgrade, settings } = checkedWish(wanted, policy)
  const counts = await load('/counts.json')
  const caller = System.caller.id
  const path = `/callers/${caller}.json`
  const owned = (await loadIfThere(path)) ?? []
  const hour = Math.floor(Date.now() / 3_600_000)
  const deploys = hour === counts.hour ? counts.deploys : 0
  const bytes = Buffer.byteLength(source)
  checkQuotas(policy, { kept: counts.kept, owned: owned.length, deploys, bytes })

  // The host takes the source from the call that is running: said twice, it would stand in the ledger twice.
  const made = await System.oracle('make', { name, title, upgrade, settings })
  const now = new Date().toISOString()
  const service = { ...made, title, name, bytes, owner: caller, deployed: now, state: 'running' }
  const record = { ...service, changed: now }
  await save(`/services/${made.id}.json`, record)
  await save(path, [...owned, made.id])
  await save('/counts.json', {
    kept: counts.kept + 1,
    hour,
    deploys: isAdmin(policy) ? deploys : deploys + 1,
  })
  return record
}

/**
 * Refuses calls to a service from now on. Its ledger can still be read.
 * @param {string} id
 */
exports.stop = async (id) => change(id, ['running'], 'stopped')

/**
 * Takes calls to a stopped service again.
 * @param {string} id
 */
exports.start = async (id) => change(id, ['stopped'], 'running')

/**
 * Ends a service for good. Its ledger stays readable for auditors, and counts for its owner, unless it is purged.
 * @param {string} id
 * @param {{ purge?: boolean }} [options]
 */
exports.remove = async (id, { purge = false } = {}) => {
  if (purge !== true) return change(id, ['running', 'stopped'], 'removed')
  const service = await change(id, ['running', 'stopped', 'removed'], 'purged')
  const counts = await load('/counts.json')
  counts.kept -= 1
  await save('/counts.json', counts)
  const path = `/callers/${service.owner}.json`
  await save(
    path,
    (await load(path)).filter((/** @type {string} */ owned) => owned !== id),
  )
  return service
}

/**
 * The services, in the order of their ids, from the first after `after`.
 * @param {{ after?: string, limit?: number }} [page]
 * @returns {Promise<Service[]>}
 */
exports.services = async ({ after = '', limit = PAGE } = {}) => {
  if (typeof after !== 'string' || !isCount(limit, PAGE))
    throw fail('ERR_VMS_ARGUMENT', `after is an id, limit a number up to ${PAGE}`)
  const names = await System.files.readdir('/services')
  const ids = names.map((name) => name.slice(0, -'.json'.length)).filter((id) => id > after)
  return Promise.all(ids.slice(0, limit).map((id) => load(`/services/${id}.json`)))
}

/** @returns {Promise<Policy>} */
exports.policy = async () => load('/policy.json')

/**
 * Changes the policy: the operator alone may.
 * @param {Policy} policy
 */
exports.configure = async (policy) => {
  const { operator } = await load('/policy.json')
  if (System.caller.id !== operator)
    throw fail('ERR_VMS_NOT_OPERATOR', 'only the operator of the host may change its policy')
  const checked = checkedPolicy(policy)
  if (checked.operator !== operator)
    throw fail('ERR_VMS_POLICY', 'the operator stays who it was at the start')
  await save('/policy.json', checked)
}

/**
 * @param {Policy} policy
 * @param {{ kept: number, owned: number, deploys: number, bytes: number }} taken
 */
function checkQuotas(policy, { kept, owned, deploys, bytes }) {
  const { services, servicesPerCaller, deploysPerHour, scriptBytes } = policy.quotas
  const admin = isAdmin(policy)
  if (!admin && !policy.open)
    throw fail('ERR_VMS_NOT_ADMIN', 'only admins may deploy on this host, and you are none')
  /** @type {[quota: string, isOver: boolean, message: string][]} */
  const quotas = [
    [
      'SCRIPT_BYTES',
      bytes > scriptBytes,
      `the script has ${bytes} bytes, this host takes ${scriptBytes}`,
    ],
    [
      'SERVICES_PER_CALLER',
      !admin && owned >= servicesPerCaller,
      `you have ${owned} services here, and a caller may have ${servicesPerCaller}`,
    ],
    ['SERVICES', kept >= services, `this host keeps ${kept} services and takes ${services}`],
    [
      'DEPLOYS',
      !admin && deploys >= deploysPerHour,
      `there were ${deploys} deploys in this hour, and this host takes ${deploysPerHour}`,
    ],
  ]
  for (const [quota, isOver, message] of quotas)
    if (isOver) throw fail(`ERR_VMS_QUOTA_${quota}`, message)
}

/** @param {Policy} policy */
const isAdmin = ({ operator, admins }) =>
  System.caller.id === operator || admins.includes(System.caller.id)

/**
 * @param {string} id
 * @param {string[]} from
 * @param {State} to
 * @returns {Promise<Service>}
 */
async function change(id, from, to) {
  if (typeof id !== 'string' || !ID.test(id))
    throw fail('ERR_VMS_NO_SERVICE', 'this is no id of a service')
  const service = await loadIfThere(`/services/${id}.json`)
  if (!service) throw fail('ERR_VMS_NO_SERVICE', `there is no service ${id}`)
  if (service.owner !== System.caller.id && !isAdmin(await load('/policy.json')))
    throw fail('ERR_VMS_NOT_OWNER', `${id} is somebody else's, and you are no admin`)
  if (!from.includes(service.state))
    throw fail('ERR_VMS_STATE', `${id} is ${service.state}, so it cannot become ${to}`)
  // From here on the service executes nothing, until this call is durable: what follows in its ledger came after.
  const head = /** @type {Head} */ (await System.oracle('halt', id))
  if (to === 'running' && !isSame(head, service.head))
    throw fail(
      'ERR_VMS_LEDGER_CHANGED',
      `the ledger of ${id} is not as it was when it was stopped: restore its directory`,
    )
  const changed = { ...service, state: to, head, changed: new Date().toISOString() }
  await save(`/services/${id}.json`, changed)
  return changed
}

/**
 * Nothing is known of a ledger that could not be read.
 * @param {Head} now
 * @param {Head} before
 */
const isSame = (now, before) =>
  before === null ||
  (now !== null && now.length === before.length && now.treeHash === before.treeHash)

/**
 * @param {any} wanted
 * @param {Policy} policy
 */
function checkedWish(wanted, policy) {
  const { name, title, source, upgrade = null, settings = {} } = wanted ?? {}
  if (typeof source !== 'string' || source === '')
    throw fail('ERR_VMS_ARGUMENT', 'source is the text of a script')
  checkLabel('name', 'ERR_VMS_NAME', name, NAME_UNITS)
  if (name.includes('/') || name.includes('\\'))
    throw fail('ERR_VMS_NAME', 'the name is a file name, without a path')
  checkLabel('title', 'ERR_VMS_TITLE', title, TITLE_UNITS)
  const { callers, delayMs } = upgrade ?? { callers: [], delayMs: 0 }
  if (!isCallers(callers, UPGRADERS) || !isCount(delayMs))
    throw fail('ERR_VMS_ARGUMENT', 'upgrade is { callers: ids, delayMs: a number }')
  const begins = filledSettings(settings, policy.settings)
  return { name, title, source, upgrade: { callers, delayMs }, settings: begins }
}

/**
 * All settings of a new service: those that the deploy signs, and the policy's for the others.
 * @param {any} wanted
 * @param {Settings} allowed
 * @returns {Settings}
 */
function filledSettings(wanted, allowed) {
  return /** @type {Settings} */ (
    filled('settings', wanted, allowed, (name, most) => {
      const value = wanted[name]
      if (name === 'limits')
        return filled('limits', value, /** @type {object} */ (most), atMost(value))
      if (AT_MOST.includes(name)) return atMost(wanted, 1)(name, most)
      if (JSON.stringify(value) === JSON.stringify(most)) return most
      throw fail(
        'ERR_VMS_SETTING',
        `a service here begins with ${name} ${JSON.stringify(most)}, not ${JSON.stringify(value)}`,
      )
    })
  )
}

/**
 * The values of `allowed`; where `wanted` has one, what `choose` makes of it.
 * @param {string} what
 * @param {any} wanted
 * @param {object} allowed
 * @param {(name: string, most: unknown) => unknown} choose
 */
function filled(what, wanted, allowed, choose) {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
    throw fail('ERR_VMS_ARGUMENT', `${what} is an object`)
  const unknown = Object.keys(wanted).find((name) => !Object.hasOwn(allowed, name))
  if (unknown !== undefined) throw fail('ERR_VMS_SETTING', `${what} has no ${unknown} here`)
  return Object.fromEntries(
    Object.entries(allowed).map(([name, most]) => [
      name,
      wanted[name] === undefined ? most : choose(name, most),
    ]),
  )
}

/**
 * @param {any} wanted
 * @param {number} [least]
 */
const atMost =
  (wanted, least = 0) =>
  (/** @type {string} */ name, /** @type {any} */ most) => {
    const value = wanted[name]
    if (isCount(value, most) && value >= least) return value
    throw fail(
      'ERR_VMS_SETTING',
      `${name} is a number from ${least} to ${most} here, not ${JSON.stringify(value)}`,
    )
  }

/**
 * @param {string} what
 * @param {string} code
 * @param {unknown} text
 * @param {number} units
 */
function checkLabel(what, code, text, units) {
  if (typeof text !== 'string' || text.trim() === '') throw fail(code, `the ${what} is missing`)
  if (text.length > units)
    throw fail(code, `the ${what} has ${text.length} characters, the limit is ${units}`)
  if (UNSEEN.test(text) || !text.isWellFormed())
    throw fail(code, `the ${what} has control characters, or some that show nothing`)
}

/**
 * @param {any} policy
 * @returns {Policy}
 */
function checkedPolicy(policy) {
  const { operator, admins, open, quotas, settings } = policy ?? {}
  if (!isCallers([operator], 1) || !isCallers(admins, ADMINS) || typeof open !== 'boolean')
    throw fail('ERR_VMS_POLICY', 'a policy names an operator, admins, and whether it is open')
  const numbers = QUOTAS.map((quota) => [quota, quotas?.[quota]])
  const wrong = numbers.find(([, value]) => !isCount(value))
  if (wrong) throw fail('ERR_VMS_POLICY', `the quota ${wrong[0]} is no number`)
  checkSettings(settings)
  return {
    operator,
    admins: [...new Set(admins)].sort(),
    open,
    quotas: Object.fromEntries(numbers),
    settings,
  }
}

/** @param {any} settings */
function checkSettings(settings) {
  const { limits, ...rest } = settings ?? {}
  const counts = [...Object.entries({ ...limits }), ...AT_MOST.map((name) => [name, rest[name]])]
  const wrong = counts.find(([, value]) => !isCount(value))
  if (Object(limits) !== limits || wrong)
    throw fail('ERR_VMS_POLICY', `the setting ${wrong?.[0] ?? 'limits'} is no number`)
}

/**
 * @param {unknown} ids
 * @param {number} most
 */
const isCallers = (ids, most) =>
  Array.isArray(ids) &&
  ids.length <= most &&
  ids.every((id) => typeof id === 'string' && ID.test(id))

/**
 * @param {unknown} value
 * @param {number} [most]
 */
const isCount = (value, most = Number.MAX_SAFE_INTEGER) =>
  Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0 && Number(value) <= most

/** @param {string} path */
const load = async (path) => JSON.parse(String(await System.files.readFile(path)))

/** @param {string} path */
async function loadIfThere(path) {
  try {
    return await load(path)
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'ENOENT') return null
    throw error
  }
}

/**
 * @param {string} path
 * @param {unknown} value
 */
const save = (path, value) => System.files.writeFile(path, JSON.stringify(value))

/**
 * @param {string} code
 * @param {string} message
 */
const fail = (code, message) => Object.assign(new Error(message), { code })
