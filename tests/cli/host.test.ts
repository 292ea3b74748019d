/** `vms host` and the verbs around it, as a person uses them. */
import { expect, test } from 'vitest'
import { hostMany } from '../harness/vms-many.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

/** Each starts some dozen processes. */
const SLOW = { timeout: 180_000 }

test(
  'deploy prints an address to call; services, stop, start, remove and verify --all take it from there',
  SLOW,
  async () => {
    const place = makeWorkplace()
    const host = await hostMany(place)
    const to = ['--to', host.url]
    const script = place.example('keyserver.js')
    const deployed = await vms(place, ['deploy', script, ...to, '--title', 'Keys of all'])
    expect(deployed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ws:.*\n$/) })
    const url = deployed.stdout.trim()
    expect((await vms(place, ['call', url, 'publish', '"bob"', '"key"'])).code).toBe(0)

    const listed = await vms(place, ['services', host.url])
    expect(listed.stdout).toMatch(new RegExp(`^${url} +running +5 +Keys of all\n$`))
    const json = JSON.parse((await vms(place, ['deploy', script, ...to, '--json'])).stdout)
    expect(json).toMatchObject({ version: 1, title: 'keyserver', methods: expect.any(Array) })

    expect(await vms(place, ['stop', url])).toMatchObject({ code: 0, stdout: '' })
    expect(await vms(place, ['call', url, 'users'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('[ERR_VMS_STOPPED]'),
    })
    expect((await vms(place, ['start', url])).code).toBe(0)
    expect(await vms(place, ['call', url, 'users'])).toMatchObject({ stdout: '["bob"]\n' })
    expect((await vms(place, ['remove', json.url])).code).toBe(0)

    const verified = await vms(place, ['verify', host.url, '--all', '--json'])
    expect(verified.code).toBe(0)
    expect(verified.stderr).toContain('2 of 2 services verified')
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'verified' })
    expect((await vms(place, ['remove', json.url, '--purge'])).code).toBe(0)
    expect((await host.process.finished('SIGTERM')).code).toBe(143)
    const stopped = await vms(place, ['verify', host.directory, '--all'])
    expect(stopped).toMatchObject({ code: 0, stdout: '' })
    expect(stopped.stderr).toContain('1 of 1 service verified')
  },
)

test('what a host of many does not do is said with what would', SLOW, async () => {
  const place = makeWorkplace()
  const host = await hostMany(place, ['--open', '--quota-script', '2000'])
  const call = await vms(place, ['call', host.url, 'RSVP'])
  expect(call).toMatchObject({ code: 2, stderr: expect.stringContaining('vms services') })
  const verify = await vms(place, ['verify', host.url])
  expect(verify).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ERR_VMS_MANY_SERVICES'),
  })
  const to = ['--to', host.url]
  place.write('bad.js', 'exports.a = async () => {}\n\nthrow new Error("boo")\n')
  const bad = await vms(place, ['deploy', 'bad.js', ...to])
  expect(bad.code).toBe(1)
  expect(bad.stderr).toMatch(/top level failed: Error: boo \[ERR_VMS_SCRIPT_FAILED\]/)
  expect(bad.stderr).toMatch(/> 3 \| throw new Error\("boo"\)/)
  const large = await vms(place, ['deploy', place.example('keyserver.js'), ...to])
  expect(large).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[ERR_VMS_QUOTA_SCRIPT_BYTES]'),
  })
  place.write('huge.js', `exports.a = async () => {} //${'x'.repeat(50_000_000)}`)
  expect(await vms(place, ['deploy', 'huge.js', ...to])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[ERR_VMS_SCRIPT_TOO_LARGE]'),
  })
  const title = await vms(place, ['deploy', 'bad.js', ...to, '--title', 'nice\u202etitle'])
  expect(title).toMatchObject({ code: 1, stderr: expect.stringContaining('[ERR_VMS_TITLE]') })
  const late = await vms(place, ['deploy', 'bad.js', ...to, '--upgrade-delay', '7d'])
  expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('--upgrade-by') })
  expect((await vms(place, ['services', host.url])).stdout).toBe('')
})

test(
  'a service that its deployer may upgrade is upgraded, found so after a restart, and verifies',
  SLOW,
  async () => {
    const place = makeWorkplace()
    const host = await hostMany(place)
    const key = (await vms(place, ['key'])).stdout.trim()
    place.write('greet.js', 'exports.greet = async () => "hello"')
    const to = ['--to', host.url]
    const deployed = await vms(place, ['deploy', 'greet.js', ...to, '--upgrade-by', key])
    const url = deployed.stdout.trim()
    expect((await vms(place, ['call', url, 'greet'])).stdout).toBe('"hello"\n')
    place.write(
      'greet.js',
      'exports.greet = async () => "good day"\nexports.leave = async () => "bye"',
    )
    const upgraded = await vms(place, ['upgrade', url, 'greet.js'])
    expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 })
    expect((await vms(place, ['call', url, 'greet'])).stdout).toBe('"good day"\n')
    expect((await host.process.finished('SIGTERM')).code).toBe(143)
    const again = await hostMany(place)
    const id = url.slice(url.lastIndexOf('/'))
    expect((await vms(place, ['call', `${again.url}${id}`, 'leave'])).stdout).toBe('"bye"\n')
    const verified = await vms(place, ['verify', again.url, '--all'])
    expect(verified, verified.stderr).toMatchObject({ code: 0 })
  },
)
