/** The answers in the ledger: for each guest the last call of RSVP that returned, with the index of its entry. */

/**
 * @typedef {object} Recorded
 * @property {number} index Index of the entry.
 * @property {boolean} isSigned Whether the guest's signature of the request is right.
 * @property {string} when The time in the answer. It tells the answers of one guest apart.
 */

export class LedgerAnswers {
  /** Id of the guest at this browser. */
  self = ''
  /** @type {import('/vms/client.js').NodeVMSClient} */
  #client
  /** @type {Map<string, Recorded>} */
  #last = new Map()
  #seen = 0

  /** @param {import('/vms/client.js').NodeVMSClient} client */
  constructor(client) {
    this.#client = client
  }

  /** Reads the new entries. */
  async follow() {
    const { ledger } = this.#client
    for await (const { index, entry } of ledger.entries(this.#seen)) {
      if (entry.type === 'calls') await this.#note(index, entry)
      this.#seen = index + 1
    }
  }

  /**
   * The entry of an answer from the files.
   * @param {import('./guest-item.js').Answer} answer
   * @returns {Recorded | null}
   */
  find({ who, when }) {
    const found = this.#last.get(who)
    return found?.when === when ? found : null
  }

  /**
   * @param {number} index
   * @param {import('/vms/client.js').CallsEntry} entry
   */
  async #note(index, entry) {
    const { caller, signature, calls } = await this.#client.ledger.calls(entry)
    for (const { method, outcome } of calls) {
      if (method !== 'RSVP' || outcome.status !== 'returned') continue
      const { when } = /** @type {import('./guest-item.js').Answer} */ (outcome.value)
      this.#last.set(caller, { index, isSigned: signature === 'holds', when })
    }
  }
}
