/** Readers for the values of flags. Each throws commander's error, which names the flag and what is wrong with it. */
import { InvalidArgumentError } from 'commander'

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    }
    return value
  }

/** A TCP port; 0 lets the system choose. */
export const port = wholeNumber(0, 65_535)

/** Milliseconds; timers of the engine take no more. */
export const milliseconds = wholeNumber(1, 2 ** 31 - 1)

/** Flags that may come again gather in a list. */
export const gather = (text: string, list: string[] = []): string[] => [...list, text]

/** A node of a DHT. */
export interface BootstrapNode {
  readonly host: string
  readonly port: number
}

/** `host:port`, or several with commas between. */
export function bootstrapNodes(text: string, nodes: BootstrapNode[] = []): BootstrapNode[] {
  return nodes.concat(
    text.split(',').map((node) => {
      const [, host, digits] = /^(.+):(\d{1,5})$/.exec(node.trim()) ?? []
      if (!host || Number(digits) > 65_535)
        throw new InvalidArgumentError('It must be host:port, several with commas between.')
      return { host, port: Number(digits) }
    }),
  )
}
