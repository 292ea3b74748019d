/** Shows the state of the connection, and errors. */

/**
 * The element with this id.
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element
}

/**
 * @param {'connected' | 'waiting' | 'ended'} state
 * @param {string} text
 */
export function sayStatus(state, text) {
  const status = byId('status')
  status.dataset['state'] = state
  status.textContent = text
}

/**
 * Shows the error that ended the client; null hides it.
 * @param {Error | null} error
 */
export function sayAlarm(error) {
  const alarm = byId('alarm')
  alarm.hidden = error === null
  if (!error) return
  const isLie = error.name === 'VmsVerificationError'
  alarm.textContent = isLie
    ? `Do not trust this host: ${error.message}. Nothing that it said afterwards is shown.`
    : error.message
}
