/// <reference path="../../packages/client/src/types/indexeddb.d.ts" />
/** The client in a real Chromium: the bundle that is published, a real host, and the same checks as on Node. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeReceipt, sodiumCrypto } from '@vms/auditor'
import { verifyReceipt as verifyByFormat } from '@vms/format'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleClient } from '../../scripts/bundle-client.ts'
import { Place } from '../service/place.ts'
import { chromiumPath, complaints, FAR_HOST, visitor } from './chromium.ts'
import { serveSite } from './site.ts'

declare global {
  /** What the page loads. */
  var vms: typeof import('@vms/client')
  var rule: typeof import('@vms/format') & typeof import('@vms/format/web-crypto')
}

type Key = { readonly publicKey: Uint8Array; readonly extractable: boolean }
type Thrown = InstanceType<typeof vms.VmsRemoteError>
type Kept = { readonly privateKey: Parameters<typeof crypto.subtle.exportKey>[1] }

const blank = join(import.meta.dirname, 'pages', 'blank')
const bundle = mkdtempSync(join(tmpdir(), 'vms-bundle-'))

const SCRIPT = `
exports.init = async () => { await System.files.mkdir('/said') }
exports.whoami = () => System.caller.id
exports.say = async (text) => { await System.files.writeFile('/said/' + System.caller.id, text); return text.length }
exports.fail = () => { throw Object.assign(new RangeError('no'), { code: 'ENO' }) }
exports.echo = (value) => value`

beforeAll(async () => {
  await bundleClient(bundle)
})
afterAll(() => rmSync(bundle, { recursive: true }))

/** A page of the site, opened by a new visitor. */
async function openPage(host = 'localhost'): Promise<{ page: Page; wrong: string[] }> {
  const port = await serveSite({ '/': blank, '/vms/': bundle })
  const page = await (await visitor()).newPage()
  const wrong = complaints(page)
  await page.goto(`http://${host}:${port}/`)
  await page.waitForFunction(() => globalThis.vms)
  return { page, wrong }
}

