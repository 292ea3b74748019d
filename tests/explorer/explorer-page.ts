/** The explorer in a real Chromium, opened on a host of many services. */
import type { HostOfMany } from '@vms/host'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { complaints, visitor } from '../browser/chromium.ts'

export interface Opened {
  readonly page: Page
  /** Errors that nobody caught, violations of the policy among them. */
  readonly wrong: readonly string[]
}

/** Opens the page at a place of it. At the end of the test nothing may have gone to another origin. */
export async function openExplorer(
  host: Pick<HostOfMany, 'url'>,
  hash = '',
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const page = await (await visitor(options)).newPage()
  const wrong = complaints(page)
  const base = host.url.replace(/^ws/, 'http')
  const { origin } = new URL(base)
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) elsewhere.push(request.url())
  })
  onTestFinished(() => expect(elsewhere).toEqual([]))
  // Whatever would become of text that was taken for markup.
  page.on('dialog', async (dialog) => {
    elsewhere.push(`dialog ${dialog.message()}`)
    await dialog.dismiss()
  })
  await page.goto(`${base}/${hash}`)
  return { page, wrong }
}

/** Text of what has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate("(document.activeElement?.innerText ?? '').replace(/\\s+/g, ' ')")

/** Whether the page is wider than the window. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > innerWidth')
