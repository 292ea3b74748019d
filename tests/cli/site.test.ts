/** `vms exec --site`: a page and the client for it, beside the service. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { bundleClient, clientBundle } from '../../scripts/bundle-client.ts'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-process.ts'
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

test('a folder that is not there is a usage error, before anything is made', async () => {
  const place = makeWorkplace()
  const script = place.write('one.js', 'exports.one = () => 1')
  const { code, stderr } = await vms(place, ['exec', script, '--site', 'nowhere', '-p', '0'])
  expect({ code, said: stderr.includes('is no folder') }).toEqual({ code: 2, said: true })
})
