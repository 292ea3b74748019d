/** Ledgers and files by key, over a DHT on this machine. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { startLocalDht } from '../harness/local-dht.ts'
import { execHost } from '../harness/vms-host.ts'
import { hostMany } from '../harness/vms-many.ts'
import { startVms, vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

test('verify, log and files find a host by its keys', async () => {
  const place = makeWorkplace()
  const bootstrap = ['--bootstrap', await startLocalDht()]
  const host = await execHost(place, place.example('rsvp.js'), bootstrap)
  await vms(place, ['call', host.url, 'RSVP', 'true'])

  const verified = await vms(place, ['verify', host.ledger, '--json', ...bootstrap])
  expect(verified.code, verified.stderr).toBe(0)
  expect(JSON.parse(verified.stdout)).toMatchObject({
    verdict: 'verified',
    ledger: host.ledger,
    files: host.files,
    calls: 1,
  })
  // By its bare key, and the files by theirs while the log comes from the host.
  expect(
    await vms(place, ['log', host.ledger.slice('vms://'.length), '-n', '1', ...bootstrap]),
  ).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('RSVP(true)'),
  })
  expect(await vms(place, ['verify', host.url, '--files', host.files, ...bootstrap])).toMatchObject(
    { code: 0 },
  )
  for (const address of [host.files, host.ledger]) {
    expect(await vms(place, ['files', 'ls', address, '/rsvps', ...bootstrap])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/[a-z1-9]{52}\.json$/m),
    })
  }
  expect(await host.process.finished('SIGINT')).toMatchObject({ code: 130 })
})

test('call and repl reach a host by the key of its ledger', async () => {
  const place = makeWorkplace()
  const bootstrap = ['--bootstrap', await startLocalDht()]
  const host = await execHost(place, place.example('rsvp.js'), [...bootstrap, '--dht'])
  expect(host.process.stderr).toContain(`call ${host.ledger}`)
  const called = await vms(place, [
    'call',
    host.ledger,
    'RSVP',
    'true',
    ...bootstrap,
    '--timeout',
    '40000',
  ])
  expect(called.code, called.stderr).toBe(0)
  expect(JSON.parse(called.stdout)).toMatchObject({ isAttending: true })
  const evaluated = await vmsProcess(place, ['repl', host.ledger, '-e', 'list()', ...bootstrap])
  expect(JSON.parse(evaluated.stdout)).toMatchObject([{ isAttending: true }])
  expect(await host.process.finished('SIGINT')).toMatchObject({ code: 130 })
})

test('deploy, call, verify and files reach the services of a host of many by their keys', async () => {
  const place = makeWorkplace()
  const bootstrap = ['--bootstrap', await startLocalDht()]
  const host = await hostMany(place, ['--dht', ...bootstrap])
  const services: { url: string; ledger: string; files: string }[] = []
  for (const script of ['rsvp.js', 'counter.js']) {
    const to = ['--to', host.provisioning, ...bootstrap]
    const line = ['deploy', place.example(script), ...to, '--json']
    services.push(JSON.parse((await vms(place, line)).stdout))
  }
  const [rsvp, counter] = services as [(typeof services)[0], (typeof services)[0]]
  const called = await vms(place, ['call', rsvp.url, 'RSVP', 'true', ...bootstrap])
  expect(rsvp.url).toBe(rsvp.ledger)
  expect(called.code, called.stderr).toBe(0)
  for (const ledger of [rsvp.ledger, counter.ledger, host.provisioning]) {
    const verified = await vms(place, ['verify', ledger, '--json', ...bootstrap])
    expect(verified.code, verified.stderr).toBe(0)
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'verified', ledger })
  }
  expect(await vms(place, ['files', 'ls', rsvp.files, '/rsvps', ...bootstrap])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/[a-z1-9]{52}\.json$/m),
  })
  expect(await host.process.finished('SIGINT')).toMatchObject({ code: 130 })
})

test('--bootstrap without --dht is refused by a host of many', async () => {
  const place = makeWorkplace()
  const line = ['host', '--bootstrap', '127.0.0.1:1']
  expect(await vms(place, line)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--dht/) })
})

test('--dht and --no-swarm do not go together', async () => {
  const place = makeWorkplace()
  const line = ['exec', place.example('rsvp.js'), '--dht', '--no-swarm']
  expect(await vms(place, line)).toMatchObject({ code: 2 })
})

test('who gives up waiting for a key that nobody has is gone at once', async () => {
  const place = makeWorkplace()
  const waiting = startVms(place, [
    'verify',
    `vms://${'y'.repeat(52)}`,
    '--bootstrap',
    await startLocalDht(),
  ])
  await waiting.until(({ stderr }) => stderr.includes('Connecting'))
  expect(await waiting.finished('SIGINT')).toMatchObject({ code: 130, stdout: '' })
})

test('a DHT of which nothing answers is said by name, with what to do', async () => {
  const place = makeWorkplace()
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  onTestFinished(() => void socket.close())
  await once(socket, 'listening')
  const key = 'y'.repeat(52)
  const lines = [
    ['verify', `vms://${key}`],
    ['files', 'ls', `hyper://${key}`, '/'],
    ['call', `vms://${key}`, 'list'],
  ]
  const bootstrap = ['--bootstrap', `127.0.0.1:${socket.address().port}`]
  const ends = await Promise.all(lines.map((line) => vms(place, [...line, ...bootstrap])))
  for (const { code, stderr } of ends) {
    expect(stderr).toMatch(/no node of the DHT answers/)
    expect(stderr).toMatch(/UDP/)
    expect(code).toBe(3)
  }
})
