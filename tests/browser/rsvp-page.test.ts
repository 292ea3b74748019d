/** The page of the example in a real Chromium: two guests, what one does the other sees, and what is wrong is said. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '@vms/host'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleClient } from '../../scripts/bundle-client.ts'
import { Place } from '../service/place.ts'
import { chromiumPath, complaints, visitor } from './chromium.ts'

const examples = join(import.meta.dirname, '..', '..', 'examples')
const bundle = mkdtempSync(join(tmpdir(), 'vms-bundle-'))
const SCRIPT = readFileSync(join(examples, 'rsvp.js'), 'utf8')

/** Where screenshots go that a person wants to look at; none are made otherwise. */
const screenshots = process.env['VMS_SCREENSHOTS']

beforeAll(async () => {
  await bundleClient(bundle)
})
afterAll(() => rmSync(bundle, { recursive: true }))

const serve = (place: Place, port = 0): Promise<Host> =>
  place.host(SCRIPT, { port, pages: { '/': join(examples, 'rsvp-page'), '/vms/': bundle } })

async function open(
  host: Host,
  options: Parameters<typeof visitor>[0] = {},
): Promise<{ page: Page; wrong: string[] }> {
  const page = await (await visitor(options)).newPage()
  const wrong = complaints(page)
  await page.goto(host.url.replace(/^ws/, 'http'))
  return { page, wrong }
}

const connected = (page: Page) => page.locator('#status[data-state=connected]').waitFor()
const guests = (page: Page) => page.locator('#guests li')

async function shoot(page: Page, name: string): Promise<void> {
  if (!screenshots) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}

describe.skipIf(!chromiumPath)('the page of an event', () => {
  test('shows each answer in every browser as it comes, with its entry, and as text', async () => {
    const place = await Place.make()
    const host = await serve(place)
    const first = await open(host, { viewport: { width: 1280, height: 900 } })
    const second = await open(host, {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      deviceScaleFactor: 2,
    })
    await connected(first.page)
    await connected(second.page)
    await first.page.locator('#count', { hasText: 'Nobody' }).waitFor()
    // By keyboard alone.
    await first.page.locator('#reason').focus()
    await first.page.keyboard.type('I bring <b>cake</b> & "tea"')
    await first.page.keyboard.press('Tab')
    await first.page.keyboard.press('Enter')
    await first.page.locator('#said', { hasText: 'See you there' }).waitFor()
    for (const { page } of [first, second]) {
      await page.locator('#guests .proof[data-holds=yes]').waitFor()
      expect(await guests(page).count()).toBe(1)
      expect(await page.locator('.reason').textContent()).toBe('I bring <b>cake</b> & "tea"')
      expect(await page.locator('.reason b').count()).toBe(0)
      expect(await page.locator('.reason').getAttribute('dir')).toBe('auto')
      expect(await page.locator('.proof').textContent()).toContain('entry 3, signed by the guest')
    }
    await second.page.locator('#reason').fill('On holiday, alas')
    await second.page.locator('button[value=no]').click()
    await first.page.locator('#count', { hasText: '1 of 2 guests will come.' }).waitFor()
    expect(await first.page.locator('.who', { hasText: '(you)' }).count()).toBe(1)
    expect(await first.page.locator('#guests [data-holds=yes]').count()).toBe(2)
    // Another answer takes the place of the first.
    await second.page.locator('button[value=yes]').click()
    await first.page.locator('#count', { hasText: '2 of 2 guests will come.' }).waitFor()
    await first.page.locator('.proof', { hasText: 'entry 5' }).waitFor()
    await shoot(first.page, 'rsvp-wide-light')
    await shoot(second.page, 'rsvp-phone-dark')
    await first.page.emulateMedia({ colorScheme: 'dark' })
    await second.page.emulateMedia({ colorScheme: 'light' })
    await shoot(first.page, 'rsvp-wide-dark')
    await shoot(second.page, 'rsvp-phone-light')
    const width = await second.page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
    expect(width).toEqual([390, 390])
    expect([...first.wrong, ...second.wrong]).toEqual([])
    await host.close()
    expect(await place.audit()).toMatchObject({ verdict: 'verified' })
  })

  test('says that the host is gone, keeps what is sent meanwhile, and goes on when it is back', async () => {
    const place = await Place.make()
    const host = await serve(place)
    const { page } = await open(host)
    await connected(page)
    await host.close()
    await page.locator('#status[data-state=waiting]', { hasText: 'Trying again' }).waitFor()
    await shoot(page, 'rsvp-reconnecting')
    await page.locator('button[value=yes]').click()
    await serve(place, host.port)
    await connected(page)
    await page.locator('#guests .proof[data-holds=yes]').waitFor({ timeout: 30_000 })
    expect(await page.locator('#count').textContent()).toBe('1 of 1 guest will come.')
  })

  test('is served with a policy that lets nothing of others in, and nothing outside its folder', async () => {
    const place = await Place.make()
    const host = await serve(place)
    const origin = host.url.replace(/^ws/, 'http')
    const index = await fetch(`${origin}/`)
    expect(index.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(index.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await (await fetch(`${origin}/vms/client.js`)).text()).toContain('export{')
    for (const path of [
      '/../rsvp.js',
      '/%2e%2e/rsvp.js',
      '/..%2frsvp.js',
      '/.hidden',
      '/vms/',
      '/missing',
      '/%',
      '/a\\b',
      '/%00',
    ]) {
      expect((await fetch(`${origin}${path}`)).status, path).toBe(404)
    }
    expect((await fetch(`${origin}/`, { method: 'POST' })).status).toBe(405)
  })
})
