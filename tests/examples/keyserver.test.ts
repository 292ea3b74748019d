/** The key server, as users and admins use it. */
import { expect, test } from 'vitest'
import { type Example, serveExample } from './example-service.ts'

type KeyServer = Example<
  'publish' | 'lookup' | 'revoke' | 'users' | 'admins' | 'claimAdmin' | 'addAdmin' | 'removeAdmin'
>

test('a user name belongs to who took it first, and its owner replaces the key', async () => {
  const server = await serveExample<KeyServer>('keyserver')
  const [alice, bob] = [await server.caller(), await server.caller()]
  expect(await bob.service.lookup('alice')).toBeNull()
  expect(await alice.service.publish('alice', 'KEY 1')).toMatchObject({
    user: 'alice',
    owner: alice.id,
    key: 'KEY 1',
  })
  await expect(bob.service.publish('alice', 'MINE')).rejects.toMatchObject({ code: 'EACCES' })
  await alice.service.publish('alice', 'KEY 2')
  await bob.service.publish('bob', 'KEY B')
  expect(await bob.service.lookup('alice')).toMatchObject({ owner: alice.id, key: 'KEY 2' })
  expect(await bob.service.users()).toEqual(['alice', 'bob'])
})

test('names and keys that are none are refused with EINVAL', async () => {
  const server = await serveExample<KeyServer>('keyserver')
  const { service } = await server.caller()
  for (const user of ['', 'Alice', '../admins', 'a/b', '.hidden', 'x'.repeat(65), 7, undefined]) {
    await expect(service.publish(user, 'KEY')).rejects.toMatchObject({ code: 'EINVAL' })
    await expect(service.lookup(user)).rejects.toMatchObject({ code: 'EINVAL' })
  }
  for (const key of ['', 'x'.repeat(10_001), 7, undefined]) {
    await expect(service.publish('alice', key)).rejects.toMatchObject({ code: 'EINVAL' })
  }
  expect(await service.users()).toEqual([])
})

test('the first to claim it is admin; admins make admins, and one always stays', async () => {
  const server = await serveExample<KeyServer>('keyserver')
  const [alice, bob] = [await server.caller(), await server.caller()]
  expect(await alice.service.admins()).toEqual([])
  await expect(alice.service.addAdmin(alice.id)).rejects.toMatchObject({ code: 'EACCES' })
  expect(await alice.service.claimAdmin()).toEqual([alice.id])
  await expect(bob.service.claimAdmin()).rejects.toMatchObject({ code: 'EACCES' })
  await expect(bob.service.addAdmin(bob.id)).rejects.toMatchObject({ code: 'EACCES' })
  await expect(alice.service.addAdmin('')).rejects.toMatchObject({ code: 'EINVAL' })
  expect(await alice.service.addAdmin(bob.id)).toEqual([alice.id, bob.id])
  expect(await alice.service.addAdmin(bob.id)).toEqual([alice.id, bob.id])
  expect(await bob.service.removeAdmin(alice.id)).toEqual([bob.id])
  await expect(alice.service.removeAdmin(bob.id)).rejects.toMatchObject({ code: 'EACCES' })
  await expect(bob.service.removeAdmin(bob.id)).rejects.toMatchObject({ code: 'EINVAL' })
})

test('its owner or an admin takes a key down; then the name is free', async () => {
  const server = await serveExample<KeyServer>('keyserver')
  const [alice, bob, carol] = [await server.caller(), await server.caller(), await server.caller()]
  await carol.service.claimAdmin()
  await alice.service.publish('alice', 'KEY')
  await expect(bob.service.revoke('alice')).rejects.toMatchObject({ code: 'EACCES' })
  expect(await carol.service.revoke('alice')).toBeUndefined()
  await expect(carol.service.revoke('alice')).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await bob.service.publish('alice', 'BOB')).toMatchObject({ owner: bob.id })
  await bob.service.revoke('alice')
  expect(await bob.service.lookup('alice')).toBeNull()
})
