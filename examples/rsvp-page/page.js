/**
 * The page of an event: a guest says yes or no, and sees who else comes. The page reads the answers from the service's files, and
 * finds each in the ledger. The client verifies both before the page shows them.
 *
 * The page shows the text of guests as text only, never as markup.
 */
import { callerId, FilesArchive, NodeVMSClient, VmsError } from '/vms/client.js'
import { guestItem } from './guest-item.js'
import { LedgerAnswers } from './ledger-answers.js'
import { byId, sayAlarm, sayStatus } from './status.js'

/** @typedef {import('./guest-item.js').Answer} Answer */

/** Milliseconds before the next try, if the host did not answer at the start. */
const RETRY_MS = 2_000

/** The address of the service: that of the page, unless `<html data-service="wss://…">` names another. */
const service = document.documentElement.dataset['service'] ?? location.origin

const form = /** @type {HTMLFormElement} */ (byId('answer'))
const buttons = [...form.querySelectorAll('button')]
const reason = /** @type {HTMLInputElement} */ (byId('reason'))
const said = byId('said')

const client = new NodeVMSClient({ timeout: 15_000 })
const recorded = new LedgerAnswers(client)
/** @type {FilesArchive | null} */
let archive = null
/** Whether the page is reading the answers, and whether it must read them again after that. */
let looking = false
let lookAgain = false

client.on('ready', () => {
  sayStatus('connected', 'Connected. Answers appear as they come.')
  for (const button of buttons) button.disabled = false
})
client.on('reconnecting', ({ delayMs }) => {
  const seconds = Math.max(1, Math.round(delayMs / 1_000))
  const why = navigator.onLine ? 'The host does not answer' : 'You are offline'
  sayStatus('waiting', `${why}. Trying again in ${seconds} s; what you send meanwhile waits.`)
})
client.on('update', () => void look())
client.on('error', (error) => {
  sayAlarm(error)
  sayStatus('ended', 'Not connected. What is below was checked before.')
  for (const button of buttons) button.disabled = true
})

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { submitter } = event
  void answer(submitter instanceof HTMLButtonElement && submitter.value === 'yes')
})

await begin()

/** Connects, and tries until it succeeds. */
async function begin() {
  for (;;) {
    try {
      await client.connect(service)
      break
    } catch (error) {
      if (!isRetryable(error)) return
      sayAlarm(null)
      sayStatus('waiting', 'The host does not answer. Trying again…')
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
  const { backendInfo, key } = client
  if (!backendInfo) return
  archive = new FilesArchive(backendInfo.filesArchiveUrl)
  byId('ledger').textContent = backendInfo.callLogUrl
  if (key) {
    byId('key').textContent = key.extractable
      ? 'This page came over plain http, so its scripts could read the key that signs for you.'
      : 'Your answers are signed with a key that this browser keeps and shows to nobody.'
    recorded.self = callerId(key.publicKey)
  }
  await look()
}

/** @param {unknown} error */
function isRetryable(error) {
  return error instanceof VmsError && error.shouldRetry()
}

/**
 * Sends the guest's answer.
 * @param {boolean} isComing
 */
async function answer(isComing) {
  said.dataset['kind'] = ''
  said.textContent = 'Sending…'
  try {
    await client.$call('RSVP', [isComing, reason.value])
    said.textContent = isComing
      ? 'See you there! Your answer is in the ledger.'
      : 'What a pity. Your answer is in the ledger.'
    reason.value = ''
    await look()
  } catch (error) {
    said.dataset['kind'] = 'wrong'
    said.textContent = error instanceof Error ? error.message : String(error)
  }
}

/** Reads the answers and shows them: one reading at a time, and another one if something changed meanwhile. */
async function look() {
  if (looking) {
    lookAgain = true
    return
  }
  looking = true
  try {
    do {
      lookAgain = false
      await show()
    } while (lookAgain)
  } catch {
    // The event `error` reports a wrong proof. After a lost connection, the next update reads again.
  } finally {
    looking = false
  }
}

async function show() {
  if (!archive) return
  const files = archive
  await recorded.follow()
  const names = await files.readdir('/rsvps')
  const answers = await Promise.all(
    names.map(
      async (name) => /** @type {Answer} */ (await files.readFile(`/rsvps/${name}`, 'json')),
    ),
  )
  answers.sort((a, b) => (a.when < b.when ? 1 : -1))
  byId('guests').replaceChildren(
    ...answers.map((one) => guestItem(one, recorded.find(one), recorded.self === one.who)),
  )
  const coming = answers.filter(({ isAttending }) => isAttending).length
  byId('count').textContent =
    answers.length === 0
      ? 'Nobody has answered yet.'
      : `${coming} of ${answers.length} ${answers.length === 1 ? 'guest' : 'guests'} will come.`
}
