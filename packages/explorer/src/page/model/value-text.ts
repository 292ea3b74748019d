/** A script's value as text: JSON, with names for the kinds that JSON lacks. */
import { visibleLine } from './visible.ts'
import { hex, isoTime } from './words.ts'

/** Most bytes to show of a byte string. */
const BYTES_SHOWN = 64

/** The value on one line, cut off after about `max` characters. */
export function valueLine(value: unknown, max = 200): string {
  const writer = new ValueWriter(max, null)
  writer.value(value, 0)
  return writer.text
}

/** The value over several lines, cut off after about `max` characters. */
export function valueLines(value: unknown, max = 200_000): string {
  const writer = new ValueWriter(max, '  ')
  writer.value(value, 0)
  return writer.text
}

class ValueWriter {
  text = ''
  #max: number
  #indent: string | null

  constructor(max: number, indent: string | null) {
    this.#max = max
    this.#indent = indent
  }

  value(value: unknown, depth: number): void {
    if (this.#full()) return
    if (value === null || value === undefined || typeof value === 'boolean') this.#add(`${value}`)
    else if (typeof value === 'string') this.#add(this.#quoted(value))
    else if (typeof value === 'number') this.#add(Object.is(value, -0) ? '-0' : String(value))
    else if (typeof value === 'bigint') this.#add(`${value}n`)
    else if (value instanceof Date) this.#add(`Date(${isoTime(value.getTime()) || 'invalid'})`)
    else if (value instanceof Uint8Array) this.#add(bytesText(value))
    else if (Array.isArray(value))
      this.#items('[', ']', value, depth, (item) => this.value(item, depth + 1))
    else if (value instanceof Set) {
      this.#items('Set(', ')', [...value], depth, (item) => this.value(item, depth + 1))
    } else if (value instanceof Map) {
      this.#items('Map(', ')', [...value], depth, ([key, item]) => {
        this.value(key, depth + 1)
        this.#add(' → ')
        this.value(item, depth + 1)
      })
    } else {
      this.#items('{', '}', Object.entries(value as object), depth, ([key, item]) => {
        this.#add(/^[A-Za-z_$][\w$]*$/.test(key) ? key : this.#quoted(key))
        this.#add(': ')
        this.value(item, depth + 1)
      })
    }
  }

  #items<T>(
    open: string,
    close: string,
    items: readonly T[],
    depth: number,
    each: (item: T) => void,
  ): void {
    this.#add(open)
    for (const [i, item] of items.entries()) {
      if (i > 0) this.#add(this.#indent === null ? ', ' : ',')
      this.#line(depth + 1)
      each(item)
      if (this.#full()) return
    }
    if (items.length > 0) this.#line(depth)
    this.#add(close)
  }

  #line(depth: number): void {
    if (this.#indent !== null) this.#add(`\n${this.#indent.repeat(depth)}`)
  }

  #quoted(text: string): string {
    const room = this.#max - this.text.length + 1
    return visibleLine(JSON.stringify(text.length > room ? text.slice(0, room) : text))
  }

  #full(): boolean {
    return this.text.length > this.#max
  }

  #add(text: string): void {
    if (this.#full()) return
    this.text += text
    if (this.#full()) this.text = `${this.text.slice(0, this.#max)}…`
  }
}

function bytesText(bytes: Uint8Array): string {
  const shown = hex(bytes.subarray(0, BYTES_SHOWN))
  return `bytes(${bytes.length}: ${shown}${bytes.length > BYTES_SHOWN ? '…' : ''})`
}
