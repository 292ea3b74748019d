/**
 * Lies in the published files: bytes exchanged in a directory, and a drive that holds more than the ledger says. What is only
 * damaged, older or newer accuses nobody.
 */
import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Ledger, sodiumCrypto } from '@vms/auditor'
import { callerId } from '@vms/client'
import { parseAddress } from '@vms/format'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { type ForgedCore, forgeBlock, forgeNode, replacing, rewriteRecord } from './forged-block.ts'
import { Scene } from './scene.ts'
import { bobsFile, falsified, withChange } from './told.ts'
import { verify } from './verify.ts'

const test = testInTurn(4)

/** Block of the contents that bob's file has, after the one that init writes; and its block in the directory tree. */
const BOBS_CONTENTS = 1
const BOBS_ENTRY = 3

/** Bob's file, as it is listed. */
const bobs = (scene: Scene): string => `/guests/${callerId(scene.bob.publicKey)}.json`

/** A stopped directory after four honest calls, of which bob's are the first. */
async function stopped(): Promise<Scene> {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  await scene.after()
  await scene.host.close()
  return scene
}

const keysOf = ({ host }: Scene) => {
  const key = (url: string): Uint8Array => {
    const address = parseAddress(url)
    if (address.kind === 'service') throw new Error(`${url} holds no key`)
    return address.key
  }
  return { ledger: key(host.ledgerUrl), files: key(host.filesUrl) }
}

const forge = (scene: Scene, core: ForgedCore, index: number, from: string, to: string) =>
  forgeBlock(scene.place.service, keysOf(scene), core, index, replacing(from, to))

/** The copy of a stopped directory, which can be read and not served. */
function copyOf(scene: Scene): string {
  const copy = path.join(scene.place.dir, 'copy')
  cpSync(scene.place.service, copy, { recursive: true })
  rmSync(path.join(copy, 'store', 'CORESTORE'))
  return copy
}

test('file contents that were exchanged in a stopped directory are found, by the file, and accuse nobody', async () => {
  const scene = await stopped()
  expect(await verify(scene.place.service)).toMatchObject({
    code: 0,
    report: { verdict: 'verified', contents: 'all' },
  })
  await forge(scene, 'blobs', BOBS_CONTENTS, '"coming":true,', '"coming":null,')
  expect(await verify(scene.place.service)).toMatchObject({
    code: 3,
    report: {
      verdict: 'incomplete',
      findings: [{ code: 'CONTENTS_DAMAGED', severity: 'undecided', path: bobs(scene) }],
    },
  })
  const head = await verify(scene.place.service, { args: ['--files', 'head'] })
  expect(head).toMatchObject({ code: 0, report: { verdict: 'verified', contents: 'head' } })
})

test.each([
  ['blobs', BOBS_CONTENTS, '"coming":true,', '"coming":null,', 'cat', 'the contents of /guests/'],
  [
    'db',
    BOBS_ENTRY,
    '"executable":false',
    '"executable":true ',
    'ls',
    'block of the directory tree 3',
  ],
] as const)('what was exchanged in %s is not shown', async (core, index, from, to, verb, said) => {
  const scene = await stopped()
  await forge(scene, core, index, from, to)
  const place = makeWorkplace()
  const what = verb === 'cat' ? bobs(scene) : '/guests'
  const { code, stdout, stderr } = await vms(place, ['files', verb, scene.place.service, what])
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toContain('ERR_VMS_LEDGER_DAMAGED')
  expect(stderr).toContain(said)
})

test('an entry that was exchanged in a stopped directory is not shown', async () => {
  const scene = await stopped()
  await forge(scene, 'log', 3, 'with cake', 'with care')
  const place = makeWorkplace()
  const { code, stdout, stderr } = await vms(place, ['log', scene.place.service])
  expect(code).toBe(3)
  expect(stdout).not.toContain('with care')
  expect(stderr).toContain('ERR_VMS_LEDGER_DAMAGED')
  const audit = await verify(scene.place.service)
  expect(audit).toMatchObject({ code: 3, report: { verdict: 'incomplete' } })
})

