/**
 * Errors of this package. One base class with a stable `code`; each subclass carries what was wrong as data.
 */

/** Base of every error that @vms/format throws. */
export class FormatError extends Error {
  /** Stable identifier, `ERR_VMS_…`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }

  /** False, because the same bytes will be refused again. */
  shouldRetry(): boolean {
    return false
  }
}

/** A record (entry, request, receipt…) that does not have its specified shape. */
export class RecordError extends FormatError {
  /** Where in the record, such as `$.outcomes[2].status`. */
  readonly path: string

  constructor(path: string, message: string, options?: ErrorOptions) {
    super('ERR_VMS_BAD_RECORD', `${path}: ${message}`, options)
    this.path = path
  }
}

/** A proof or signature that is not valid. */
export class ProofError extends FormatError {
  constructor(message: string) {
    super('ERR_VMS_BAD_PROOF', message)
  }
}

/** A text that is not an address of a service, a ledger or files. */
export class AddressError extends FormatError {
  readonly address: string

  constructor(address: string, message: string) {
    super('ERR_VMS_BAD_ADDRESS', message)
    this.address = address
  }
}

// Sets the names explicitly, because a minifier changes the classes' names.
const named = { FormatError, RecordError, ProofError, AddressError }
for (const [name, value] of Object.entries(named))
  Object.defineProperty(value, 'name', { value: name })
