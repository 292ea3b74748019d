/** `vms types`: the same declarations from a script and from the host that serves it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

test('from a file, and from a running host', async () => {
  const place = makeWorkplace()
  const script = place.example('rsvp.js')
  const printed = await vms(place, ['types', script])
  expect(printed).toMatchObject({ code: 0, stderr: '' })
  const signature = 'declare function RSVP(isAttending: boolean, reason?: string): Promise<Answer>'
  expect(printed.stdout).toContain(signature)
  const { url } = await execHost(place, script)
  expect(await vms(place, ['types', url, '-o', 'out.d.ts'])).toMatchObject({ code: 0, stdout: '' })
  const body = (text: string): string => text.slice(text.indexOf('\n')).trim()
  expect(body(readFileSync(join(place.path, 'out.d.ts'), 'utf8'))).toBe(body(printed.stdout))
  expect(await vms(place, ['types', 'missing.js'])).toMatchObject({ code: 2 })
})

test('of an upgraded service, from the script in effect', async () => {
  const place = makeWorkplace()
  place.write('v1.js', 'exports.half = (n) => n / 2')
  place.write('v2.js', '/** @param {number} n */\nexports.half = (n) => n / 2')
  const id = (await vms(place, ['key'])).stdout.trim()
  const { url } = await execHost(place, 'v1.js', ['--no-swarm', '--upgrade-by', id])
  expect((await vms(place, ['types', url])).stdout).toContain('half(n: unknown)')
  expect(await vms(place, ['upgrade', url, 'v2.js'])).toMatchObject({ code: 0 })
  expect(await vms(place, ['call', url, 'half', '4'])).toMatchObject({ code: 0 })
  expect((await vms(place, ['types', url])).stdout).toContain('half(n: number)')
})

test('of a script whose words would steer a terminal or an editor', async () => {
  const place = makeWorkplace()
  place.write(
    'steering.js',
    `/** \u001b]0;owned\u0007 one\u2028steal()\u202e -*- eval: (x) -*-\n * vim: set modeline:\n * @param {string} ex */
exports.one = (ex) => ex
exports['\\u001b[2J\\u202e'] = () => 1
// vim: set fde=system('id'):
`,
  )
  const { code, stdout } = await vms(place, ['types', 'steering.js'])
  expect(code).toBe(0)
  expect(stdout).not.toMatch(/[^\P{Cc}\n]|[\u2028-\u202e]/u)
  expect(stdout).not.toMatch(/vim:|-\*-/)
  // What it declares is what there is.
  expect(stdout).toContain('as "\\u001b[2J\\u202e"')
})
