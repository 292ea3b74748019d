/** The page that a host serves: found, read and walked through by keyboard, on a desk and on a phone. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { chromiumPath } from '../browser/chromium.ts'
import { startProxy } from '../browser/tampering-proxy.ts'
import { COUNTER, Many } from '../many/many.ts'
import { Place } from '../service/place.ts'
import { focused, isTooWide, openExplorer } from './explorer-page.ts'

describe.skipIf(!chromiumPath)('in Chromium', () => {
  test('lists what is served, and goes by keyboard from there to one entry and back', async () => {
    const many = await Many.make()
    const host = await many.host()
    const { id } = await many.deploy(host, COUNTER, 'Counting')
    const client = await many.connect(host, id)
    for (let i = 0; i < 3; i++) await client['add']?.()
    const { page, wrong } = await openExplorer(host)
    const card = page.getByRole('link', { name: /Counting/ })
    await card.waitFor()
    await page.getByRole('link', { name: /what this host serves/ }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the content')
    for (let i = 0; i < 10 && !(await focused(page)).includes('Counting'); i++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Counting' }).waitFor()
    expect(await focused(page)).toContain('Counting')
    await page
      .getByRole('link', { name: /add.*returned/ })
      .first()
      .waitFor()
    for (let i = 0; i < 30 && !/^\d/.test(await focused(page)); i++)
      await page.keyboard.press('Tab')
    const newest = Number.parseInt(await focused(page), 10)
    expect(await focused(page)).toContain('add')
    await page.keyboard.press('ArrowDown')
    expect(await focused(page)).toMatch(new RegExp(`^${newest - 1} `))
    await page.keyboard.press('End')
    expect(await focused(page)).toMatch(/^0.*Beginning/)
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.getByText('The caller’s signature holds.').waitFor()
    expect(await focused(page)).toBe(`Entry ${newest}`)
    await page.keyboard.press('Escape')
    await page.getByText('The caller’s signature holds.').waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).toMatch(new RegExp(`^${newest} `))
    expect(wrong).toEqual([])
  })

  test('shows entries as they come, and filters them', async () => {
    const many = await Many.make()
    const host = await many.host()
    const { id } = await many.deploy(host, COUNTER, 'Counting')
    const client = await many.connect(host, id)
    await client['add']?.()
    const { page, wrong } = await openExplorer(host, `#/${id}/ledger`)
    await page.getByRole('link', { name: /add.*returned/ }).waitFor()
    await client['count']?.()
    await page.getByRole('link', { name: /count.*returned/ }).waitFor()
    await page.getByLabel('Method').selectOption({ label: 'count' })
    await page.getByRole('status').filter({ hasText: '1 found' }).waitFor()
    await client['count']?.()
    await client['add']?.()
    await page.getByRole('status').filter({ hasText: '2 found' }).waitFor()
    const list = page.getByRole('list', { name: /newest first/ })
    await page.getByLabel('Caller').fill('nobody')
    await page.getByRole('status').filter({ hasText: '0 found' }).waitFor()
    await list.waitFor({ state: 'hidden' })
    await page.getByLabel('Caller').fill('')
    await page.getByRole('status').filter({ hasText: '2 found' }).waitFor()
    await list.waitFor()
    await page.getByLabel('Method').selectOption('')
    await page.getByLabel('Kind').selectOption({ label: 'Start' })
    await page.getByRole('status').filter({ hasText: 'found' }).waitFor()
    await page.getByRole('link', { name: /started for the first time/ }).waitFor()
    expect(wrong).toEqual([])
  })

  test('fits on a phone', async () => {
    const many = await Many.make()
    const host = await many.host()
    const { id } = await many.deploy(host, COUNTER, `Counting ${'x'.repeat(80)}`)
    const client = await many.connect(host, id)
    await client['add']?.('a'.repeat(500))
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
    const { page } = await openExplorer(host, '', phone)
    await page.getByRole('link', { name: /Counting/ }).tap()
    await page.getByRole('link', { name: /add.*aaa/ }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    await page.getByRole('link', { name: /add.*aaa/ }).tap()
    await page.getByText('The caller’s signature holds.').waitFor()
    expect(await isTooWide(page)).toBe(false)
    await page.getByRole('link', { name: 'All services' }).tap()
    await page.getByRole('link', { name: /Counting/ }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    // What cannot be had is named in one long word.
    const missing = await openExplorer(host, `#/${'y'.repeat(52)}/ledger`, phone)
    await missing.page.getByText('The service cannot be reached.').waitFor()
    expect(await missing.page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })

  test('of a long ledger only the rows exist that can be seen, and the rest comes when it is wanted', async () => {
    const place = await Place.make()
    const host = await place.host('exports.echo = (x) => x')
    const client = await place.connect(host, { requestCalls: 1 })
    for (let i = 0; i < 2_000; i += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, k) => client['echo']?.(i + k)))
    }
    const id = host.ledgerUrl.replace('vms://', '')
    const { page, wrong } = await openExplorer(host, `#/${id}/ledger`)
    const rows = page.getByRole('list', { name: /newest first/ }).getByRole('listitem')
    await page.getByRole('link', { name: /echo/ }).first().focus()
    expect(await rows.first().getAttribute('aria-setsize')).toBe(String(host.head.length))
    await page.keyboard.press('End')
    await page.getByRole('link', { name: /Beginning/ }).waitFor()
    expect(await focused(page)).toMatch(/^0 /)
    expect(await rows.count()).toBeLessThan(80)
    await page.keyboard.press('PageUp')
    await page.getByRole('link', { name: /echo/ }).first().waitFor()
    expect(wrong).toEqual([])
  })

  test('says when the connection is lost, goes on by itself, and leaves what is looked at alone', async () => {
    const place = await Place.make()
    const host = await place.host('exports.echo = (x) => x')
    const client = await place.connect(host)
    await client['echo']?.('before')
    const proxy = await startProxy(host.url)
    const id = host.ledgerUrl.replace('vms://', '')
    const { page } = await openExplorer({ url: proxy.origin }, `#/${id}/ledger`)
    await page.getByRole('link', { name: /echo "before"/ }).click()
    await page.getByText('The caller’s signature holds.').waitFor()
    await page.getByText('How this is known').click()
    proxy.drop()
    await page.getByText('Connection lost, trying again…').waitFor()
    await client['echo']?.('meanwhile')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('link', { name: /echo "meanwhile"/ }).waitFor()
    // It would have been closed if the entry had been drawn anew.
    await page.getByText(/they were hashed in this page/).waitFor()
  })

  test('says how long answers took, and who calls what', async () => {
    const many = await Many.make()
    const host = await many.host()
    const { id } = await many.deploy(host, COUNTER, 'Counting')
    const client = await many.connect(host, id)
    for (let i = 0; i < 4; i++) await client['add']?.()
    const { page, wrong } = await openExplorer(host, `#/${id}/activity`)
    await page.getByRole('img', { name: /Calls over time: 4 in all/ }).waitFor()
    await page.getByRole('img', { name: /Time to an answer over time/ }).waitFor()
    await page.getByRole('row', { name: 'add 4' }).waitFor()
    expect(wrong).toEqual([])
  })

  test('is found at /explorer/ where the operator serves a site, and without one too', async () => {
    const many = await Many.make()
    const site = join(many.dir, 'site')
    mkdirSync(site)
    writeFileSync(join(site, 'index.html'), '<!doctype html><title>Ours</title>')
    for (const pages of [{ '/': site }, {}]) {
      const host = await many.host({ pages })
      const { id } = await many.deploy(host, COUNTER, 'Counting')
      await (await many.connect(host, id))['add']?.()
      const { page, wrong } = await openExplorer({ url: `${host.url}/explorer` })
      await page
        .getByRole('link', { name: /Counting/ })
        .first()
        .click()
      await page
        .getByRole('link', { name: /add.*returned/ })
        .first()
        .waitFor()
      expect(new URL(page.url()).pathname).toBe('/explorer/')
      expect(wrong).toEqual([])
      const root = await (await fetch(host.url.replace(/^ws/, 'http'))).text()
      expect(root.includes('<title>Ours</title>')).toBe('/' in pages)
      await (await many.provisioning(host))['remove']?.(id, { purge: true })
      await host.close()
    }
  })

  test('of a service that nobody calls there is nothing to list', async () => {
    const many = await Many.make()
    const host = await many.host()
    const { id } = await many.deploy(host, COUNTER, 'Counting')
    const { page } = await openExplorer(host, `#/${id}/activity`)
    await page.getByText('Nobody has called yet.').waitFor()
    expect(await page.getByRole('table').count()).toBe(0)
  })

  test('works where a host is mounted on a path of another server', async () => {
    const place = await Place.make()
    const server = createServer((_, response) => response.end('theirs'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const host = await place.host('exports.echo = (x) => x', { server, path: '/vms' })
    const client = await place.connect(host)
    await client['echo']?.(1)
    const origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { page, wrong } = await openExplorer({ url: `${origin}/vms` })
    await page.getByRole('link', { name: /echo/ }).click()
    await page.getByRole('link', { name: /echo.*returned/ }).waitFor()
    const bare = await fetch(`${origin.replace('ws', 'http')}/vms`, { redirect: 'manual' })
    expect([bare.status, bare.headers.get('location')]).toEqual([308, 'vms/'])
    expect(wrong).toEqual([])
  })
})
