/** Why an oracle's fetch failed. The script sees name, message and code, and so does every reader of the ledger. */

export class FetchError extends Error {
  override readonly name = 'FetchError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** The connection failed. The error has only the code of its cause, because a message can name addresses of the host's network. */
  static failed(url: URL, cause: unknown): FetchError {
    const { code } = ((cause as Error).cause ?? cause) as { code?: unknown }
    const why = typeof code === 'string' ? ` (${code})` : ''
    return new FetchError('ERR_VMS_FETCH_FAILED', `${url.origin} could not be reached${why}`, {
      cause,
    })
  }
}
