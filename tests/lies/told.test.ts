/**
 * Lies about one request, told by a host that signs them with its real keys: each is caught by a live audit, and again
 * after an honest host has gone on with the same ledger.
 */
import type { Finding } from '@vms/auditor'
import { VmsVerificationError } from '@vms/client'
import { expect, test } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { Scene, VICTIM_ENTRY } from './scene.ts'
import { TOLD_LIES, type ToldLie, VICTIM_CALLS } from './told.ts'
import { type Verified, verify } from './verify.ts'

test('the same calls without a lie are verified', async () => {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  const answers = await call(scene)
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  expect(scene.liar.groups.at(-1)?.entries).toMatchObject([{ type: 'calls', outcomes: [{}, {}] }])
  expect(scene.host.head.length).toBe(VICTIM_ENTRY + 1)
  await scene.after()
  const expected = { code: 0, report: { verdict: 'verified', findings: [], calls: 6 } }
  expect(await verify(scene.host.url)).toMatchObject(expected)
  await scene.serve('honest')
  expect(await verify(scene.host.url)).toMatchObject(expected)
  await scene.host.close()
  expect(await verify(scene.place.service)).toMatchObject(expected)
})

testInTurn(6).each(TOLD_LIES)('$name', async (told) => {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  scene.liar.tell(told.lie(scene))
  if (told.restarts) await scene.serve('liar')
  const answers = await call(scene, told)
  expect(scene.liar.told, 'the lie was not told').toBeGreaterThan(0)
  for (const answer of answers) {
    if (told.caller === 'believes it') expect(answer).toMatchObject({ status: 'fulfilled' })
    else expect(answer).toMatchObject({ reason: expect.any(VmsVerificationError) })
  }
  if (told.next) {
    scene.liar.tell(told.next(scene))
    await (await scene.connect()).$call('visit')
    expect(scene.liar.told).toBe(1)
  }
  scene.liar.repent()
  await scene.after()

  const live = await verify(scene.host.url)
  expectCaught(live, told)
  await scene.serve('honest')
  await scene.after()
  const restarted = await verify(scene.host.url)
  expectCaught(restarted, told)
  expect(said(restarted.report.findings)).toEqual(said(live.report.findings))
  await scene.host.close()
  const { findings } = await scene.place.audit()
  expect(said(findings)).toEqual(said(live.report.findings))
})

async function call(scene: Scene, told?: ToldLie): Promise<PromiseSettledResult<unknown>[]> {
  const client = await scene.connect(told?.accomplice ? undefined : scene.alice)
  return Promise.allSettled(VICTIM_CALLS.map(([method, args]) => client.$call(method, args)))
}

function expectCaught({ code, report }: Verified, { finding, cause }: ToldLie): void {
  expect(report).toMatchObject({ verdict: 'host-fault', findings: [finding] })
  expect(report.findings[0]?.cause).toMatch(cause)
  expect(code).toBe(1)
}

/** Findings without their evidence, whose head and paths are those of the ledger at each audit. */
const said = (findings: readonly Finding[]): object[] =>
  findings.map(({ evidence: _, ...finding }) => finding)
