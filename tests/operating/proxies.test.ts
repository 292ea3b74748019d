/**
 * Behind a proxy, set up as the guide says: calls, audits, the pages for operators; and a host that is restarted under
 * load, whose callers go on by themselves.
 */
import { connect } from '@vms/client'
import { expect, onTestFinished, test } from 'vitest'
import { makeCertificate } from '../harness/certificate.ts'
import { findFreePort } from '../harness/free-port.ts'
import { needsPrograms } from '../harness/installed.ts'
import { startCaddy, startNginx } from '../harness/proxies.ts'
import { execHost, type VmsHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const SCRIPT = `
exports.add = async () => {
  const count = Number(await System.files.readFile('/count').catch(() => '0')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}
`

/** Calls made one after the other, across a restart. */
const CALLS = 40

test('a host behind nginx', { timeout: 120_000 }, async (context) => {
  needsPrograms(context, 'nginx', 'openssl')
  await behind(startNginx)
})

test('a host behind Caddy', { timeout: 120_000 }, async (context) => {
  needsPrograms(context, 'caddy', 'openssl')
  await behind(startCaddy)
})

async function behind(startProxy: typeof startNginx): Promise<void> {
  const place = makeWorkplace()
  place.write('count.js', SCRIPT)
  const port = await findFreePort()
  const tls = await findFreePort()
  const plain = await findFreePort()
  const certificate = makeCertificate(place.path, 'proxy')
  const serve = (): Promise<VmsHost> =>
    execHost(place, 'count.js', [
      ...['-p', String(port), '--no-swarm', '--metrics'],
      ...['--trust-proxy', '127.0.0.1', '--trust-proxy', '::1', '--log-level', 'debug'],
    ])
  let host = await serve()
  await startProxy({ directory: place.path, host: port, tls, plain, certificate })

  // Over TLS: a call, an audit, the pages.
  const trusting = { ...place, env: { ...place.env, NODE_EXTRA_CA_CERTS: certificate.cert } }
  const url = `wss://localhost:${tls}`
  expect(await vms(trusting, ['call', url, 'add'])).toMatchObject({ code: 0, stdout: '1\n' })
  expect(await vms(trusting, ['verify', url])).toMatchObject({ code: 0 })
  const status = async (path: string, headers = {}) =>
    (await fetch(`http://localhost:${plain}${path}`, { headers })).status
  expect(await status('/readyz')).toBe(200)
  expect(await status('/.well-known/vms.json')).toBe(200)
  expect(await status('/metrics')).toBe(403)
  expect(await fetch(`http://localhost:${port}/metrics`)).toMatchObject({ status: 200 })
  // The host knows who connected: this machine, through the proxy.
  await host.process.until(({ stderr }) => /connected address=(127\.0\.0\.1|::1)/.test(stderr))

  // Restarted in the middle of calls.
  const client = await connect<{ add(): number }>(`ws://localhost:${plain}`, { timeout: 60_000 })
  onTestFinished(() => client.$close())
  const results: number[] = []
  const calling = (async () => {
    while (results.length < CALLS) results.push(await client.add())
  })()
  while (results.length < CALLS / 2) await new Promise((resolve) => setTimeout(resolve, 1))
  expect(await host.process.finished('SIGTERM')).toMatchObject({ code: 143 })
  host = await serve()
  await calling
  // Each was executed once, and none that was acknowledged is missing.
  expect(results).toEqual(Array.from({ length: CALLS }, (_, i) => i + 2))
  client.$close()
  await host.process.finished('SIGTERM')
  expect(await vms(place, ['verify', '.vms/count'])).toMatchObject({ code: 0 })
}
