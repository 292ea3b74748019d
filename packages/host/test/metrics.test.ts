import { expect, test } from 'vitest'
import { METRICS_SERVICES, Metrics } from '../src/operations/metrics.ts'

test('a host of very many services has a bounded number of series', async () => {
  const metrics = new Metrics()
  const count = METRICS_SERVICES * 3
  metrics.watch({
    services: () =>
      Array.from({ length: count }, (_, i) => ({
        id: `service-${i}`,
        state: i % 2 ? ('dormant' as const) : ('live' as const),
        entries: 2,
        queued: 1,
      })),
    connections: () => ({ calls: 0, replication: 0, dht: 0 }),
    cuts: () => ({ unread: 1, silent: 0, memory: 0, signatures: 0, room: 0, plain: 0 }),
    machines: () => 5,
  })
  const text = await metrics.text()
  const series = (name: string) => text.split('\n').filter((line) => line.startsWith(`${name}{`))
  expect(series('vms_ledger_entries')).toHaveLength(METRICS_SERVICES + 1)
  expect(text).toContain(`vms_ledger_entries{service="other"} ${2 * (count - METRICS_SERVICES)}`)
  expect(text).toContain(`vms_services{state="dormant"} ${count / 2}`)
  // The same services keep their series at the next scrape.
  expect(await metrics.text()).toContain('vms_ledger_entries{service="service-0"} 2')
})
