/** TLS of the host's own: calls and audits over it, another certificate without a restart, and what is refused. */
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { makeCertificate } from '../harness/certificate.ts'
import { needsPrograms } from '../harness/installed.ts'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'

/** The name in the certificate that a server shows now. */
async function nameShown(port: number): Promise<string> {
  const socket = connect({ port, host: 'localhost', rejectUnauthorized: false })
  await new Promise((resolve, reject) =>
    socket.once('secureConnect', resolve).once('error', reject),
  )
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return String(CN)
}

test('a host with a certificate is called and audited over TLS, and takes another one at SIGHUP', async (context) => {
  needsPrograms(context, 'openssl')
  const place = makeWorkplace()
  const first = makeCertificate(place.path, 'first')
  const second = makeCertificate(place.path, 'second')
  const cert = join(place.path, 'now.crt')
  const key = join(place.path, 'now.key')
  copyFileSync(first.cert, cert)
  copyFileSync(first.key, key)
  const tls = ['--no-swarm', '--tls-cert', cert, '--tls-key', key]
  const host = await execHost(place, place.example('rsvp.js'), tls)
  expect(host.url).toMatch(/^wss:\/\/localhost:\d+$/)
  const port = Number(new URL(host.url).port)

  expect(await vms(place, ['call', host.url, 'list'])).toMatchObject({ code: 3 })
  const trusting = { ...place, env: { ...place.env, NODE_EXTRA_CA_CERTS: first.cert } }
  expect(await vms(trusting, ['call', host.url, 'RSVP', 'true'])).toMatchObject({ code: 0 })
  expect(await vms(trusting, ['verify', host.url])).toMatchObject({ code: 0 })
  expect(await nameShown(port)).toBe('first')

  // A pair that is none: the host says so and keeps what it has.
  copyFileSync(second.cert, cert)
  host.process.child.kill('SIGHUP')
  await host.process.until(({ stderr }) => stderr.includes('the certificate stays as it was'))
  expect(await nameShown(port)).toBe('first')
  copyFileSync(second.key, key)
  host.process.child.kill('SIGHUP')
  while ((await nameShown(port)) !== 'second') await sleep(20)
  expect(await host.process.finished('SIGTERM')).toMatchObject({ code: 143 })
})

test('flags of TLS that say nothing whole are refused', async (context) => {
  needsPrograms(context, 'openssl')
  const place = makeWorkplace()
  const script = place.example('rsvp.js')
  const { cert } = makeCertificate(place.path, 'one')
  const other = makeCertificate(place.path, 'other')
  writeFileSync(join(place.path, 'none.pem'), 'nothing')
  const exec = (...flags: string[]) =>
    vms(place, ['exec', script, '-p', '0', '--no-swarm', ...flags])
  expect(await exec('--tls-cert', cert)).toMatchObject({ code: 2 })
  expect(await exec('--tls-cert', cert, '--tls-key', 'nowhere.pem')).toMatchObject({ code: 2 })
  for (const wrong of [other.key, 'none.pem']) {
    expect(await exec('--tls-cert', cert, '--tls-key', wrong)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ERR_VMS_TLS'),
    })
  }
})
