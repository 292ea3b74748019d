/** Verbs that download from a host, or replay what it recorded, end at budgets of their own, and name the flag. */
import { expect, test } from 'vitest'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { execHost } from '../harness/vms-host.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace } from '../harness/workplace.ts'

const SCRIPT = `
exports.put = async (n) => { await System.files.writeFile('/big', new Uint8Array(n).fill(7)) }
exports.count = (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum }
`

async function served() {
  const place = makeWorkplace()
  place.write('big.js', SCRIPT)
  const host = await execHost(place, 'big.js', ['--no-swarm'])
  await vms(place, ['call', host.url, 'put', '400000'])
  await vms(place, ['call', host.url, 'count', '100000'])
  const ended = async (args: readonly string[], flag: string) => {
    const finished = await vms(place, args)
    expect({ args, ...finished }).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('[ERR_VMS_BUDGET_EXCEEDED]'),
    })
    expect(finished.stderr).toContain(`a larger ${flag} lets it go on`)
    expect(finished.stderr).not.toMatch(/unexpected:|do not trust/)
  }
  // Through this proxy each answer takes longer than a second.
  const { address: slow } = await TcpProxy.start(Number(new URL(host.url).port), {
    bytesPerSecond: 256,
  })
  return { place, url: host.url, slow, ended }
}

test('vms files downloads no more than it may, and ends at its deadline', async () => {
  const { place, url, slow, ended } = await served()
  await ended(['files', 'cat', url, '/big', '--max-download', '100KiB'], '--max-download')
  await ended(['files', 'get', url, '/', './copy', '--max-download', '100KiB'], '--max-download')
  await ended(['files', 'ls', slow, '--deadline', '1s'], '--deadline')
  const got = await vms(place, ['files', 'cat', url, '/big', '--max-download', '1MiB'])
  expect(got.code).toBe(0)
  expect(got.stdout).toHaveLength(400_000)
})

test('vms upgrade --check has the budgets of an audit', async () => {
  const { place, url, slow, ended } = await served()
  const check = ['upgrade', url, 'big.js', '--check']
  await ended([...check, '--max-fuel', '10000'], '--max-fuel')
  await ended([...check, '--max-call-fuel', '10000'], '--max-call-fuel')
  await ended([...check, '--max-written', '100KiB'], '--max-written')
  await ended([...check, '--max-download', '1KiB'], '--max-download')
  await ended(['upgrade', slow, 'big.js', '--check', '--deadline', '1s'], '--deadline')
  expect((await vms(place, check)).code).toBe(0)
  const upgrade = await vms(place, ['upgrade', url, 'big.js', '--max-fuel', '1'])
  expect(upgrade).toMatchObject({ code: 2, stderr: expect.stringContaining('--check') })
})
