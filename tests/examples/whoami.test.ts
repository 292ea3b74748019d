/** User accounts without passwords, as users have them. */
import { expect, test } from 'vitest'
import { type Example, serveExample } from './example-service.ts'

type Accounts = Example<'whoami' | 'register' | 'update' | 'profile'>

test('the key is the login, and a name is taken once', async () => {
  const accounts = await serveExample<Accounts>('whoami')
  const [alice, bob] = [await accounts.caller(), await accounts.caller()]
  expect(await alice.service.whoami()).toEqual({ id: alice.id, profile: null })
  expect(await alice.service.register('alice')).toEqual({ id: alice.id, name: 'alice', bio: '' })
  await expect(bob.service.register('alice')).rejects.toMatchObject({ code: 'ETAKEN' })
  await expect(alice.service.register('other')).rejects.toMatchObject({ code: 'EREGISTERED' })
  expect(await bob.service.whoami()).toEqual({ id: bob.id, profile: null })
  expect(await bob.service.register('bob')).toMatchObject({ id: bob.id })
})

test('users change their own profile, and everybody reads it by name', async () => {
  const accounts = await serveExample<Accounts>('whoami')
  const [alice, bob] = [await accounts.caller(), await accounts.caller()]
  await expect(alice.service.update({ bio: 'hi' })).rejects.toMatchObject({
    code: 'EUNREGISTERED',
  })
  await alice.service.register('alice')
  await alice.service.update({ bio: 'likes żółć' })
  const profile = { id: alice.id, name: 'alice', bio: 'likes żółć' }
  expect(await bob.service.profile('alice')).toEqual(profile)
  expect(await alice.service.whoami()).toEqual({ id: alice.id, profile })
  expect(await bob.service.profile('nobody')).toBeNull()
  expect(await bob.service.profile('../users')).toBeNull()
})

test('names and texts that are none are refused with EINVAL', async () => {
  const accounts = await serveExample<Accounts>('whoami')
  const { service } = await accounts.caller()
  for (const name of ['', 'a', 'Alice', '1st', 'a/b', 'x'.repeat(33), 7, undefined]) {
    await expect(service.register(name)).rejects.toMatchObject({ code: 'EINVAL' })
  }
  await service.register('alice')
  await expect(service.update({ bio: 'x'.repeat(1_001) })).rejects.toMatchObject({ code: 'EINVAL' })
  await expect(service.update({})).rejects.toMatchObject({ code: 'EINVAL' })
  // What a script forgot to check is its caller's error too.
  await expect(service.update()).rejects.toMatchObject({ name: 'TypeError' })
})
