/** Attempts to escape: none gets hold of anything, and none changes what the next call does. */
import { describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'
import { attempts } from './attempts.ts'

/** What a stolen thing may be: what every script has anyway. */
const script = (body: string) => `
const booty = []
const known = new Set([undefined, null, true, false, '', 0, 1])
const steal = (value) => {
  if (known.has(value) || typeof value === 'string' || typeof value === 'number') return
  if ((typeof value === 'object' || typeof value === 'function') && value !== globalThis && Object.isFrozen(value)) return
  booty.push(typeof value)
}
exports.attempt = async function () { ${body} }
exports.booty = () => booty
exports.probe = async (x) => {
  await System.files.writeFile('/probe', 'text ' + x)
  const read = await System.files.readFile('/probe')
  const bytes = await System.files.readFile('/probe', 'binary')
  const error = await System.files.readFile('/none').catch((error) => [error.name, error.code])
  const thrown = (() => { try { null.x } catch (e) { return [e.name, e.message, e.stack] } })()
  return {
    read, bytes: [...bytes], error, thrown, caller: System.caller.id, now: Date.now(), at: String(new Date(0)),
    random: Math.random(), names: await System.files.readdir('/'), sorted: [3, 1, 2].sort(), later: await new Promise((done) => setTimeout(done, 3, 'later')),
    json: JSON.stringify({ a: [1, { b: 2 }] }), map: [...new Map([[1, 2]])], text: new TextDecoder().decode(new TextEncoder().encode('é')),
  }
}
`

describe('attempts to escape', () => {
  it('are at least thirty', () => {
    expect(Object.keys(attempts).length).toBeGreaterThanOrEqual(30)
  })

  it('would be noticed', async () => {
    const bench = await Bench.booted(script('steal({ host: 1 })'))
    await bench.call('attempt')
    expect(await bench.call('booty')).toEqual(['object'])
    await bench.close()
  })

  it.each(Object.entries(attempts))('by %s come to nothing', async (_name, body) => {
    const bench = await Bench.booted(script(body))
    bench.position = 10
    const before = await bench.call('probe', 1)
    for (let i = 0; i < 2; i++) {
      const { stop } = await bench.run(['attempt'])
      expect(stop).toBeNull()
    }
    expect(await bench.call('booty')).toEqual([])
    bench.position = 10
    expect(await bench.call('probe', 1)).toEqual(before)
    await bench.close()
  })
})