describe.skipIf(!chromiumPath)('in Chromium', () => {
  test('connects, calls, gets receipts that others can check, and hears what a script throws', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const { page, wrong } = await openPage()
    const seen = await page.evaluate(async (url) => {
      const { connect, encodeReceipt, callerId, verifyReceipt } = globalThis.vms
      const remote = await connect(url)
      const { value, receipt } = await remote.$receipt('say', ['hello'])
      const thrown = (await remote.$call('fail').catch((error: unknown) => error)) as Thrown
      const many = await Promise.all(
        Array.from({ length: 50 }, (_, i) => remote.$call('echo', [i])),
      )
      const { publicKey, extractable } = remote.$key as Key
      const { signature, calls } = await verifyReceipt(encodeReceipt(receipt))
      const forged = { ...receipt, signature: receipt.signature.toReversed() }
      const refused = await verifyReceipt(forged).catch((error: Error) => error.message)
      return {
        value,
        receipt: [...encodeReceipt(receipt)],
        checked: [signature, calls[0]?.method, refused],
        who: (await remote.$call('whoami')) as string,
        id: callerId(publicKey),
        extractable,
        thrown: [thrown.name, thrown.message, thrown.code, thrown.constructor.name],
        many,
        native: String(globalThis.Buffer),
      }
    }, host.url)
    expect(seen).toMatchObject({
      value: 5,
      checked: [
        'holds',
        'say',
        "the host's receipt does not hold: the head's signature does not hold",
      ],
      extractable: false,
      thrown: ['RangeError', 'no', 'ENO', 'VmsRemoteError'],
      many: Array.from({ length: 50 }, (_, i) => i),
      native: 'undefined',
    })
    expect(seen.who).toBe(seen.id)
    const claim = verifyByFormat(sodiumCrypto, decodeReceipt(Uint8Array.from(seen.receipt)))
    expect(claim.request.calls[0]?.[0]).toBe('say')
    expect(wrong).toEqual([])
    await host.close()
    expect(await place.audit()).toMatchObject({ verdict: 'verified' })
  })

  test('the key pair is kept for the origin, in every tab, and cannot be read', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const { page } = await openPage()
    const who = (tab: Page): Promise<string> =>
      tab.evaluate(async (url) => {
        const { connect } = globalThis.vms
        return (await (await connect(url)).$call('whoami')) as string
      }, host.url)
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.waitForFunction(() => globalThis.vms)
    // Both at once: whoever is second takes the key pair of the first.
    const [first, second] = await Promise.all([who(page), who(other)])
    expect(first).toBe(second)
    await page.reload()
    await page.waitForFunction(() => globalThis.vms)
    expect(await who(page)).toBe(first)
    const kept = await page.evaluate(async () => {
      const { loadKeyPair } = globalThis.vms
      await loadKeyPair('another')
      const after = <T>(asked: { result: T; onsuccess: (() => void) | null }): Promise<T> =>
        new Promise((resolve) => {
          asked.onsuccess = () => resolve(asked.result)
        })
      const database = await after(indexedDB.open('vms', 1))
      const keys = database.transaction('keys', 'readonly').objectStore('keys')
      const all = await Promise.all([
        after(keys.get<Kept>('default')),
        after(keys.get<Kept>('another')),
      ])
      return await Promise.all(
        all.map((kept) =>
          crypto.subtle
            .exportKey('pkcs8', (kept as Kept).privateKey)
            .catch((error: Error) => error.name),
        ),
      )
    })
    expect(kept).toEqual(['InvalidAccessError', 'InvalidAccessError'])
  })

  test('works on plain http from another machine, with a key that it says is extractable', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const { page, wrong } = await openPage(FAR_HOST)
    const call = (): Promise<{ subtle: string; extractable: boolean; who: string; id: string }> =>
      page.evaluate(async (url) => {
        const { connect, callerId } = globalThis.vms
        const remote = await connect(url)
        return {
          subtle: typeof crypto.subtle,
          extractable: (remote.$key as Key).extractable,
          who: (await remote.$call('whoami')) as string,
          id: callerId((remote.$key as Key).publicKey),
        }
      }, host.url)
    const first = await call()
    expect(first).toMatchObject({ subtle: 'undefined', extractable: true, who: first.id })
    await page.reload()
    await page.waitForFunction(() => globalThis.vms)
    expect(await call()).toEqual(first)
    expect(wrong).toEqual([])
  })

  test.each([
    ['what checks', 'localhost', /\/verifier-[^/]*\.js$/, /cannot be loaded/],
    ['the second Ed25519', FAR_HOST, /\/noble-ed25519\.js$/, /noble-ed25519/],
  ])(
    '%s is loaded again where it could not be had, without loading the page again',
    async (_, name, file, said) => {
      const place = await Place.make()
      const host = await place.host(SCRIPT)
      const { page } = await openPage(name)
      let isOffline = true
      const asked: string[] = []
      await page.route(
        ({ pathname }) => file.test(pathname),
        async (route) => {
          asked.push(new URL(route.request().url()).search)
          if (isOffline) await route.abort('internetdisconnected')
          else await route.continue()
        },
      )
      const call = (): Promise<unknown> =>
        page.evaluate(async (url) => {
          const { connect } = globalThis.vms
          try {
            const remote = await connect(url)
            const value = await remote.$call('echo', [7])
            const { findings } = await remote.$ledger.audit()
            return [value, findings]
          } catch (error) {
            return String(error)
          }
        }, host.url)
      expect(await call()).toMatch(said)
      expect(await call()).toMatch(said)
      isOffline = false
      expect(await call()).toEqual([7, []])
      expect(await call()).toEqual([7, []])
      expect(asked).toEqual(['', '?1', '?2'])
    },
  )

  describe.each(['localhost', FAR_HOST])('the signature rule, on %s', (name) => {
    test('is the one of the vectors', async () => {
      await build({
        entryPoints: [join(import.meta.dirname, 'pages', 'rule.ts')],
        bundle: true,
        splitting: true,
        format: 'esm',
        platform: 'browser',
        outdir: bundle,
      })
      const vectors = readFileSync(
        join(import.meta.dirname, '../../vectors/signatures.json'),
        'utf8',
      )
      const { page } = await openPage(name)
      await page.addScriptTag({ type: 'module', url: '/vms/rule.js' })
      await page.waitForFunction(() => globalThis.rule)
      const wrong = await page.evaluate(async (text) => {
        const { webChecker, fromHex } = globalThis.rule
        const { cases } = JSON.parse(text)
        const answers = []
        for (const { name: what, message, signature, publicKey, valid } of cases) {
          const answer = await webChecker.verify(
            fromHex(message),
            fromHex(signature),
            fromHex(publicKey),
          )
          if (answer !== valid) answers.push(what)
        }
        return { answers, count: cases.length }
      }, vectors)
      expect(wrong).toEqual({ answers: [], count: expect.any(Number) })
      expect(wrong.count).toBeGreaterThan(60)
    })
  })
})
