/** The package registry, as publishers and installers use it. */
import { expect, test } from 'vitest'
import { type Example, serveExample } from './example-service.ts'

type Registry = Example<'publish' | 'get' | 'info' | 'list' | 'addOwner' | 'removeOwner'>

test('a version is published once and only once, whoever tries at the same time', async () => {
  const registry = await serveExample<Registry>('registry')
  const callers = [await registry.caller(), await registry.caller(), await registry.caller()]
  const [alice, bob] = callers as [(typeof callers)[0], (typeof callers)[0]]
  expect(await alice.service.publish('left-pad', '1.0.0', 'content')).toMatchObject({
    version: '1.0.0',
    publisher: alice.id,
    size: 7,
  })
  await alice.service.addOwner('left-pad', bob.id)
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? alice : bob).service.publish('left-pad', '1.0.1', `try ${i}`),
    ),
  )
  const won = tries.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []))
  expect(won).toHaveLength(1)
  for (const result of tries) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'EEXIST' })
  }
  const content = (await callers[2]?.service.get('left-pad', '1.0.1')) as Uint8Array
  expect(new TextDecoder().decode(content)).toBe(`try ${won[0]}`)
  await expect(alice.service.publish('left-pad', '1.0.0', 'other')).rejects.toMatchObject({
    code: 'EEXIST',
  })
  expect(await alice.service.info('left-pad')).toMatchObject({
    name: 'left-pad',
    owners: [alice.id, bob.id],
    versions: [{ version: '1.0.0' }, { version: '1.0.1' }],
  })
})

test('bytes come back as they were published', async () => {
  const registry = await serveExample<Registry>('registry')
  const { service } = await registry.caller()
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256)
  await service.publish('blob', '0.0.1-beta.1', bytes)
  expect(await service.get('blob', '0.0.1-beta.1')).toEqual(bytes)
  expect(await service.list()).toEqual(['blob'])
})

test('only owners publish and name owners, and one always stays', async () => {
  const registry = await serveExample<Registry>('registry')
  const [alice, bob] = [await registry.caller(), await registry.caller()]
  await alice.service.publish('mine', '1.0.0', '')
  await expect(bob.service.publish('mine', '1.0.1', '')).rejects.toMatchObject({ code: 'EACCES' })
  await expect(bob.service.addOwner('mine', bob.id)).rejects.toMatchObject({ code: 'EACCES' })
  expect(await alice.service.addOwner('mine', bob.id)).toEqual([alice.id, bob.id])
  expect(await bob.service.removeOwner('mine', alice.id)).toEqual([bob.id])
  await expect(bob.service.removeOwner('mine', bob.id)).rejects.toMatchObject({ code: 'EINVAL' })
  await expect(alice.service.publish('mine', '2.0.0', '')).rejects.toMatchObject({ code: 'EACCES' })
  expect(await bob.service.publish('mine', '2.0.0', '')).toMatchObject({ publisher: bob.id })
})

test('what is no name, version or content is refused, and what is not there is said', async () => {
  const registry = await serveExample<Registry>('registry')
  const { id, service } = await registry.caller()
  for (const name of ['', 'Upper', '../up', 'a/b', 7]) {
    await expect(service.publish(name, '1.0.0', '')).rejects.toMatchObject({ code: 'EINVAL' })
  }
  for (const version of ['', '1', '1.0', 'v1.0.0', '1.0.0/..', 1]) {
    await expect(service.publish('p', version, '')).rejects.toMatchObject({ code: 'EINVAL' })
  }
  await expect(service.publish('p', '1.0.0', { a: 1 })).rejects.toMatchObject({ code: 'EINVAL' })
  expect(await service.info('p')).toBeNull()
  await expect(service.get('p', '1.0.0')).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(service.addOwner('p', id)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await service.list()).toEqual([])
})
