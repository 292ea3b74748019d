/** One directory, one host: a second one is turned away, and the first does not notice. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seededRandom } from '../harness/random.ts'
import { execHost } from '../harness/vms-host.ts'
import { vms as vmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { expectSteps, expectVerified } from './ledger-checks.ts'
import { Load } from './load.ts'
import { SCRIPT, SCRIPT_NAME } from './script.ts'

test('other processes on the directory of a host under load are refused by name, and do it no harm', {
  timeout: 120_000,
}, async () => {
  const random = seededRandom(3)
  const place = makeWorkplace()
  place.write(SCRIPT_NAME, SCRIPT)
  const directory = join(place.path, 'service')
  const host = await execHost(place, SCRIPT_NAME, ['--no-swarm', '--dir', directory])
  const load = await Load.start(host.url, 2, random)
  await load.progress()

  const second = await vmsProcess(place, [
    'exec',
    SCRIPT_NAME,
    '-p',
    '0',
    '--no-swarm',
    '--dir',
    directory,
  ])
  expect(second).toMatchObject({ code: 3, stdout: '' })
  expect(second.stderr).toContain('ERR_VMS_LEDGER_LOCKED')
  expect(second.stderr).toContain(directory)
  expect(second.stderr).toContain(`process ${host.process.child.pid}`)

  const verified = await vms(place, ['verify', directory])
  expect(verified).toMatchObject({ code: 3, stdout: '' })
  expect(verified.stderr).toContain('ERR_VMS_LEDGER_LOCKED')
  // It says how it is done instead.
  expect(verified.stderr).toMatch(/hint: .*address.*localhost:5555/)

  await load.progress()
  const { count } = await load.finish()
  load.close()
  expect(count).toBe(load.asked.length)
  expect(load.reconnections).toBe(0)
  expect((await host.process.finished('SIGTERM')).code).toBe(143)
  await expectSteps(directory, load.acknowledged)
  await expectVerified(place, directory, load.acknowledged, random)
})
