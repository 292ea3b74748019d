/// <reference types="@vms/sandbox/script" />
/**
 * A poll that closes by itself: an alarm ends it, and the result is written down then. Nobody can vote after the time, and the
 * host cannot leave the poll open for those whom it likes: no call stands in the ledger after the alarm was due and before it.
 */

/**
 * @typedef {object} Poll
 * @property {string} question
 * @property {string} by Caller id of whoever opened it.
 * @property {Record<string, string>} votes Caller id → answer.
 * @property {Record<string, number> | null} result Answer → votes, once it is closed.
 */

/** @param {string} code @param {string} message */
const fail = (code, message) => Object.assign(new Error(message), { code })

/** @returns {Promise<Poll>} */
const load = async () => {
  try {
    return JSON.parse(await System.files.readFile('/poll.json'))
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'ENOENT')
      throw fail('ENOPOLL', 'there is no poll yet')
    throw error
  }
}

/** @param {Poll} poll */
const save = (poll) => System.files.writeFile('/poll.json', JSON.stringify(poll))

/**
 * Opens a poll, which closes after some minutes. One at a time.
 * @param {string} question
 * @param {number} minutes
 * @returns {Promise<Date>} when it closes, about.
 */
exports.open = async (question, minutes) => {
  if (typeof question !== 'string' || question === '') throw new TypeError('what is the question?')
  if (typeof minutes !== 'number' || !(minutes > 0)) throw new TypeError('minutes must be a number')
  const before = await load().catch(() => null)
  if (before && before.result === null) throw fail('EOPEN', 'the poll before is still open')
  const end = new Date(Date.now() + minutes * 60_000)
  await save({ question, by: System.caller.id, votes: {}, result: null })
  await System.alarm.at(end, 'close')
  return end
}

/**
 * Votes, or changes a vote.
 * @param {string} answer
 */
exports.vote = async (answer) => {
  if (typeof answer !== 'string' || answer.length > 100)
    throw new TypeError('answer in a few words')
  const poll = await load()
  if (poll.result !== null) throw fail('ECLOSED', 'the poll is closed')
  poll.votes[System.caller.id] = answer
  await save(poll)
}

/** Counts. Anybody may call a method, so this one looks who calls: an alarm has no caller. */
exports.close = async () => {
  if (System.caller.id !== null) throw fail('EACCES', 'the poll closes by itself')
  const poll = await load()
  /** @type {Record<string, number>} */
  const result = {}
  for (const answer of Object.values(poll.votes)) result[answer] = (result[answer] ?? 0) + 1
  await save({ ...poll, result })
}

/**
 * The poll: how many have voted, and the result once it is closed.
 * @returns {Promise<{ question: string, votes: number, result: Record<string, number> | null }>}
 */
exports.show = async () => {
  const { question, votes, result } = await load()
  return { question, votes: Object.keys(votes).length, result }
}
