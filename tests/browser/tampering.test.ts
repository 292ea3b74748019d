/** Whoever stands between a page and its host and alters what passes is found out, and the page says why. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeValue } from '@vms/format'
import type { CoreName, HostFrame } from '@vms/rpc'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withTail } from '../../packages/client/test/altered-reply.ts'
import { bundleClient } from '../../scripts/bundle-client.ts'
import { testInTurn } from '../harness/in-turn.ts'
import { Place } from '../service/place.ts'
import { chromiumPath, visitor } from './chromium.ts'
import { startProxy, type Tamper, type TamperingProxy } from './tampering-proxy.ts'

const examples = join(import.meta.dirname, '..', '..', 'examples')
const bundle = mkdtempSync(join(tmpdir(), 'vms-bundle-'))
const screenshots = process.env['VMS_SCREENSHOTS']

beforeAll(async () => {
  await bundleClient(bundle)
})
afterAll(() => rmSync(bundle, { recursive: true }))

const flip = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))

/** Alters the first block of each answer about one core. */
const altersBlocksOf =
  (core: CoreName): Tamper =>
  (frame, asked) => {
    if (frame[0] !== 'blocks' || asked?.[0] !== 'blocks' || asked[2] !== core) return frame
    const [first, ...rest] = frame[2].blocks
    return first ? ['blocks', frame[1], { ...frame[2], blocks: [flip(first), ...rest] }] : frame
  }

const altersResult: Tamper = (frame) => {
  if (frame[0] !== 'reply') return frame
  const altered = withTail(frame[2], ({ outcomes }) => ({
    outcomes: outcomes.map((outcome) => ({ ...outcome, value: encodeValue('yes!') })),
  }))
  return ['reply', frame[1], altered]
}

const altersHead: Tamper = (frame) =>
  frame[0] === 'head' ? ['head', { ...frame[1], signature: flip(frame[1].signature) }] : frame

const altersTree: Tamper = (frame) => {
  if (frame[0] !== 'head') return frame
  const nodes = frame[1].nodes.map((node) => ({ ...node, hash: flip(node.hash) }))
  return ['head', { ...frame[1], nodes }]
}

/** A guest's page through a proxy, connected, with one answer that was checked. */
async function openThroughProxy(): Promise<{
  page: Page
  proxy: TamperingProxy
  hellos: HostFrame[]
}> {
  const place = await Place.make()
  const host = await place.host(readFileSync(join(examples, 'rsvp.js'), 'utf8'), {
    pages: { '/': join(examples, 'rsvp-page'), '/vms/': bundle },
  })
  const proxy = await startProxy(host.url)
  const hellos: HostFrame[] = []
  proxy.tamper = (frame) => {
    if (frame[0] === 'hello') hellos.push(frame)
    return frame
  }
  const page = await (await visitor()).newPage()
  await page.goto(proxy.origin)
  await page.locator('button[value=yes]:enabled').click()
  await page.locator('#guests .proof[data-holds=yes]').waitFor()
  expect(await page.locator('#alarm').isVisible()).toBe(false)
  return { page, proxy, hellos }
}

/** What the page says once it trusts its host no more. */
async function alarm(page: Page): Promise<string> {
  await page.locator('#alarm').waitFor({ state: 'visible' })
  await page.locator('#status[data-state=ended]').waitFor()
  expect(await page.locator('button:enabled').count()).toBe(0)
  return (await page.locator('#alarm').textContent()) ?? ''
}

describe.skipIf(!chromiumPath)('the page refuses', () => {
  testInTurn(3).each<[string, Tamper, RegExp]>([
    [
      "a file's bytes that were altered",
      altersBlocksOf('blobs'),
      /files does not hold: blocks .* are not under/,
    ],
    [
      "the files' tree, altered",
      altersBlocksOf('db'),
      /files does not hold: blocks .* are not under/,
    ],
    [
      'an entry that was altered',
      altersBlocksOf('log'),
      /entries does not hold: blocks .* are not under/,
    ],
    [
      'a result that was altered',
      altersResult,
      /reply does not hold: entry \d+ is not under the head/,
    ],
    ['a head with another signature', altersHead, /head does not hold: the signature of the head/],
    ['a head of another tree', altersTree, /head does not hold: the signature of the head/],
  ])('%s', async (name, tamper, reason) => {
    const { page, proxy } = await openThroughProxy()
    proxy.tamper = tamper
    await page.locator('#reason').fill('a word')
    await page.locator('button[value=no]').click()
    const said = await alarm(page)
    expect(said).toMatch(/^Do not trust this host: /)
    expect(said).toMatch(reason)
    // What was shown before is still what was checked.
    expect(await page.locator('#guests [data-holds=yes]').count()).toBe(1)
    if (screenshots && name.startsWith('a result')) {
      mkdirSync(screenshots, { recursive: true })
      await page.screenshot({ path: join(screenshots, 'rsvp-tampered.png'), fullPage: true })
    }
  })

  test('an old head, signed as it is, that is replayed', async () => {
    const { page, proxy, hellos } = await openThroughProxy()
    const [old] = hellos as [HostFrame]
    proxy.tamper = (frame) => (frame[0] === 'hello' ? old : frame)
    proxy.drop()
    expect(await alarm(page)).toMatch(/history does not hold: it has 3 entries, and had 4 before/)
  })

  test('nothing of an honest host, through the same proxy', async () => {
    const { page, proxy } = await openThroughProxy()
    proxy.drop()
    await page.locator('#status[data-state=connected]').waitFor()
    await page.locator('button[value=no]').click()
    await page.locator('#guests li[data-coming=no] .proof[data-holds=yes]').waitFor()
    expect(await page.locator('#alarm').isVisible()).toBe(false)
  })
})
