/** Reads the body of a response, up to a size: a server must fill neither the host's memory nor the ledger. */
import { FetchError } from './fetch-error.ts'

/** Throws {@link FetchError} past `maxBytes`, or if the connection breaks. */
export async function bodyOf(
  response: Response,
  maxBytes: number,
  as: 'text' | 'bytes',
): Promise<string | Uint8Array> {
  const bytes = await read(response, maxBytes)
  // Invalid UTF-8 becomes U+FFFD, so that the ledger can encode the text.
  return as === 'bytes' ? bytes : new TextDecoder().decode(bytes)
}

async function read(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of response.body ?? []) {
      length += part.length
      // Leaving the loop cancels the stream.
      if (length > maxBytes) break
      parts.push(part)
    }
  } catch (error) {
    throw FetchError.failed(new URL(response.url), error)
  }
  if (length > maxBytes)
    throw new FetchError('ERR_VMS_FETCH_TOO_LARGE', `the body has more than ${maxBytes} bytes`)
  return new Uint8Array(Buffer.concat(parts))
}
