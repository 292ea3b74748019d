/** A host that names another engine than ran, to have a lie of its own taken for a difference between engines. */
import { decodeValue, encodeValue } from '@vms/format'
import { expect } from 'vitest'
import { convict } from '../../packages/auditor/test/evidence-check.ts'
import { testInTurn } from '../harness/in-turn.ts'
import type { Lie } from './liar.ts'
import { Scene, VICTIM_ENTRY } from './scene.ts'

const test = testInTurn(3)

type Engine = Parameters<NonNullable<Lie['booted']>>[0]['engine']

const naming = (change: Partial<Engine>): Lie => ({
  booted: (report) => ({ ...report, engine: { ...report.engine, ...change } }),
})

/** Another value for the first call of the victim's request. */
const altered: Lie = {
  answered: (result, call) =>
    call === 0 && result.value
      ? { ...result, value: encodeValue({ ...(decodeValue(result.value) as object), seats: 99 }) }
      : result,
}

/** Begins a service under `engine`, and lies in the victim's request. */
async function lying(engine: Partial<Engine>): Promise<Scene> {
  const scene = await Scene.make()
  scene.liar.tell(naming(engine))
  await scene.serve('liar')
  await scene.before()
  const alice = await scene.connect(scene.alice)
  scene.liar.tell({ ...naming(engine), ...altered })
  await alice.$call('RSVP', [true, 'two of us'])
  expect(scene.liar.told).toBe(1)
  scene.liar.repent()
  await scene.after()
  await scene.host.close()
  return scene
}

const { arch } = process
const { v8 = '', unicode = '' } = process.versions as Record<string, string | undefined>
const minor = v8.split('.', 2).join('.')

test.each<[string, Partial<Engine>]>([
  ['ICU', { icu: '99.9' }],
  ['time zone data', { tz: '1970z' }],
  ['ICU and time zone data', { icu: '', tz: '' }],
  ['patch of V8', { v8: `${minor}.999.999-node.9` }],
])('a made-up %s excuses no altered value', async (_, engine) => {
  const scene = await lying(engine)
  expect(await scene.place.audit()).toMatchObject({
    verdict: 'host-fault',
    findings: [
      {
        code: 'VALUE_DIFFERS',
        severity: 'reproducible',
        entry: VICTIM_ENTRY,
        path: '$.seats',
        cause:
          'the host altered the returned value, or ran another script: what the call wrote is as it should be',
      },
    ],
  })
})

const UNLISTED = {
  code: 'ENGINE_UNLISTED',
  severity: 'proven',
  entry: 1,
  part: 'engine',
  cause:
    'the host ran the script on an engine that the genesis does not list, on which no machine of its release starts',
}

test.each<[string, Partial<Engine>]>([
  ['architecture', { arch: 'mips' }],
  ['V8', { v8: '99.9.1' }],
  ['Unicode', { unicode: '16.0' }],
  ['V8 of the right name and another Unicode', { v8: '14.6.1', unicode: '1.0' }],
  ['V8 without a minor', { v8: '13' }],
])('a made-up %s is the lie itself', async (_, engine) => {
  const scene = await lying(engine)
  const { verdict, findings } = await scene.place.audit()
  expect({ verdict, findings }).toMatchObject({ verdict: 'host-fault', findings: [UNLISTED] })
  const [{ evidence }] = findings as [(typeof findings)[0]]
  if (!evidence) throw new Error('there is no evidence')
  convict('ENGINE_UNLISTED', Buffer.from(evidence.ledger, 'hex'), 1, evidence)
})

test('an unlisted engine of a later boot is told by that boot', async () => {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  scene.liar.tell(naming({ arch: 'mips' }))
  await scene.serve('liar')
  await scene.after()
  await scene.host.close()
  expect(await scene.place.audit()).toMatchObject({
    verdict: 'host-fault',
    findings: [{ ...UNLISTED, entry: VICTIM_ENTRY, got: expect.stringContaining('mips') }],
  })
})

test('an altered value under another listed engine stays undecided, and the report says where it is decided', async () => {
  const other = minor === '14.6' ? '13.6' : '14.6'
  const node = other === '14.6' ? 'Node 26.0.0 or a later 26' : 'Node 24.13.1 or a later 24'
  const scene = await lying({ v8: `${other}.202.33`, unicode })
  const cause = `the difference may come from the engine: audit with ${node} on ${arch} to decide it`
  expect(await scene.place.audit()).toMatchObject({
    verdict: 'engine-differs',
    findings: [
      { code: 'ENGINE_DIFFERS', severity: 'undecided', entry: VICTIM_ENTRY, cause },
      { code: 'VALUE_DIFFERS', severity: 'undecided', entry: VICTIM_ENTRY, evidence: null },
    ],
  })
})