test('an old copy of the ledger and newer files are compared where both were', async () => {
  const scene = await stopped()
  const old = copyOf(scene)
  await scene.serve('honest')
  await scene.after()
  const live = await verify(old, { args: ['--files', scene.host.url] })
  expect(live).toMatchObject({ code: 0, report: { verdict: 'verified', findings: [] } })
  await scene.host.close()
  const newer = await verify(old, { args: ['--files', scene.place.service] })
  expect(newer).toMatchObject({ code: 0, report: { verdict: 'verified', findings: [] } })
  // The other way round the files are too short, which is no contradiction either.
  const older = await verify(scene.place.service, { args: ['--files', old] })
  expect(older).toMatchObject({
    code: 3,
    report: { verdict: 'incomplete', findings: [{ code: 'WITHHELD', part: 'files' }] },
  })
})

test.each(['db', 'blobs'] as const)(
  'a tree of %s that was altered in newer files accuses nobody',
  async (core) => {
    const scene = await stopped()
    const old = copyOf(scene)
    const ledger = await Ledger.open(old, { crypto: sodiumCrypto, readOnly: true })
    const { dbLength, blobsLength } = ledger.filesHead
    await ledger.close()
    await scene.serve('honest')
    // Until the roots of before are inner nodes.
    for (let round = 0; round < 8; round++) await scene.after()
    await scene.host.close()
    const { service } = scene.place
    const length = { db: dbLength, blobs: blobsLength }[core]
    await forgeNode(service, keysOf(scene), core, length)
    expect(await verify(old, { args: ['--files', service] })).toMatchObject({
      code: 3,
      report: {
        verdict: 'incomplete',
        findings: [{ code: 'FILES_UNSIGNED', severity: 'undecided', part: 'files' }],
      },
    })
  },
)

test.each(['db', 'blobs'] as const)(
  'files whose tree of %s is not the signed one are not shown, and accuse nobody',
  async (core) => {
    const scene = await stopped()
    const { service } = scene.place
    const ledger = await Ledger.open(service, { crypto: sodiumCrypto, readOnly: true })
    const { dbLength, blobsLength } = ledger.filesHead
    await ledger.close()
    await forgeNode(service, keysOf(scene), core, { db: dbLength, blobs: blobsLength }[core], false)
    await rewriteRecord(service, keysOf(scene))
    const { code, stdout, stderr } = await vms(makeWorkplace(), ['files', 'ls', service, '/guests'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain("its files' signature does not hold")
    expect(await verify(service)).toMatchObject({ code: 3, report: { verdict: 'incomplete' } })
  },
)

test('files that grow while they are audited are accounted for by the next head', async () => {
  const scene = await Scene.make()
  await scene.serve('honest')
  await scene.before()
  const guest = await scene.connect()
  let calling = true
  const calls = (async () => {
    while (calling) await guest.$call('RSVP', [true, 'again'])
  })()
  try {
    for (let round = 0; round < 3; round++)
      expect(await verify(scene.host.url)).toMatchObject({ code: 0, report: { findings: [] } })
  } finally {
    calling = false
    await calls
  }
})

test('a file that is changed behind the ledger differs as soon as the ledger goes on', async () => {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  scene.liar.tell({ group: (group) => withChange(group, falsified(bobsFile(scene))) })
  const guest = await scene.connect()
  await guest.$call('visit')
  scene.liar.repent()
  await scene.after()
  expect(await verify(scene.host.url)).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ code: 'FILES_DIFFER' }] },
  })
})

test('what is signed into the files and in no head is found, though nobody can prove it yet', async () => {
  const scene = await Scene.make()
  await scene.serve('liar')
  await scene.before()
  scene.liar.tell({ besides: [falsified(bobsFile(scene))] })
  const guest = await scene.connect()
  await guest.$call('visit')
  scene.liar.repent()
  expect(scene.liar.told).toBe(1)
  expect(await verify(scene.host.url)).toMatchObject({
    code: 3,
    report: {
      verdict: 'incomplete',
      findings: [{ code: 'FILES_UNACCOUNTED', severity: 'undecided', part: 'files' }],
    },
  })
  // The next group is written on top of it, which its files head gives away.
  await scene.after()
  expect(await verify(scene.host.url)).toMatchObject({
    code: 1,
    report: { verdict: 'host-fault', findings: [{ code: 'FILES_DIFFER' }] },
  })
})
