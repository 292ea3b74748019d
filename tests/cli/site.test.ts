/** `vms exec --site`: a page and the client for it, beside the service. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { bundleClient, clientBundle } from '../../scripts/bundle-client.ts'
import { execHost } from '../harness/vms-host.ts'
import { hostMany } from '../harness/vms-many.ts'
import { startVms, vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

beforeAll(async () => {
  await bundleClient(clientBundle)
})

test('the folder is at / and the client at /vms/', async () => {
  const place = makeWorkplace()
  mkdirSync(join(place.path, 'site'))
  place.write('site/index.html', '<!doctype html><title>Here</title>')
  const { url } = await execHost(place, place.write('one.js', 'exports.one = () => 1'), [
    '--no-swarm',
    '--site',
    'site',
  ])
  const origin = url.replace(/^ws/, 'http')
  expect(await (await fetch(`${origin}/`)).text()).toContain('<title>Here</title>')
  const client = await fetch(`${origin}/vms/client.js`)
  expect(client.headers.get('content-type')).toMatch(/^text\/javascript/)
  expect(await vms(place, ['call', url, 'one'])).toMatchObject({ code: 0, stdout: '1\n' })
})

test('vms host and vms dev serve a folder too; the explorer stays at its own path', async () => {
  const place = makeWorkplace()
  mkdirSync(join(place.path, 'site', 'explorer'), { recursive: true })
  place.write('site/index.html', '<!doctype html><title>Here</title>')
  place.write('site/explorer/index.html', '<!doctype html><title>Not this one</title>')
  const title = async (url: string): Promise<string | undefined> =>
    /<title>(.*)<\/title>/.exec(await (await fetch(url)).text())?.[1]

  const many = await hostMany(place, ['--site', 'site'])
  const origin = many.url.replace(/^ws/, 'http')
  expect(await title(`${origin}/`)).toBe('Here')
  expect(await title(`${origin}/explorer/`)).toBe('VMS host')
  expect(many.process.stderr).toContain(`${origin}/explorer/`)
  const bare = await fetch(`${origin}/explorer`, { redirect: 'manual' })
  expect([bare.status, bare.headers.get('location')]).toEqual([308, 'explorer/'])
  for (const [path, type] of [
    ['/explorer/main.js', 'text/javascript'],
    ['/vms/client.js', 'text/javascript'],
    ['/.well-known/vms.json', 'application/json'],
  ] as const) {
    const { status, headers } = await fetch(`${origin}${path}`)
    expect([path, status, headers.get('content-type')?.split(';')[0]]).toEqual([path, 200, type])
  }
  const deployed = await vms(place, ['deploy', place.example('counter.js'), '--to', many.url])
  expect(deployed, deployed.stderr).toMatchObject({ code: 0 })

  const script = place.write('one.js', 'exports.one = () => 1')
  const dev = startVms(place, ['dev', script, '-p', '0', '--site', 'site'])
  const at = await dev.until(({ stderr }) => /Serving at (\S+)/.exec(stderr)?.[1])
  expect(await title(`http://${at}/`)).toBe('Here')
  expect(await title(`http://${at}/explorer/`)).toBe('VMS host')
})

test('a folder that is not there is a usage error, before anything is made', async () => {
  const place = makeWorkplace()
  const script = place.write('one.js', 'exports.one = () => 1')
  const { code, stderr } = await vmsProcess(place, ['exec', script, '--site', 'nowhere', '-p', '0'])
  expect({ code, said: stderr.includes('is no folder') }).toEqual({ code: 2, said: true })
})
