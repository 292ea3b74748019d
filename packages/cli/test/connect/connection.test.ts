import { expect, test } from 'vitest'
import { Connection, type ConnectionOptions } from '../../src/connect/connection.ts'
import type { Link } from '../../src/connect/link.ts'
import { GoneError, UnreachableError } from '../../src/errors/errors.ts'

const URL = 'ws://host'

const gone = (): UnreachableError => new UnreachableError(URL, 'the host ended the connection')

/** Numbers from a source that is cut before each number of `cuts`, once. */
class Source {
  readonly #cuts: Set<number>
  links = 0
  arrived = 0
  #lost = new AbortController()

  constructor(cuts: readonly number[]) {
    this.#cuts = new Set(cuts)
  }

  connect = async (): Promise<Link> => {
    this.links += 1
    const lost = new AbortController()
    this.#lost = lost
    return { close() {}, lost: lost.signal, received: () => 10 }
  }

  cut(): void {
    this.#lost.abort(gone())
  }

  async *from(next: number): AsyncGenerator<number> {
    for (let number = next; number < 10; number++) {
      if (this.#cuts.delete(number)) {
        this.cut()
        await new Promise(() => {})
      }
      this.arrived += 1
      yield number
    }
  }

  connection(options: Partial<ConnectionOptions> = {}): Connection {
    return new Connection({
      connect: this.connect,
      beforeAnew: async () => {},
      arrived: () => this.arrived,
      remake: true,
      signal: undefined,
      ...options,
    })
  }
}

async function read(connection: Connection, source: Source): Promise<number[]> {
  await connection.open()
  const got: number[] = []
  for await (const number of connection.each((next) => source.from(next), 0)) got.push(number)
  return got
}

const ALL = Array.from({ length: 10 }, (_, i) => i)

test('goes on where it was cut, and counts the bytes of all connections', async () => {
  const source = new Source([3, 4, 9])
  const connection = source.connection()
  expect(await read(connection, source)).toEqual(ALL)
  expect(source.links).toBe(4)
  expect(connection.received).toBe(40)
})

test('is not made anew for somebody who does that', async () => {
  const source = new Source([3])
  await expect(read(source.connection({ remake: false }), source)).rejects.toThrow('ended')
  expect(source.links).toBe(1)
})

test('is not made anew with a host that has another ledger by now', async () => {
  const source = new Source([3])
  const beforeAnew = async (): Promise<void> => {
    throw new GoneError(URL, 'another ledger')
  }
  await expect(read(source.connection({ beforeAnew }), source)).rejects.toThrow('another ledger')
})

test('a peer that falls silent is asked once more', async () => {
  const source = new Source([])
  let silences = 0
  const silent = (): AsyncIterable<number> => ({
    [Symbol.asyncIterator]: () => ({
      next() {
        silences += 1
        return Promise.reject(gone())
      },
    }),
  })
  const connection = source.connection()
  await connection.open()
  await expect(connection.each(silent, 0).next()).rejects.toThrow('ended')
  expect(silences).toBe(2)
})

test('two who wait for one connection make it anew once', async () => {
  const source = new Source([])
  const connection = source.connection()
  await connection.open()
  let first = true
  const waiting = (): Promise<number> => (first ? new Promise(() => {}) : Promise.resolve(1))
  const both = Promise.all([connection.while(waiting), connection.while(waiting)])
  source.cut()
  first = false
  expect(await both).toEqual([1, 1])
  expect(source.links).toBe(2)
})
