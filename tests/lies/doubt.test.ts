/**
 * Where an audit must not blame the host, and where it must all the same: a script that disagrees with itself, and a
 * ledger that says that it was recorded on another engine.
 */
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { withChance } from './chance/machine.ts'
import type { Lie } from './liar.ts'
import { Scene, VICTIM_ENTRY } from './scene.ts'
import { GUESTS } from './script.ts'
import { altered, bobsFile, falsified, withChange } from './told.ts'
import { verify } from './verify.ts'

/** Draws lots, and writes down who won. */
const LOTTERY = `${GUESTS}
exports.draw = async (names) => {
  const winner = { name: names[Math.floor(chance() * names.length)], by: chance() }
  await System.files.writeFile('/winner.json', JSON.stringify(winner))
  return winner
}`

/** An audit on machines that have the same hole as the host's. */
const env = { NODE_OPTIONS: `--import=${new URL('./chance/everywhere.ts', import.meta.url).href}` }

async function lottery(): Promise<Scene> {
  const scene = await Scene.make(LOTTERY)
  scene.liar.tell({ machine: withChance })
  await scene.serve('liar')
  await scene.before()
  return scene
}

const test = testInTurn(3)

test('a script that could disagree with itself, and did not, is verified', async () => {
  const scene = await lottery()
  expect(await verify(scene.host.url, { env })).toMatchObject({ code: 0 })
})

test('a nondeterministic script is not its host’s fault', async () => {
  const scene = await lottery()
  const alice = await scene.connect(scene.alice)
  await alice.$call('draw', [['alice', 'bob', 'carol']])
  await alice.$call('visit')
  const place = { entry: VICTIM_ENTRY, call: 0, method: 'draw', part: 'value' }
  const doubtful = {
    verdict: 'nondeterministic-script',
    findings: [
      { ...place, code: 'SCRIPT_NONDETERMINISTIC', severity: 'undecided' },
      { ...place, code: 'VALUE_DIFFERS', severity: 'undecided' },
    ],
  }
  expect(await verify(scene.host.url, { env })).toMatchObject({ code: 4, report: doubtful })
  await scene.host.close()
  const stopped = await verify(scene.place.service, { env })
  expect(stopped).toMatchObject({ code: 4, report: doubtful })
})

test('a lie from before the script disagrees with itself is a lie', async () => {
  const scene = await lottery()
  const alice = await scene.connect(scene.alice)
  scene.liar.tell({
    answered: (result) => ({ ...result, value: altered(result.value, { seats: 4 }) }),
  })
  await alice.$call('RSVP', [true])
  expect(scene.liar.told).toBe(1)
  scene.liar.repent()
  await alice.$call('draw', [['alice', 'bob', 'carol']])
  expect(await verify(scene.host.url, { env })).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ code: 'VALUE_DIFFERS', path: '$.seats' }] },
  })
})

const OTHER_ENGINE: Lie = {
  booted: (report) => ({ ...report, engine: { ...report.engine, v8: '14.6.0.0' } }),
}

test('a ledger of another engine that replays to the same is verified', async () => {
  const scene = await Scene.make()
  scene.liar.tell(OTHER_ENGINE)
  await scene.serve('liar')
  expect(scene.liar.told).toBe(1)
  await scene.before()
  expect(await verify(scene.host.url)).toMatchObject({
    code: 0,
    report: { verdict: 'verified', findings: [] },
  })
})

test('a difference on another engine than the one that it was recorded on decides nothing', async () => {
  const scene = await Scene.make()
  scene.liar.tell(OTHER_ENGINE)
  await scene.serve('liar')
  await scene.before()
  scene.liar.tell({
    answered: (result) => ({ ...result, value: altered(result.value, { seats: 4 }) }),
  })
  const alice = await scene.connect(scene.alice)
  await alice.$call('RSVP', [true])
  expect(scene.liar.told).toBe(1)
  const place = { entry: VICTIM_ENTRY, call: 0, method: 'RSVP' }
  const undecided = {
    verdict: 'engine-differs',
    findings: [
      {
        ...place,
        code: 'ENGINE_DIFFERS',
        severity: 'undecided',
        part: 'engine',
        got: expect.stringContaining('14.6.0.0'),
      },
      { ...place, code: 'VALUE_DIFFERS', severity: 'undecided', path: '$.seats' },
    ],
  }
  expect(await verify(scene.host.url)).toMatchObject({ code: 5, report: undecided })
  await scene.serve('honest')
  await scene.after()
  // It is the engine of the boot before the difference that counts, not that of the last.
  expect(await verify(scene.host.url)).toMatchObject({ code: 5, report: undecided })
  await scene.host.close()
  expect(await verify(scene.place.service)).toMatchObject({ code: 5, report: undecided })
})

test('another engine that is named only after the lie excuses nothing', async () => {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  scene.liar.tell({ group: (group) => withChange(group, falsified(bobsFile(scene))) })
  const alice = await scene.connect(scene.alice)
  await alice.$call('visit')
  scene.liar.tell(OTHER_ENGINE)
  await scene.serve('liar')
  expect(scene.liar.told).toBe(1)
  const caught = await verify(scene.host.url)
  expect(caught).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ code: 'FILES_DIFFER', entry: VICTIM_ENTRY }] },
  })
})
