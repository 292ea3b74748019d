/** The notes below a check in the page, which are those of `vms verify`, and the reason of a faulted service in the list. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { NodeVMSClient } from '@vms/client'
import type { Host } from '@vms/host'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { chromiumPath } from '../browser/chromium.ts'
import { LyingMachines } from '../harness/lying-machine.ts'
import { COUNTER, Many } from '../many/many.ts'
import { Place } from '../service/place.ts'
import { openExplorer } from './explorer-page.ts'

/** Where screenshots go that a person wants to look at; none are made otherwise. */
const screenshots = process.env['VMS_SCREENSHOTS']

const HOUR_MS = 3_600_000

const ALARMED = `
exports.soon = () => System.alarm.at(Date.now() + 1, 'ring')
exports.later = (ms) => System.alarm.at(Date.now() + ms, 'ring')
exports.ask = () => System.oracle('dice')
let rung = 0
exports.ring = () => { rung += 1 }
exports.rung = () => rung
`

/** A host that was restarted once, with an alarm that rang, one that is due in an hour, and a call that used an oracle. */
async function eventful(place: Place): Promise<Host> {
  const oracles = { dice: async () => 4 }
  const first = await place.host(ALARMED, { oracles })
  const client = await place.connect(first)
  await client['soon']?.()
  await client['later']?.(HOUR_MS)
  await client['ask']?.()
  await expect.poll(() => client['rung']?.(), { timeout: 60_000 }).toBe(1)
  await client.$close()
  await first.close()
  const second = await place.host(ALARMED, { oracles })
  await (await place.connect(second))['ask']?.()
  return second
}

/** A client whose clock is ahead of, or behind, the true time. */
async function reader(host: Host, aheadMs: number): Promise<NodeVMSClient> {
  const client = new NodeVMSClient({
    timeout: 60_000,
    ports: { now: () => Date.now() + aheadMs },
  })
  await client.connect(host.url)
  onTestFinished(() => client.close())
  return client
}

test('a check by a client has the notes of an audit', async () => {
  const place = await Place.make()
  const host = await eventful(place)
  const on = await (await reader(host, 2 * HOUR_MS)).ledger.audit()
  expect(on.findings).toEqual([])
  expect(on.notes).toMatchObject({
    boots: { restart: 1, refusal: 0 },
    times: { aheadMs: 0 },
    oracles: 2,
    alarms: { fired: 1, skipped: 0, waiting: { pending: 1, overdue: 1 } },
  })
  expect(on.notes.alarms.waiting?.overdueMs).toBeGreaterThan(HOUR_MS / 2)
  const before = await (await reader(host, -HOUR_MS)).ledger.audit()
  expect(before.notes.alarms.waiting).toEqual({ pending: 1, overdue: 0, overdueMs: 0 })
  expect(before.notes.times?.aheadMs).toBeGreaterThan(HOUR_MS / 2)
  await host.close()
  // `vms verify` says the same of everything that needs no replay.
  const { boots, times, oracles, alarms } = await place.audit()
  const { fired, skipped, latestMs } = alarms
  expect(before.notes).toMatchObject({ boots, oracles, alarms: { fired, skipped, latestMs } })
  expect(before.notes.times).toMatchObject({ first: times?.first, last: times?.last })
})

test('a ledger that never set an alarm has none pending', async () => {
  const place = await Place.make()
  const host = await place.host('exports.echo = (x) => x')
  const { notes } = await (await reader(host, 0)).ledger.audit()
  expect(notes.alarms).toMatchObject({ fired: 0, waiting: { pending: 0, overdue: 0 } })
})

describe.skipIf(!chromiumPath)('in Chromium', () => {
  const check = async (page: Page): Promise<string> => {
    await page.getByRole('button', { name: 'Check the whole ledger' }).click()
    await page.getByText('Nothing is wrong.').waitFor()
    return await page.evaluate(
      "document.querySelector('[aria-label=Notes]').innerText.replace(/\\s+/g, ' ')",
    )
  }

  test('the page shows restarts, overdue alarms, oracles and times against its own clock', async () => {
    const host = await eventful(await Place.make())
    const hash = `#/${host.ledgerUrl.replace('vms://', '')}/audit`
    const { page, wrong } = await openExplorer(host, hash)
    await page.clock.setFixedTime(Date.now() + 2 * HOUR_MS)
    const late = await check(page)
    expect(late).toContain('1 restart')
    expect(late).toContain('Each boot empties the script’s memory')
    expect(late).toMatch(/Alarms 1 fired, at most .* late; 1 pending/)
    expect(late).toMatch(/Overdue alarms 1, the first due (1 h|2 h|\d+ min) ago/)
    expect(late).toContain('Used by 2 calls')
    expect(late).toContain('The last entry is not ahead of this computer’s clock')
    await photograph(page, 'audit-notes')
    await page.clock.setFixedTime(Date.now() - 2 * HOUR_MS)
    await page.reload()
    const early = await check(page)
    expect(early).toMatch(/The last entry is 2 h ahead of this computer’s clock/)
    expect(early).not.toContain('Overdue alarms')
    expect(wrong).toEqual([])
  })

  test('the list shows why a service is faulted', async () => {
    const many = await Many.make()
    const machines = new LyingMachines()
    const host = await many.host({ ports: { startMachine: machines.startMachine } })
    const { id } = await many.deploy(host, COUNTER, 'Bad')
    const client = await many.connect(host, id)
    machines.lies.set('Bad', { boot: (report) => ({ ...report, scriptHash: new Uint8Array(31) }) })
    await expect(client['add']?.()).rejects.toMatchObject({ code: 'ERR_VMS_FAULTED' })
    const { page, wrong } = await openExplorer(host)
    const card = page.getByRole('link', { name: /Bad/ })
    await card.getByText('faulted').waitFor()
    await card.getByText(/scriptHash.*ERR_VMS_/).waitFor()
    await photograph(page, 'faulted-service')
    expect(wrong).toEqual([])
  })
})

async function photograph(page: Page, name: string): Promise<void> {
  if (!screenshots) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}
