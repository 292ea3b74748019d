/** A host that is told to stop while calls are on their way: those that are executed are answered, those that wait are refused. */
import { encodeClientFrame } from '@vms/rpc'
import { expect, test } from 'vitest'
import { Disk } from './disk.ts'
import { Place } from './place.ts'
import { Wire } from './wire.ts'

const COUNTER = `
exports.init = async () => System.files.writeFile('/count', '0')
exports.count = async () => {
  const count = Number(await System.files.readFile('/count')) + 1
  await System.files.writeFile('/count', String(count))
  return count
}
`

function sendCount(wire: Wire): void {
  const request = wire.request([['count', []]])
  wire.send(encodeClientFrame(['call', 1, request, wire.sign(request)]))
}

test('what is being committed is answered, what comes later is refused, and then the connections end', async () => {
  const place = await Place.make()
  const disk = new Disk()
  const host = await place.host(COUNTER, { ports: disk.ports })
  const [early, late, idle] = [await Wire.open(host), await Wire.open(host), await Wire.open(host)]
  disk.hold()
  sendCount(early)
  await disk.reached()
  const closed = host.close()
  sendCount(late)
  expect(await late.next()).toMatchObject(['refused', 1, { code: 'ERR_VMS_CLOSING' }])
  disk.release()
  expect(await early.next()).toMatchObject(['head', { length: 4 }])
  expect(await early.next()).toMatchObject(['reply', 1, { index: 3 }])
  expect(await Promise.all([early, late, idle].map((wire) => wire.next()))).toEqual([
    null,
    null,
    null,
  ])
  expect([early, late, idle].map((wire) => wire.closed?.code)).toEqual([1001, 1001, 1001])
  expect((await closed).length).toBe(4)
  expect(await place.audit()).toMatchObject({ verdict: 'verified', calls: 1 })
})

test('a flood is answered or refused to the last call, and the final head has what was answered', async () => {
  const place = await Place.make()
  const host = await place.host(COUNTER)
  const client = await place.connect(host, { requestCalls: 1 })
  const bystander = await place.connect(host)
  const calls = Array.from({ length: 500 }, () => client['count']?.())
  await calls[0]
  const head = await host.close()
  // The host does not come back: whoever still waits gives up.
  client.$close()
  bystander.$close()
  const settled = await Promise.allSettled(calls)
  const answered = settled.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  )
  for (const result of settled) {
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'ERR_VMS_CLOSED' })
  }
  const report = await place.audit()
  expect(report).toMatchObject({ verdict: 'verified', head: { length: head.length } })
  expect(answered).toEqual(Array.from({ length: report.calls }, (_, i) => i + 1))
})
