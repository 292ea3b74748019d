/**
 * Hosts that would keep an auditor busy for ever, or fill its disk or memory. What is wrong is found without having the rest;
 * what is only too much or too slow is the end of a budget, which the report names, and accuses nobody.
 */
import { readFileSync } from 'node:fs'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { ForgedService } from './forged-service.ts'
import { Scene } from './scene.ts'
import { type Verified, verify } from './verify.ts'

const test = testInTurn(4)

const MiB = 1024 ** 2

/** So that a host that is too slow is given up soon. */
const SOON = ['--max-silence', '2s', '--min-rate', '4KiB']

/** What an audit says that came to the end of this budget. */
const ended = (part: string, more: object = {}): object => ({
  code: 3,
  report: {
    verdict: 'incomplete',
    findings: [{ code: 'BUDGET_EXCEEDED', severity: 'undecided', part, ...more }],
  },
})

const findingsOf = ({ report }: Verified): object[] =>
  report.findings.map(({ code, entry, severity }) => ({ code, entry, severity }))

test('of 20,000 entries of which the third is garbage, hardly more than those before it are fetched', async () => {
  const service = await ForgedService.serve((scribe) => {
    const garbage = new Uint8Array(1_024).fill(0xff)
    for (let i = 0; i < 20_000; i++) scribe.block(garbage)
  })
  const verified = await verify(service.address)
  expect(verified).toMatchObject({ code: 1, report: { verdict: 'host-fault', entries: 2 } })
  expect(findingsOf(verified)).toEqual([{ code: 'ENTRY_INVALID', entry: 2, severity: 'proven' }])
  expect(service.uploaded).toBeLessThan(3_000)
})

test('twelve entries of 15 MiB are not fetched after the first that breaks a rule', async () => {
  const service = await ForgedService.serve((scribe) => {
    for (let i = 0; i < 12; i++) scribe.block(new Uint8Array(15 * MiB - i).fill(0xff))
  })
  const verified = await verify(service.address)
  expect(verified).toMatchObject({ code: 1, report: { verdict: 'host-fault', entries: 2 } })
  expect(service.uploaded).toBeLessThan(6)
})

test('a host that sends a little each moment is given up for its rate', async () => {
  const slowly = (): Transform => {
    let sent = 0
    return new Transform({
      async transform(chunk: Buffer, _, done) {
        // The greeting comes at once.
        for (let at = 0; at < chunk.length; at += 100) {
          if (sent > 4_096) await sleep(200)
          sent += 100
          this.push(chunk.subarray(at, at + 100))
        }
        done()
      },
    })
  }
  const write: Parameters<typeof ForgedService.serve>[0] = (scribe) => {
    for (let i = 0; i < 100; i++) scribe.group([scribe.calls({ calls: [['a', 'x'.repeat(500)]] })])
  }
  const service = await ForgedService.serve(write, { wire: slowly })
  const verified = await verify(service.address, { args: SOON })
  expect(verified).toMatchObject(ended('minBytesPerSecond', { expected: 'at least 4096' }))
})

test('a host that signs blocks and does not send them is given up', async () => {
  const service = await ForgedService.serve((scribe) => {
    for (let i = 0; i < 100; i++) scribe.group([scribe.calls()])
  })
  await service.withhold(50)
  const verified = await verify(service.address, { args: SOON })
  expect(verified).toMatchObject({
    code: 3,
    report: { verdict: 'incomplete', findings: [], error: { code: 'ERR_VMS_UNREACHABLE' } },
  })
})

test('more bytes than wanted are not fetched', async () => {
  const service = await ForgedService.serve((scribe) => {
    for (let i = 0; i < 300; i++)
      scribe.group([scribe.calls({ calls: [['a', 'x'.repeat(9_000)]] })])
  })
  const verified = await verify(service.address, { args: ['--max-download', '1MiB'] })
  // What came before the end of the budget is judged, and is a lie here: nobody ran these calls.
  expect({ code: verified.code, findings: verified.report.findings }).toMatchObject({
    code: 1,
    findings: [{ code: 'FUEL_DIFFERS' }],
  })
  expect(service.uploaded).toBeLessThan(130)
})

