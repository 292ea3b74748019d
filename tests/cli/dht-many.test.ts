/** A host of many whose port nobody reaches: deployed to, listed, managed and audited by the key of its provisioning log. */
import { expect, test } from 'vitest'
import { startLocalDht } from '../harness/local-dht.ts'
import { hostMany } from '../harness/vms-many.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

/** Each starts some dozen processes. */
const SLOW = { timeout: 180_000 }

test('services, stop, start, remove and verify --all take vms:// addresses', SLOW, async () => {
  const place = makeWorkplace()
  const bootstrap = ['--bootstrap', await startLocalDht()]
  const host = await hostMany(place, ['--dht', ...bootstrap])
  const log = host.provisioning
  expect(await vms(place, ['services', log, ...bootstrap])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('Nothing is deployed there.'),
  })
  const urls: string[] = []
  for (const script of ['rsvp.js', 'counter.js', 'keyserver.js']) {
    const line = ['deploy', place.example(script), '--to', log, ...bootstrap]
    urls.push((await vms(place, line)).stdout.trim())
  }
  const [rsvp, counter, keyserver] = urls as [string, string, string]

  const listed = await vms(place, ['services', log, ...bootstrap])
  expect(listed, listed.stderr).toMatchObject({ code: 0 })
  const lines = listed.stdout.trimEnd().split('\n')
  expect(lines.map((line) => line.split(/ +/))).toEqual(
    expect.arrayContaining([
      [rsvp, 'running', '-', 'rsvp'],
      [counter, 'running', '-', 'counter'],
      [keyserver, 'running', '-', 'keyserver'],
    ]),
  )
  expect(lines).toHaveLength(3)
  const json = JSON.parse((await vms(place, ['services', log, '--json', ...bootstrap])).stdout)
  const overHttp = JSON.parse((await vms(place, ['services', host.url, '--json'])).stdout)
  expect(json.provisioning).toEqual({ ...overHttp.provisioning, url: log })
  expect(json.services).toEqual(
    overHttp.services
      .map((service: { ledger: string }) => ({ ...service, url: service.ledger, length: null }))
      .sort((a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)),
  )

  const at = ['--at', log, ...bootstrap]
  expect((await vms(place, ['call', rsvp, 'RSVP', 'true', ...bootstrap])).code).toBe(0)
  for (const verb of ['stop', 'start', 'stop']) {
    const done = await vms(place, [verb, rsvp, ...at])
    expect(done, done.stderr).toMatchObject({ code: 0, stdout: '' })
  }
  expect((await vms(place, ['remove', counter, ...at])).code).toBe(0)
  expect((await vms(place, ['remove', keyserver, '--purge', ...at])).code).toBe(0)
  // The same at its address.
  const port = ['--at', host.url]
  expect((await vms(place, ['start', rsvp.slice('vms://'.length), ...port])).code).toBe(0)
  expect((await vms(place, ['stop', rsvp, ...port])).code).toBe(0)

  // Neither runs, so neither is announced: the host is found by its log.
  const verified = await vms(place, ['verify', log, '--all', '--json', ...bootstrap])
  expect(verified, verified.stderr).toMatchObject({ code: 0 })
  expect(verified.stderr).toContain('2 of 2 services verified, 1 call')
  expect(JSON.parse(verified.stdout)).toMatchObject({
    verdict: 'verified',
    listed: true,
    provisioning: { ledger: log },
    services: [rsvp, counter]
      .map((url) => ({ id: url.slice('vms://'.length), verdict: 'verified' }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  })
  expect(await host.process.finished('SIGTERM')).toMatchObject({ code: 143 })
})

test(
  'a key says by itself neither which host it is at, nor that it is a provisioning log',
  SLOW,
  async () => {
    const place = makeWorkplace()
    const bootstrap = ['--bootstrap', await startLocalDht()]
    const host = await hostMany(place, ['--dht', ...bootstrap])
    const line = ['deploy', place.example('rsvp.js'), '--to', host.url, '--json']
    const { url, ledger } = JSON.parse((await vms(place, line)).stdout)
    expect(await vms(place, ['stop', ledger, ...bootstrap])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--at vms://<key of its provisioning log>'),
    })
    expect(await vms(place, ['stop', url, '--at', host.url])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('already names the host'),
    })
    const listed = await vms(place, ['services', ledger, ...bootstrap])
    expect(listed, listed.stderr).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not a provisioning log'),
    })
  },
)
