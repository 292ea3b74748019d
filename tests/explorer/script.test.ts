/** The script on the page: the one in effect, and how it came there. */
import { callerId } from '@vms/client'
import { sodiumCrypto } from '@vms/format/sodium'
import { describe, expect, test } from 'vitest'
import { chromiumPath } from '../browser/chromium.ts'
import { Place } from '../service/place.ts'
import { openExplorer } from './explorer-page.ts'

const V1 = `exports.answer = () => 'the first'\nexports.kept = () => 1\n`
const V2 = V1.replace('the first', 'the second')
const V3 = `${V2}exports.more = () => 2\n`
const UNFIT = 'throw new Error("not today")'

const admin = sodiumCrypto.keyPair()

describe.skipIf(!chromiumPath)('in Chromium', () => {
  test('of an upgraded service the script in effect is shown, and each upgrade with who brought it', async () => {
    const place = await Place.make()
    const upgrade = { callers: [admin.publicKey], delayMs: 0 }
    const host = await place.host(V1, { upgrade })
    const boss = await place.connect(host, { key: admin })
    const bring = async (source: string, name: string): Promise<number> => {
      const script = { name, title: `Titled ${name}`, source }
      const { receipt } = await boss.$receipt('vms:upgrade', [script])
      return receipt.index
    }
    const second = await bring(V2, 'second.js')
    expect(await boss.$call('answer')).toBe('the second')
    const id = host.ledgerUrl.replace('vms://', '')
    const { page, wrong } = await openExplorer(host, `#/${id}/script`)
    const source = page.getByRole('region', { name: 'Text' })
    const trail = page.getByRole('region', { name: 'Upgrades' })
    const items = trail.getByRole('listitem')
    await source.getByText('the second').waitFor()
    expect(await items.count()).toBe(2)
    const newest = await items.first().textContent()
    expect(newest).toContain(`entry ${second}`)
    expect(newest).toContain('in effect since')
    expect(newest).toContain(`by ${callerId(admin.publicKey).slice(0, 8)}`)
    expect(newest).toMatch(/test\.js, \d+ B → second\.js, \d+ B/)
    expect(await items.last().textContent()).toContain('from the beginning')

    await items.first().getByRole('button', { name: 'What changed' }).click()
    await page.getByText('1 line added, 1 line removed').waitFor()

    // One that cannot run comes to nothing, and one that can is seen as it comes.
    await bring(UNFIT, 'unfit.js')
    expect(await boss.$call('answer')).toBe('the second')
    const third = await bring(V3, 'third.js')
    expect(await boss.$call('more')).toBe(2)
    await source.getByText('exports.more').waitFor()
    await trail.getByText(`entry ${third}`, { exact: true }).waitFor()
    expect(await items.count()).toBe(3)
    expect(await trail.textContent()).not.toContain('unfit.js')

    await items.last().getByRole('link', { name: 'its text' }).click()
    await source.getByText('the first').waitFor()
    expect(await items.last().textContent()).toContain('shown here')
    await items
      .nth(1)
      .getByRole('link', { name: `entry ${second}` })
      .click()
    await page.getByText('The caller’s signature holds.').waitFor()
    expect(wrong).toEqual([])
  })

  test('an upgrade that is to come is said to be, and its text can be read before', async () => {
    const place = await Place.make()
    const upgrade = { callers: [admin.publicKey], delayMs: 3_600_000 }
    const host = await place.host(V1, { upgrade })
    const boss = await place.connect(host, { key: admin })
    const id = host.ledgerUrl.replace('vms://', '')
    const { page, wrong } = await openExplorer(host, `#/${id}/script`)
    const source = page.getByRole('region', { name: 'Text' })
    await source.getByText('the first').waitFor()
    await boss.$call('vms:upgrade', [{ name: 'next.js', title: 'Next', source: V2 }])
    await page.getByText(/to come/).waitFor()
    await source.getByText('the first').waitFor()
    await page.getByRole('link', { name: 'its text' }).first().click()
    await source.getByText('the second').waitFor()
    expect(wrong).toEqual([])
  })
})
