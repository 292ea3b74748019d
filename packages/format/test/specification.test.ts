/** The examples of `docs/spec/format.md` are true. */
import { readFileSync } from 'node:fs'
import {
  decodeRequest,
  ENTRY_BYTES,
  encodeValue,
  fromHex,
  MACHINE_LIMITS,
  SCRIPT_BYTES,
  SIGNER_NAMESPACE,
  toHex,
  VALUE_LIMITS,
} from '@vms/format'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../../docs/spec/format.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

/** The bytes of an example: what stands before three spaces on each line. */
const bytesOf = (example: string): string =>
  example
    .split('\n')
    .map((line) => line.trim().split(/ {3,}/)[0]?.replaceAll(' ', ''))
    .join('')

test('the value at the top', () => {
  const value = {
    ok: true,
    n: -0,
    tags: new Set(['a']),
    at: new Date(0),
    none: undefined,
    big: 255n,
  }
  const bytes = encodeValue(value)
  expect(bytesOf(examples[0] as string)).toBe(toHex(bytes))
  expect(page).toContain(`these ${bytes.length} bytes`)
})

test('the request is the first of the vectors', () => {
  const url = new URL('../../../vectors/requests.json', import.meta.url)
  const { valid } = JSON.parse(readFileSync(url, 'utf8')) as { valid: { bytes: string }[] }
  const bytes = valid[0]?.bytes as string
  const request = decodeRequest(fromHex(bytes))
  const fields = [...(examples[1] as string).matchAll(/^ {3}\w.* {2}"(\w+)"/gm)]
  expect(fields.map(([, name]) => name)).toStrictEqual(Object.keys(request))
  for (const line of (examples[1] as string).split('\n')) {
    const [key] = line.trim().split(/ {2,}/)
    expect(bytes).toContain(key?.replaceAll(' ', '').split('…')[0])
  }
})

test('the numbers', () => {
  const grouped = (n: number) => n.toLocaleString('en-US')
  for (const n of Object.values(VALUE_LIMITS))
    expect(page).toMatch(new RegExp(`\\| ${grouped(n)} +\\|`))
  expect(page).toContain(`${grouped(ENTRY_BYTES)} bytes`)
  expect(page).toContain(`source: text(${SCRIPT_BYTES})`)
  for (const name of Object.keys(MACHINE_LIMITS)) expect(page).toContain(`\`${name}\``)
  expect(page).toContain(toHex(SIGNER_NAMESPACE))
})
