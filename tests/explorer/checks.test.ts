/** The checks that the page makes: of an honest host, of what somebody altered on its way, and of a host that lies. */
import type { HostFrame } from '@vms/rpc'
import { describe, expect, test } from 'vitest'
import { chromiumPath, FAR_HOST } from '../browser/chromium.ts'
import { startProxy } from '../browser/tampering-proxy.ts'
import { Liar } from '../lies/liar.ts'
import { COUNTER, Many } from '../many/many.ts'
import { Place } from '../service/place.ts'
import { openExplorer } from './explorer-page.ts'

/** One bit of one block, of a core of the service. */
const flipped = (frame: HostFrame): HostFrame => {
  if (frame[0] !== 'blocks') return frame
  const [kind, id, proven] = frame
  const blocks = proven.blocks.map((block, i) => {
    if (i < proven.blocks.length - 1) return block
    const copy = Uint8Array.from(block)
    const at = Math.floor(copy.length / 2)
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy
  })
  return [kind, id, { ...proven, blocks }]
}

/** Another signature under a head. */
const resigned = (frame: HostFrame): HostFrame =>
  frame[0] === 'hello'
    ? ['hello', { ...frame[1], head: { ...frame[1].head, signature: new Uint8Array(64).fill(9) } }]
    : frame

async function served(): Promise<{ url: string; id: string; many: Many }> {
  const many = await Many.make()
  const host = await many.host({ publicHosts: [FAR_HOST] })
  const { id } = await many.deploy(host, COUNTER, 'Counting')
  const client = await many.connect(host, id)
  for (let i = 0; i < 5; i++) await client['add']?.()
  return { url: host.url, id, many }
}

describe.skipIf(!chromiumPath)('in Chromium', () => {
  test('an honest ledger passes, and says what was looked at', async () => {
    const { url, id } = await served()
    const { page, wrong } = await openExplorer({ url }, `#/${id}/audit`)
    await page.getByRole('button', { name: 'Check the whole ledger' }).click()
    await page.getByText('Nothing is wrong.').waitFor()
    await page.getByText(/with 5 requests and 5 signatures/).waitFor()
    expect(wrong).toEqual([])
  })

  test('it passes as well where the browser has no Ed25519 for the page', async () => {
    const { url, id } = await served()
    const far = url.replace(/\/\/[^:]+/, `//${FAR_HOST}`)
    const { page, wrong } = await openExplorer({ url: far }, `#/${id}/audit`)
    expect(await page.evaluate('typeof crypto.subtle')).toBe('undefined')
    await page.getByRole('button', { name: 'Check the whole ledger' }).click()
    await page.getByText('Nothing is wrong.').waitFor()
    expect(wrong).toEqual([])
  })

  test('an entry that was altered on its way is found by the check', async () => {
    const { url, id } = await served()
    const proxy = await startProxy(url)
    const { page } = await openExplorer({ url: proxy.origin }, `#/${id}/audit`)
    const button = page.getByRole('button', { name: 'Check the whole ledger' })
    await button.waitFor()
    proxy.tamper = flipped
    await button.click()
    await page.getByText('What the host says does not hold.').waitFor()
    await page.getByText(/are not under the head of/).waitFor()
    await page.getByText('Refused', { exact: true }).waitFor()
  })

  test('so is a file, and a head that the ledger did not sign', async () => {
    const { url, id } = await served()
    const proxy = await startProxy(url)
    const { page } = await openExplorer({ url: proxy.origin }, `#/${id}/files`)
    await page.getByRole('link', { name: /count/ }).waitFor()
    proxy.tamper = flipped
    await page.getByRole('link', { name: /count/ }).click()
    await page.getByText('What the host says does not hold.').waitFor()
    proxy.tamper = resigned
    await page.reload()
    await page.getByText(/the signature of the head/).waitFor()
  })

  test('a host that lies with the right keys is told by the entry', async () => {
    const place = await Place.make()
    const liar = new Liar()
    const host = await place.host(COUNTER, { ports: liar.ports })
    const guest = await place.connect(host)
    const { receipt } = await guest.$receipt('add', [])
    liar.tell({
      group: (group) => ({
        ...group,
        entries: group.entries.map((entry) =>
          entry.type === 'calls' ? { ...entry, signature: new Uint8Array(64).fill(7) } : entry,
        ),
      }),
    })
    await guest['add']?.().catch(() => {})
    liar.repent()
    const id = host.ledgerUrl.replace('vms://', '')
    const { page } = await openExplorer(host, `#/${id}/audit`)
    await page.getByRole('button', { name: 'Check the whole ledger' }).click()
    await page.getByText('its caller did not sign this request').waitFor()
    await page.getByRole('link', { name: `Entry ${receipt.index + 1}`, exact: true }).click()
    await page.getByText('The caller’s signature does not hold.').waitFor()
  })
})
