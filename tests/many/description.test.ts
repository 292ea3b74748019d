/** `/.well-known/vms.json` of a host of many: never older than what happened, however seldom it is made. */
import { connect } from '@vms/client'
import { createHost, type HostOfMany } from '@vms/host'
import { expect, test, vi } from 'vitest'
import { COUNTER, Many } from './many.ts'

/** What a visitor is told who remembers what it was told before. */
function visitor(host: HostOfMany) {
  let etag = ''
  return async () => {
    const response = await fetch(`http://localhost:${host.port}/.well-known/vms.json`, {
      headers: etag === '' ? {} : { 'if-none-match': etag },
    })
    const text = await response.text()
    etag = response.headers.get('etag') as string
    expect(etag).toMatch(/^"[\w-]+"$/)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    if (response.status === 304) expect(text).toBe('')
    else expect(response.status).toBe(200)
    return response.status === 304 ? null : JSON.parse(text)
  }
}

test('each change is told, and what has not changed is not told again', async () => {
  const many = await Many.make()
  const host = await many.host({ hostLimits: { idleMs: 50 } })
  const visit = visitor(host)
  const now = () => ({
    version: 1,
    services: host.services,
    provisioning: host.provisioning,
    protocols: ['vms.rpc.1', 'vms.replicate.1'],
  })
  const told = async () => {
    expect(await visit()).toEqual(now())
    expect(await visit()).toBeNull()
  }
  await told()
  const { id } = await many.deploy(host, COUNTER)
  await told()
  const client = await many.connect(host, id)
  await client['add']?.()
  expect(await visit()).toMatchObject({ services: [{ length: 5 }] })

  await vi.waitFor(() => expect(host.services[0]?.awake).toBe(false), { timeout: 30_000 })
  await told()
  const provisioning = await many.provisioning(host)
  await provisioning['stop']?.(id)
  await told()
  await provisioning['start']?.(id)
  await told()
  await provisioning['remove']?.(id)
  await told()
  await provisioning['remove']?.(id, { purge: true })
  expect(host.services).toEqual([])
  await told()
})

test('a host of one script tells each entry', async () => {
  const many = await Many.make()
  const host = await createHost({
    dir: `${many.dir}/one`,
    port: 0,
    script: { name: 'a.js', source: COUNTER },
  })
  try {
    const at = `http://localhost:${host.port}/.well-known/vms.json`
    const first = await fetch(at)
    const etag = first.headers.get('etag') as string
    const again = () => fetch(at, { headers: { 'if-none-match': etag } })
    expect((await again()).status).toBe(304)
    const client = await connect(host.url, { key: many.admin })
    await client.$call('add', [])
    const after = await again()
    expect(after.status).toBe(200)
    expect(await after.json()).toMatchObject({ services: [{ length: host.head.length }] })
    client.$close()
  } finally {
    await host.close()
  }
})
