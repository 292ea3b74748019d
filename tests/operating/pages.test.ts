/** What whoever operates a host can read of it: is it alive, is it ready, what has it done. */
import { encodeKey } from '@vms/format'
import type { Host } from '@vms/host'
import { expect, test } from 'vitest'
import { Place } from '../service/place.ts'
import { Wire } from '../service/wire.ts'

const SCRIPT = `
  exports.add = async (a, b) => a + b
  exports.fail = async () => { throw new Error('no') }
`

const page = async (host: Host, path: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`http://localhost:${host.port}${path}`)
  return { status: response.status, text: await response.text() }
}

/** The value of a series; 0 if there is none. */
function seriesValue(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? 0 : Number(line.slice(series.length + 1))
}

test('metrics count what was called, what was refused, and who is connected', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT, { metrics: true })
  const client = await place.connect(host)
  await Promise.all([client['add']?.(1, 2), client['add']?.(1, 2)])
  await expect(client['fail']?.()).rejects.toThrow('no')
  const wire = await Wire.open(host)
  expect(await wire.call(wire.request([['nothing', []]]))).toMatchObject(['refused', 1, {}])

  const { text } = await page(host, '/metrics')
  const service = host.ledgerUrl.slice('vms://'.length)
  const series = (name: string, labels = ''): number =>
    seriesValue(text, `${name}{service="${service}"${labels}}`)
  expect(series('vms_calls_total', ',outcome="returned"')).toBe(2)
  expect(series('vms_calls_total', ',outcome="thrown"')).toBe(1)
  expect(series('vms_refusals_total', ',code="ERR_VMS_UNKNOWN_METHOD"')).toBe(1)
  expect(series('vms_ledger_entries')).toBe(host.head.length)
  expect(series('vms_queued_requests')).toBe(0)
  expect(series('vms_request_seconds_count')).toBe(3)
  expect(seriesValue(text, 'vms_connections{kind="calls"}')).toBe(2)
  expect(seriesValue(text, 'vms_services{state="live"}')).toBe(1)
  expect(seriesValue(text, 'vms_machines')).toBe(1)
  expect(seriesValue(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
})

test('metrics are served only where they are asked for', async () => {
  const place = await Place.make()
  const host = await place.host(SCRIPT)
  expect(await page(host, '/metrics')).toMatchObject({ status: 404 })
})

test('a host is alive, and ready as long as its clock is', async () => {
  const place = await Place.make()
  let now = Date.now()
  const host = await place.host(SCRIPT, { ports: { now: () => now } })
  expect(await page(host, '/livez')).toEqual({ status: 200, text: 'alive\n' })
  expect(await page(host, '/readyz')).toEqual({ status: 200, text: 'ready\n' })
  now -= 3_600_000
  const late = await page(host, '/readyz')
  expect(late).toMatchObject({
    status: 503,
    text: expect.stringMatching(/^the host's clock is \d+ ms behind/),
  })
  expect(await page(host, '/livez')).toMatchObject({ status: 200 })
})

test('the log has a line for each request, with its id and without its arguments', async () => {
  const place = await Place.make()
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  const host = await place.host(SCRIPT, { log })
  const client = await place.connect(host)
  const { receipt } = await client.$receipt('add', [123_456, 654_321])
  const called = lines.find(({ message }) => message === 'called')
  expect(called).toMatchObject({
    level: 'debug',
    fields: {
      service: encodeKey(client.$info.ledger),
      request: expect.stringMatching(/^[a-z1-9]{52}$/),
      caller: expect.stringMatching(/^[a-z1-9]{52}$/),
      methods: ['add'],
      entry: receipt.index,
      outcomes: { returned: 1 },
    },
  })
  expect(JSON.stringify(lines)).not.toMatch(/123456|654321|777777/)
})
