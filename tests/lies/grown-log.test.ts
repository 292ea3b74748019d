/**
 * A host that ran a service at rest is asked whether it was started since. Its provisioning log has grown by then: what it says
 * counts only if it was replayed as well.
 */
import { encodeValue } from '@vms/format'
import { expect, test } from 'vitest'
import { Recording } from '../../packages/auditor/test/recording.ts'
import { verifiedLog } from '../../packages/cli/src/audit/log-proofs.ts'

/** What of a provisioning script counts here: a stop, and a start that refuses. */
const SCRIPT = `
exports.deploy = () => ({ id: 'service', state: 'running' })
exports.stop = () => ({ id: 'service', state: 'stopped' })
exports.start = () => { throw new Error('it is somebody else’s') }`

async function stopped(): Promise<Recording> {
  const recording = await Recording.start(SCRIPT)
  await recording.group([{ calls: [['deploy'], ['stop']] }])
  return recording
}

test('a log that replays says what became of a service', async () => {
  const { scribe } = await stopped()
  const log = await verifiedLog(scribe.source())
  expect(log?.services.get('service')).toMatchObject({ state: 'stopped' })
})

test('a start that the script refused, and that the host wrote down as done, says nothing', async () => {
  const recording = await stopped()
  const value = encodeValue({ id: 'service', state: 'running' })
  await recording.group([{ calls: [['start']] }], {
    calls: (entry) => ({
      ...entry,
      outcomes: entry.outcomes.map((outcome) => ({
        ...outcome,
        status: 'returned',
        value,
        error: null,
      })),
    }),
  })
  expect(await verifiedLog(recording.scribe.source())).toBeNull()
})
