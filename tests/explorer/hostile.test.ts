/** Whatever a script or a caller writes is shown as text: titles, methods, arguments, errors, names and contents of files. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { chromiumPath } from '../browser/chromium.ts'
import { type AnyRemote, Many } from '../many/many.ts'
import { isTooWide, openExplorer } from './explorer-page.ts'

const TAG = '<img src=x onerror=alert(1)>'
const TITLE = `"><script>alert(2)</script>${TAG}`

const SCRIPT = `
const tag = ${JSON.stringify(TAG)}
exports.init = async () => {
  await System.files.mkdir('/' + tag)
  await System.files.writeFile('/' + tag + '/javascript:alert(3)', '<script>alert(4)</scr' + 'ipt>' + tag)
  await System.files.writeFile('/\\u202Egnp.exe', '\\u202Ehidden')
}
exports[tag] = (value) => value
exports.constructor = () => { throw Object.assign(new Error(tag), { name: tag, code: tag }) }
exports.__proto__ = exports.__proto__
exports.write = async (text) => System.files.writeFile('/' + tag + '/javascript:alert(3)', text)
// </script><script>alert(5)</script>`

/** Elements that only markup could have made. */
const strangers = (page: Page): Promise<number> =>
  page.evaluate("document.querySelectorAll('main img, main script, main iframe, main b').length")

async function served(): Promise<{ url: string; id: string; client: AnyRemote }> {
  const many = await Many.make()
  const host = await many.host()
  const { id } = await many.deploy(host, SCRIPT, TITLE)
  const client = await many.connect(host, id)
  await client.$call(TAG, [{ [TAG]: `</pre>${TAG}`, __proto__: TAG, text: `\u202E${TAG}` }])
  await client.$call('constructor').catch(() => {})
  await client.$call('write', [`</pre>${TAG}\n<script>alert(6)</script>`])
  return { url: host.url, id, client }
}

describe.skipIf(!chromiumPath)('in Chromium', () => {
  test('hostile text stays text, in every part of the page', async () => {
    const { url, id } = await served()
    const { page, wrong } = await openExplorer({ url })
    const look = async (hash: string, ...texts: string[]): Promise<void> => {
      await page.evaluate((place) => {
        ;(globalThis as unknown as { location: { hash: string } }).location.hash = place
      }, hash)
      for (const text of texts) await page.getByText(text).first().waitFor()
      expect(await strangers(page), hash).toBe(0)
      expect(await isTooWide(page), hash).toBe(false)
    }
    const folder = encodeURIComponent(`/${TAG}`)
    const file = encodeURIComponent(`/${TAG}/javascript:alert(3)`)
    await look('#/', TITLE)
    await look(`#/${id}/ledger`, TITLE, TAG)
    const row = page.getByRole('link', { name: /constructor/ })
    const newest = Number(await row.locator('.index').textContent())
    await look(`#/${id}/ledger/${newest - 1}`, 'The caller’s signature holds.', `</pre>${TAG}`)
    await look(`#/${id}/ledger/${newest}`, 'units of work')
    await look(`#/${id}/script`, 'alert(5)')
    await look(`#/${id}/files`, `${TAG}/`, '⟨202E⟩gnp.exe')
    await look(`#/${id}/files/${folder}`, 'javascript:alert(3)')
    await look(`#/${id}/files/${file}`, '<script>alert(6)</script>', '2 versions')
    await page.getByRole('button', { name: 'What changed' }).click()
    await page.getByText('2 lines added, 1 line removed').waitFor()
    expect(await strangers(page)).toBe(0)
    await look(`#/${id}/activity`, TAG)
    await look(`#/${id}/audit`, 'Newest head')
    const links = await page.evaluate(
      "[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))",
    )
    expect((links as string[]).filter((href) => !href.startsWith('#'))).toEqual([])
    expect(wrong).toEqual([])
  })

  test('the policy holds the page to it: no markup from text, no script of others', async () => {
    const many = await Many.make()
    const host = await many.host()
    const { page } = await openExplorer(host)
    const outcome = await page.evaluate(`(() => {
      try {
        document.body.innerHTML = '<b>x</b>'
        return 'done'
      } catch (error) {
        return error.name
      }
    })()`)
    expect(outcome).toBe('TypeError')
    const script = await page.evaluate(`new Promise((resolve) => {
      const element = document.createElement('img')
      element.onerror = () => resolve('refused')
      element.onload = () => resolve('loaded')
      element.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='
      document.body.append(element)
    })`)
    expect(script).toBe('refused')
  })
})
