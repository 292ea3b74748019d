/** The guest list, as guests use it. */
import { expect, test } from 'vitest'
import { vms } from '../harness/vms-warm.ts'
import { type Example, serveExample } from './example-service.ts'

type Rsvp = Example<'RSVP' | 'list'>

test('everybody answers for themselves, may change it, and sees all answers', async () => {
  const rsvp = await serveExample<Rsvp>('rsvp')
  const [alice, bob] = [await rsvp.caller(), await rsvp.caller()]
  expect(await alice.service.list()).toEqual([])
  expect(await alice.service.RSVP(true)).toEqual({
    who: alice.id,
    isAttending: true,
    reason: '',
    when: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  })
  await bob.service.RSVP(false, 'on holiday')
  await alice.service.RSVP(false, 'ill')
  const expected = [
    expect.objectContaining({ who: alice.id, isAttending: false, reason: 'ill' }),
    expect.objectContaining({ who: bob.id, isAttending: false, reason: 'on holiday' }),
  ].sort((a, b) => (a.sample.who < b.sample.who ? -1 : 1))
  expect(await bob.service.list()).toEqual(expected)
})

test('an answer that is none is refused, and leaves nothing', async () => {
  const rsvp = await serveExample<Rsvp>('rsvp')
  const { service } = await rsvp.caller()
  await expect(service.RSVP('maybe')).rejects.toMatchObject({
    name: 'TypeError',
    message: 'isAttending must be true or false',
  })
  await expect(service.RSVP(true, 7)).rejects.toMatchObject({ name: 'TypeError' })
  await expect(service.RSVP()).rejects.toMatchObject({ name: 'TypeError' })
  expect(await service.list()).toEqual([])
})

test('each answer is a file that anyone reads without a call', async () => {
  const { place, url, caller } = await serveExample<Rsvp>('rsvp')
  const { id, service } = await caller()
  await service.RSVP(true, 'cake')
  const { code, stdout } = await vms(place, ['files', 'cat', url, `/rsvps/${id}.json`])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ who: id, isAttending: true, reason: 'cake' })
})
