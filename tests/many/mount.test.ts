/** A host inside somebody's own HTTP server: it has its path, and everything else stays theirs. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@vms/client'
import { createHost, type HostOfMany } from '@vms/host'
import { expect, onTestFinished, test } from 'vitest'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { COUNTER, Many } from './many.ts'

async function site(): Promise<{ server: Server; http: string }> {
  const server = createServer((request, response) => response.end(`theirs ${request.url}`))
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { server, http: `http://localhost:${(server.address() as AddressInfo).port}` }
}

const text = async (url: string): Promise<string> => (await fetch(url)).text()

test('below its path it hosts many, beside it their pages and WebSockets go on, and after it too', async () => {
  const many = await Many.make()
  const { server, http } = await site()
  const upgrades: (string | undefined)[] = []
  server.on('upgrade', ({ url }, socket) => {
    if (url?.startsWith('/vms')) return
    upgrades.push(url)
    socket.end('HTTP/1.1 418 Theirs\r\n\r\n')
  })
  const host: HostOfMany = await many.host({ server, path: '/vms' })
  expect(host.url).toBe(`${http.replace('http', 'ws')}/vms`)
  expect(await text(`${http}/vms-and-more`)).toBe('theirs /vms-and-more')
  expect(await text(`${http}/.well-known/vms.json`)).toBe('theirs /.well-known/vms.json')
  const { id } = await many.deploy(host, COUNTER)
  expect(await text(`${http}/vms/.well-known/vms.json`)).toContain(id)
  const client = await many.connect(host, id)
  expect(await client['add']?.()).toEqual({ count: 1, inMemory: 1 })
  const theirs = new WebSocket(`${http.replace('http', 'ws')}/chat`)
  await new Promise((resolve) => {
    theirs.onclose = resolve
  })
  expect(upgrades).toEqual(['/chat'])

  const place = makeWorkplace()
  const listed = await vms(place, ['services', host.url])
  const url = `${host.url}/${id}`
  expect(listed.stdout).toContain(url)
  expect(await vms(place, ['call', url, 'count'])).toMatchObject({ code: 0, stdout: '1\n' })
  expect((await vms(place, ['verify', url])).code).toBe(0)
  client.$close()
  await host.close()
  expect(await text(`${http}/vms/.well-known/vms.json`)).toBe('theirs /vms/.well-known/vms.json')
}, 180_000)

test('one script is mounted in the same way', async () => {
  const many = await Many.make()
  const { server, http } = await site()
  const script = { name: 'counter.js', source: COUNTER }
  const host = await createHost({ dir: `${many.dir}/one`, script, server, path: '/counter/' })
  const client = await connect<Record<string, () => unknown>>(host.url)
  expect(await client['count']?.()).toBe(0)
  client.$close()
  expect(await text(`${http}/elsewhere`)).toBe('theirs /elsewhere')
  await host.close()
})

test('a path that is none is refused before anything is made', async () => {
  const many = await Many.make()
  const { server } = await site()
  await expect(many.host({ server, path: 'vms?x' })).rejects.toMatchObject({ code: 'ERR_VMS_PATH' })
  expect(many.directories).toEqual({ services: [], making: [] })
})
