/// <reference types="@vms/sandbox/script" />
/**
 * Guest list: people say whether they come, and everybody sees that nobody's answer was changed or left out.
 *
 * Each answer is a file, so a page can also read the list from the service's files, without a call:
 * `/rsvps/<caller id>.json`.
 */

/**
 * @typedef {object} Answer
 * @property {string} who Id of the caller.
 * @property {boolean} isAttending
 * @property {string} reason
 * @property {string} when ISO date of the answer.
 */

/** Runs once, when the service is deployed. */
exports.init = async () => {
  await System.files.mkdir('/rsvps')
}

/**
 * Says whether the caller comes. Who calls again changes the answer.
 * @param {boolean} isAttending
 * @param {string} [reason]
 * @returns {Promise<Answer>}
 */
exports.RSVP = async (isAttending, reason = '') => {
  if (typeof isAttending !== 'boolean') throw new TypeError('isAttending must be true or false')
  if (typeof reason !== 'string') throw new TypeError('reason must be a string')
  const answer = { who: System.caller.id, isAttending, reason, when: new Date().toISOString() }
  await System.files.writeFile(`/rsvps/${answer.who}.json`, JSON.stringify(answer))
  return answer
}

/**
 * All answers, ordered by caller id.
 * @returns {Promise<Answer[]>}
 */
exports.list = async () => {
  const answers = []
  for (const name of await System.files.readdir('/rsvps')) {
    answers.push(JSON.parse(await System.files.readFile(`/rsvps/${name}`)))
  }
  return answers
}
