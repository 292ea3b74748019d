/** Readings from an oracle, as users have them: asked, kept, and verified as far as they can be. */
import { expect, test } from 'vitest'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { type Example, serveExample } from './example-service.ts'

test('the warmest reading is kept, and the audit says what it took on trust', async () => {
  const place = makeWorkplace()
  const args = ['--no-swarm', '--oracles', place.example('weather-oracles.mjs')]
  const weather = await serveExample<Example<'read' | 'warmest'>>('weather', args, place)
  expect(weather.process.stderr).toMatch(/Oracles +temperature/)
  const { service } = await weather.caller()
  expect(await service.warmest('Oslo')).toBeNull()
  expect(await service.read('Oslo')).toMatchObject({ warmest: { celsius: -3.5 } })
  expect(await service.read('Oslo')).toMatchObject({ warmest: { celsius: 1.25 } })
  expect(await service.read('Oslo')).toMatchObject({
    now: { celsius: 0 },
    warmest: { celsius: 1.25 },
  })
  await expect(service.read('Atlantis')).rejects.toMatchObject({ code: 'ENOSTATION' })
  await expect(service.read('oslo')).rejects.toMatchObject({ name: 'TypeError' })
  expect(await service.warmest('Oslo')).toMatchObject({ celsius: 1.25 })
  const report = await vms(place, ['verify', weather.url])
  expect(report).toMatchObject({ code: 0 })
  expect(report.stderr).toContain('4 calls used an oracle: the audit trusts the operator')
})
