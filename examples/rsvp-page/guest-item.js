/** One guest in the list. */

/**
 * @typedef {object} Answer What the script writes into a guest's file.
 * @property {string} who
 * @property {boolean} isAttending
 * @property {string} reason
 * @property {string} when
 */

/**
 * @param {Answer} answer
 * @param {import('./ledger-answers.js').Recorded | null} recorded
 * @param {boolean} isSelf
 */
export function guestItem(answer, recorded, isSelf) {
  const item = document.createElement('li')
  item.dataset['coming'] = answer.isAttending ? 'yes' : 'no'
  const line = part('div', 'line', '')
  const who = isSelf ? `${answer.who.slice(0, 8)}… (you)` : `${answer.who.slice(0, 8)}…`
  const name = part('span', 'who', who)
  name.title = answer.who
  line.append(part('span', 'coming', answer.isAttending ? 'Will come' : 'Cannot come'), name)
  item.append(line)
  if (answer.reason !== '') {
    const reason = part('p', 'reason', answer.reason)
    // The text has its own direction, whatever the direction of the page is.
    reason.dir = 'auto'
    item.append(reason)
  }
  const holds = recorded?.isSigned === true
  const proof = part(
    'p',
    'proof',
    holds
      ? `In the ledger as entry ${recorded.index}, signed by the guest, checked here`
      : 'Looking for it in the ledger',
  )
  proof.dataset['holds'] = holds ? 'yes' : 'no'
  item.append(proof)
  return item
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} text
 */
function part(tag, name, text) {
  const element = document.createElement(tag)
  element.className = name
  element.textContent = text
  return element
}
