/** `vms dev`: a new ledger at each save. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startVms, vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const addressIn = (stderr: string, times: number): string | null => {
  const found = [...stderr.matchAll(/Serving at (\S+)/g)]
  return found.length === times ? (found.at(-1)?.[1] ?? null) : null
}

test('a save begins anew, an error is shown and mended, the end leaves nothing', async () => {
  const place = makeWorkplace()
  place.write('lib.ts', 'export const answer = 1')
  place.write('main.ts', `import { answer } from './lib.ts'\nexport const get = () => answer`)
  const dev = startVms(place, ['dev', 'main.ts', '-p', '0'])
  const first = await dev.until(({ stderr }) => addressIn(stderr, 1))
  expect(dev.stderr).toContain('DEV: not auditable')
  expect(await vms(place, ['call', first, 'get'])).toMatchObject({ code: 0, stdout: '1\n' })
  const [, ledger] = /Ledger +(\S+)/.exec(dev.stderr) ?? []

  // A file that the script imports counts as well.
  place.write('lib.ts', 'export const answer = 2')
  const second = await dev.until(({ stderr }) => addressIn(stderr, 2))
  expect(await vms(place, ['call', second, 'get'])).toMatchObject({ stdout: '2\n' })
  expect([...dev.stderr.matchAll(/Ledger +(\S+)/g)].at(-1)?.[1]).not.toBe(ledger)

  place.write('main.ts', 'export const get = () => {')
  await dev.until(({ stderr }) => stderr.includes('ERR_VMS_SCRIPT_SYNTAX'))
  place.write('main.ts', 'export const get = () => 3')
  const third = await dev.until(({ stderr }) => addressIn(stderr, 3))
  expect(await vms(place, ['call', third, 'get'])).toMatchObject({ stdout: '3\n' })

  expect(await dev.finished('SIGINT')).toMatchObject({ code: 130, stdout: '' })
  expect(readdirSync(join(place.path, '.vms', 'dev'))).toEqual([])
})

test('a module of oracles that is saved is loaded anew', async () => {
  const place = makeWorkplace()
  place.write('oracles.js', 'export const rate = () => 1')
  place.write('main.js', "exports.get = () => System.oracle('rate')")
  const dev = startVms(place, ['dev', 'main.js', '-p', '0', '--oracles', 'oracles.js'])
  const first = await dev.until(({ stderr }) => addressIn(stderr, 1))
  expect(await vms(place, ['call', first, 'get'])).toMatchObject({ stdout: '1\n' })
  place.write('oracles.js', 'export const rate = (')
  await dev.until(({ stderr }) => stderr.includes('oracles.js:1:'))
  place.write('oracles.js', 'export const rate = () => 2')
  const second = await dev.until(({ stderr }) => addressIn(stderr, 2))
  expect(await vms(place, ['call', second, 'get'])).toMatchObject({ stdout: '2\n' })
  expect(await dev.finished('SIGINT')).toMatchObject({ code: 130 })
})

test('--once says whether it starts', async () => {
  const place = makeWorkplace()
  expect(
    await vmsProcess(place, ['dev', place.example('rsvp.js'), '-p', '0', '--once']),
  ).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Serving at'),
  })
  place.write('bad.js', 'exports.a = 1; throw new Error("no")')
  expect(await vmsProcess(place, ['dev', 'bad.js', '-p', '0', '--once'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ERR_VMS_SCRIPT_FAILED'),
  })
  expect(await vmsProcess(place, ['dev', 'missing.js', '-p', '0', '--once'])).toMatchObject({
    code: 2,
  })
})
