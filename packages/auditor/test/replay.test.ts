/** What a replay says of a difference in files, which it finds while it runs ahead. */
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { Machine } from '@vms/sandbox'
import { expect, test } from 'vitest'
import { replayLedger } from '../src/audit/replay-ledger.ts'
import { BudgetMeter } from '../src/findings/budgets.ts'
import { Replay } from '../src/replay/replay.ts'
import { machineOptions, makeFiles, Recording } from './recording.ts'

test('files that were changed before a restart on another engine were changed on the first', async () => {
  const recording = await Recording.start('exports.a = () => 1')
  const { scribe } = recording
  const changes = [{ path: '/by-nobody', kind: 'directory', mtime: 1 }] as const
  await recording.group([{ calls: [['a']] }], { changes })
  const engine = { v8: '13.6.0', icu: '0', unicode: '17.0', tz: '0', arch: 'x64' }
  await recording.restart({ boot: { engine } })

  // The files of the first epoch are compared when the second has begun.
  const rebooted = Promise.withResolvers<void>()
  const files = await makeFiles()
  const meter = new BudgetMeter()
  const replay = new Replay({
    crypto,
    meter,
    ledgerKey: scribe.key,
    files: {
      async commit(written, start) {
        if (start === 2) await rebooted.promise
        return files.commit(written, start)
      },
    },
    async startMachine() {
      const machine = await Machine.start(machineOptions(scribe, files))
      const { boot } = machine
      machine.boot = async (moment) => {
        const report = await boot.call(machine, moment)
        if (moment.position > 1) setTimeout(rebooted.resolve)
        return report
      }
      return machine
    },
  })
  const source = scribe.source()
  const { divergence } = await replayLedger({
    source,
    crypto,
    replay,
    meter,
    until: scribe.length,
  })
  await replay.close()
  expect(divergence).toMatchObject({
    finding: { code: 'FILES_DIFFER', entry: 2 },
    recordedOn: replay.engine,
  })
})
