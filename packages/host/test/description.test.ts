/** The description of a host: made once for each change, not for each visitor. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Description } from '../src/http/description.ts'

/** A description that counts how often it is made, on a server of its own. */
async function serve() {
  let length = 1
  const make = vi.fn(() => ({ version: 1, length }))
  const description = new Description(make)
  const server = createServer((request, response) => description.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const ask = async (tag?: string) => {
    const headers: Record<string, string> = tag === undefined ? {} : { 'if-none-match': tag }
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers })
    const etag = response.headers.get('etag') as string
    return { status: response.status, etag, text: await response.text() }
  }
  const grow = (): void => {
    length += 1
    description.changed()
  }
  return { make, ask, grow }
}

test('it is made once for each change, and not before it is asked for', async () => {
  const { make, ask, grow } = await serve()
  expect(make).not.toHaveBeenCalled()
  for (let i = 0; i < 20; i++) await ask()
  expect(make).toHaveBeenCalledTimes(1)
  for (let i = 0; i < 20; i++) grow()
  expect(make).toHaveBeenCalledTimes(1)
  expect(JSON.parse((await ask()).text)).toEqual({ version: 1, length: 21 })
  expect(make).toHaveBeenCalledTimes(2)
})

test('who has it is told so, as long as it is true', async () => {
  const { ask, grow } = await serve()
  const { etag } = await ask()
  expect(etag).toMatch(/^"[\w-]{22}"$/)
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
    expect(await ask(tag)).toEqual({ status: 304, etag, text: '' })
  for (const tag of ['"other"', etag.slice(1, -1), '']) expect((await ask(tag)).status).toBe(200)
  grow()
  const after = await ask(etag)
  expect(after.status).toBe(200)
  expect(after.etag).not.toBe(etag)
})
