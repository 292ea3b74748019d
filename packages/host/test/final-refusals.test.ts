/** Requests that were refused for good: kept in a file, within bounds, until no entry can hold them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Refusal } from '../src/errors/refusal.ts'
import { FinalRefusals } from '../src/service/final-refusals.ts'
import { FINAL_REFUSALS } from '../src/settings/limits.ts'

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vms-refused-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

const id = (n: number): Uint8Array => {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, n)
  return bytes
}
const refusal = new Refusal('ERR_VMS_MEMORY', 'the call needs more memory')

test('what was added is there for the next start, for its owner alone', async () => {
  const dir = directory()
  const first = await FinalRefusals.open(dir)
  expect(first.get(id(1))).toBeNull()
  await first.add(id(1), refusal, 5_000)
  await first.add(id(2), new Refusal('ERR_VMS_CRASH', 'x'.repeat(10_000)), 6_000)
  const second = await FinalRefusals.open(dir)
  expect(second.get(id(1))).toEqual(refusal)
  expect(second.get(id(2))).toMatchObject({ code: 'ERR_VMS_CRASH', message: 'x'.repeat(200) })
  expect(second.get(id(3))).toBeNull()
  expect(statSync(join(dir, 'refused.json')).mode & 0o777).toBe(0o600)
})

test('a row is forgotten once the time of an entry is past its expiry, and no sooner', async () => {
  const dir = directory()
  const refusals = await FinalRefusals.open(dir)
  await refusals.add(id(1), refusal, 5_000)
  refusals.advance(5_000)
  expect(refusals.get(id(1))).not.toBeNull()
  refusals.advance(5_001)
  expect(refusals.get(id(1))).toBeNull()
  await refusals.add(id(2), refusal, 9_000)
  const { refused } = JSON.parse(readFileSync(join(dir, 'refused.json'), 'utf8'))
  expect(refused).toHaveLength(1)
})

test('there is room for so many and no more, until some have expired', async () => {
  const dir = directory()
  const row = (n: number) => ({
    id: Buffer.from(id(n)).toString('hex'),
    code: 'ERR_VMS_MEMORY',
    message: '',
    expires: n,
  })
  const refused = Array.from({ length: FINAL_REFUSALS - 1 }, (_, n) => row(n))
  writeFileSync(join(dir, 'refused.json'), JSON.stringify({ version: 1, refused }))
  const refusals = await FinalRefusals.open(dir)
  expect(refusals.hasRoom).toBe(true)
  await refusals.add(id(FINAL_REFUSALS), refusal, FINAL_REFUSALS)
  expect(refusals.hasRoom).toBe(false)
  refusals.advance(1)
  expect(refusals.hasRoom).toBe(true)
})

test.each([
  ['no JSON', '{"version":1,"refused":['],
  ['another format', '{"version":2,"refused":[]}'],
  ['no list', '{"version":1,"refused":{}}'],
  [
    'an id that is none',
    '{"version":1,"refused":[{"id":"ff","code":"ERR_VMS_MEMORY","message":"","expires":1}]}',
  ],
  [
    'a refusal that is not for good',
    `{"version":1,"refused":[{"id":"${'0'.repeat(64)}","code":"ERR_VMS_BUSY","message":"","expires":1}]}`,
  ],
])('a file that is damaged keeps the service from starting: %s', async (_, text) => {
  const dir = directory()
  writeFileSync(join(dir, 'refused.json'), text)
  await expect(FinalRefusals.open(dir)).rejects.toMatchObject({
    code: 'ERR_VMS_REFUSALS_UNREADABLE',
    message: expect.stringContaining('refused.json'),
  })
})

test('a write that fails adds nothing durable, and says so', async () => {
  const dir = directory()
  const refusals = await FinalRefusals.open(dir)
  rmSync(dir, { recursive: true })
  await expect(refusals.add(id(1), refusal, 5_000)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(refusals.get(id(1))).toBeNull()
  mkdirSync(dir)
})
