/** A host of many services, as it looks to its operator: the same pages and the same log. */
import { expect, test } from 'vitest'
import { startVms } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

test('metrics tell services apart, and the log says which one a line is about', async () => {
  const place = makeWorkplace()
  const host = startVms(place, [
    ...['host', '--json', '-p', '0', '--metrics'],
    ...['--log-format', 'json', '--log-level', 'debug'],
  ])
  const { url } = await host.until(
    ({ stdout }) => stdout.includes('\n') && (JSON.parse(stdout) as { url: string }),
  )
  const address = new URL(url).host
  const deploy = ['deploy', place.example('counter.js'), '--to', address, '--json']
  const deployed = await vms(place, deploy)
  expect(deployed.code, deployed.stderr).toBe(0)
  const { services } = (await (await fetch(`http://${address}/.well-known/vms.json`)).json()) as {
    services: { id: string; methods: string[] }[]
  }
  const { id, methods } = services[0] as (typeof services)[number]
  const called = await vms(place, ['call', `${url}/${id}`, methods[0] as string])
  expect(called.code, called.stderr).toBe(0)

  const metrics = await (await fetch(`http://${address}/metrics`)).text()
  expect(metrics).toContain(`vms_calls_total{service="${id}",outcome="returned"} 1`)
  expect(metrics).toContain('vms_services{state="live"} 1')
  expect((await fetch(`http://${address}/readyz`)).status).toBe(200)
  const { code, stderr } = await host.finished('SIGTERM')
  expect(code).toBe(143)
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'called', service: id, methods: [methods[0]] }),
  )
})
