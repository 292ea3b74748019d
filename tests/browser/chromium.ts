/**
 * A real Chromium, as a distribution installs it. A test that needs one does not run where there is none, which CI counts
 * as a failure.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

/** Names under which it is installed, in the order of preference. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** A name that leads to this machine without being a secure context, as another machine's plain http address is not. */
export const FAR_HOST = 'far.test'

/** The program; undefined if none is installed. VMS_CHROMIUM names one elsewhere. */
export const chromiumPath: string | undefined =
  process.env['VMS_CHROMIUM'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path))

/** One for all test files of a worker; it ends with the worker. */
let browser: Promise<Browser> | null = null

const launched = (): Promise<Browser> => {
  browser ??= chromium.launch({
    executablePath: chromiumPath as string,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${FAR_HOST} 127.0.0.1`],
    // Tests of the same worker send signals to themselves.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
  return browser
}

/** A visitor: what one keeps, another does not see. */
export async function visitor(
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const context = await (await launched()).newContext(options)
  onTestFinished(() => context.close())
  return context
}

/** What a page complained about: errors nobody caught, and what it wrote to the console as an error. */
export function complaints(page: Page): string[] {
  const found: string[] = []
  page.on('pageerror', (error) => found.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(message.text())
  })
  return found
}
