/** The arguments of a call, as a person types them: one JSON value each. */
import { ArgumentError } from '../errors/errors.ts'
import { FormError, jsonToValue } from '../output/json.ts'

/** Reads each text as JSON. Throws {@link ArgumentError}, which names the argument and how to write it. */
export function parseArguments(texts: readonly string[]): unknown[] {
  return texts.map((text, index) => {
    try {
      return jsonToValue(text)
    } catch (cause) {
      throw argumentError(index + 1, text, cause as Error)
    }
  })
}

function argumentError(position: number, text: string, cause: Error): ArgumentError {
  const { message } = cause
  if (cause instanceof FormError) {
    const hint = 'vms call --help lists the forms of the values that JSON lacks'
    return new ArgumentError(`argument ${position}: ${message}`, { cause, hint })
  }
  if (cause instanceof RangeError) {
    const hint = 'put what is deep into a string or into bytes'
    return new ArgumentError(`argument ${position} is nested too deeply`, { cause, hint })
  }
  const what = `argument ${position} is not JSON: ${shorten(text)} (${message})`
  return new ArgumentError(what, { cause, hint: suggestion(text) })
}

/** How to write a text that is not JSON. Most of them are strings, and the shell has removed their quotes. */
function suggestion(text: string): string {
  if (/^[[{"]/.test(text))
    return `put single quotes around the whole JSON text so that the shell leaves it alone`
  return `a string needs quotes of its own inside the shell's: '${JSON.stringify(shorten(text)).replaceAll("'", `'\\''`)}'`
}

const SHOWN = 60

const shorten = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
