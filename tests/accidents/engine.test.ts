/** Accidents around engines: honest hosts and auditors on other computers and other releases of Node. Nobody is accused. */
import { fileURLToPath } from 'node:url'
import { audit, Ledger, sodiumCrypto } from '@vms/auditor'
import { enginesOf, Machine, SandboxError } from '@vms/sandbox'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import type { Lie } from '../lies/liar.ts'
import { Scene } from '../lies/scene.ts'

const test = testInTurn(3)

type Engine = Parameters<NonNullable<Lie['booted']>>[0]['engine']

/** A host that runs on `engine`. The machine gives the same outcomes on all that are listed. */
const on = (engine: Partial<Engine>): Lie => ({
  booted: (report) => ({ ...report, engine: { ...report.engine, ...engine } }),
})

test.each(enginesOf(1))('a host on $v8 with Unicode $unicode, $arch', async (engine) => {
  const scene = await Scene.make()
  scene.liar.tell(on({ ...engine, v8: `${engine.v8}.202.33` }))
  await scene.serve('liar')
  await scene.before()
  await scene.after()
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a host that moves to another computer, and takes updates of Node, ICU and time zone data', async () => {
  const scene = await Scene.make()
  for (const engine of [
    { v8: '13.6.1', icu: '78.1', tz: '2025b', arch: 'x64' },
    { v8: '13.6.2', icu: '78.3', tz: '2026c', arch: 'x64' },
    { v8: '14.6.9', icu: '78.3', tz: '2026c', arch: 'arm64' },
  ]) {
    scene.liar.tell(on(engine))
    await scene.serve('liar')
    await scene.before()
  }
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject({
    verdict: 'verified',
    findings: [],
    boots: { restart: 2, refusal: 0 },
  })
})

test('an auditor on a Node that is not listed is told which versions are, and gives no verdict', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  await scene.host.close()
  await using ledger = await Ledger.open(scene.place.service, {
    crypto: sodiumCrypto,
    readOnly: true,
  })
  const childModule = fileURLToPath(new URL('./unlisted-engine-child.ts', import.meta.url))
  const error = await audit({
    ledger,
    startMachine: (options) => Machine.start({ ...options, childModule }),
  }).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(SandboxError)
  expect(error).toMatchObject({
    code: 'ERR_VMS_ENGINE_UNLISTED',
    hint: expect.stringMatching(/Node 24\.13\.1 or a later 24, or Node 26\.0\.0 or a later 26/),
  })
})
