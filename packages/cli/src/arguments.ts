/** The arguments of a call, as a person types them: JSON, one value each. */
import { ArgumentError } from './errors.ts'
import { jsonToValue } from './json.ts'

/** Reads each text as JSON. Throws {@link ArgumentError} that names the argument and how to write it. */
export function parseArguments(texts: readonly string[]): unknown[] {
  return texts.map((text, index) => {
    try {
      return jsonToValue(text)
    } catch (cause) {
      throw new ArgumentError(
        index + 1,
        `argument ${index + 1} is not JSON: ${shorten(text)} (${(cause as Error).message})`,
        {
          cause,
          hint: suggestion(text),
        },
      )
    }
  })
}

/** Most of these are strings that a shell has stripped of their quotes. */
function suggestion(text: string): string {
  if (/^[[{"]/.test(text))
    return `put single quotes around the whole JSON text so that the shell leaves it alone`
  return `a string needs quotes of its own inside the shell's: '${JSON.stringify(shorten(text)).replaceAll("'", `'\\''`)}'`
}

const SHOWN = 60

const shorten = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