test('a ledger that grows while it is audited is audited up to the head that it had', async () => {
  const service = await ForgedService.serve(() => {})
  let growing = true
  const growth = (async () => {
    while (growing) {
      for (let i = 0; i < 50; i++) service.scribe.group([service.scribe.calls()])
      await service.publish()
      await sleep(5)
    }
  })()
  try {
    const verified = await verify(service.address, { args: [...SOON, '--files', 'head'] })
    expect(verified.report.head.length).toBeLessThan(service.scribe.length)
    // Either nothing was forged by then, and nobody serves the files; or calls were, which nobody ran.
    expect(verified.report.findings.map(({ code }) => code)).toContainEqual(
      expect.stringMatching(/^(WITHHELD|FUEL_DIFFERS)$/),
    )
  } finally {
    growing = false
    await growth
  }
})

const BURN = `exports.burn = (turns) => { let sum = 0; for (let i = 0; i < turns; i++) sum += i; return sum }`

/** Turns of a loop: some 20 million units of fuel. */
const TURNS = 20_000_000

/** Budget that this is too much for. */
const LITTLE = ['--max-call-fuel', '1000000']

async function burned(lie?: (fuel: number) => number): Promise<Scene> {
  const limits = { fuelPerCall: 2 ** 31 - 1, fuelPerRequest: 2 ** 40 }
  const scene = await Scene.make(BURN, {
    machineLimits: limits,
    serviceLimits: { callWallMs: 60_000 },
  })
  await scene.serve('liar')
  if (lie) scene.liar.tell({ answered: (result) => ({ ...result, fuel: lie(result.fuel) }) })
  const guest = await scene.connect(undefined, { timeout: 60_000 })
  await guest.$call('burn', [TURNS])
  await scene.host.close()
  return scene
}

test('a call that the genesis allows much and the audit does not ends it, and accuses nobody', async () => {
  const { place } = await burned()
  expect(await verify(place.service, { args: LITTLE })).toMatchObject(
    ended('callFuel', { expected: 'at most 1000000' }),
  )
  expect(await verify(place.service, { args: ['--max-fuel', '1000000'] })).toMatchObject(
    ended('fuel', { expected: 'at most 1000000' }),
  )
})

test('a call that took more than its host says is cut off at the budget, and convicted with a larger one', async () => {
  const { place } = await burned(() => 1_000)
  expect(await verify(place.service, { args: LITTLE })).toMatchObject(
    ended('callFuel', { got: 'more' }),
  )
  expect(await verify(place.service)).toMatchObject({
    code: 1,
    report: { findings: [{ code: 'FUEL_DIFFERS' }] },
  })
})

test('the bytes that replayed calls write have a budget', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  const verified = await verify(scene.host.url, { args: ['--max-written', '10'] })
  expect(verified).toMatchObject(ended('writtenBytes', { expected: 'at most 10' }))
})

test('an audit that is to end ends, whatever the host does', async () => {
  const service = await ForgedService.serve((scribe) => {
    for (let i = 0; i < 100; i++) scribe.group([scribe.calls()])
  })
  await service.withhold(50)
  const verified = await verify(service.address, { args: ['--deadline', '3s'] })
  expect(verified).toMatchObject(
    ended('deadlineMs', { expected: expect.stringMatching(/^at most/) }),
  )
})

test('the flags stand in the help, with their defaults', () => {
  const page = readFileSync(new URL('../../docs/spec/audit.md', import.meta.url), 'utf8')
  for (const flag of ['download', 'written', 'memory', 'fuel', 'call-fuel'])
    expect(page).toContain(`--max-${flag}`)
})
