/**
 * Links and computers that are bad without anybody lying: cut, slow, silent, short of memory or disk, ended in the middle. Each
 * audit comes to the truth, in one run or in several, and accuses nobody.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditReport } from '@vms/auditor'
import type { Host, HostOptions } from '@vms/host'
import { expect } from 'vitest'
import { testInTurn } from '../harness/in-turn.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startVms } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'
import { Place } from '../service/place.ts'

const test = testInTurn(4)

const KiB = 1024
const MiB = KiB ** 2

/** Gives back text, and keeps some of it in a file. */
const SCRIPT = `
exports.say = (bytes) => 'x'.repeat(bytes)
exports.keep = (name, bytes) => System.files.writeFile('/' + name, 'y'.repeat(bytes))`

/** So that a silence is noticed soon. */
const SOON = ['--max-silence', '3s']

/** A host with so many entries of so many bytes, and a file. */
async function hostOf(entries: number, bytes: number, options: Partial<HostOptions> = {}) {
  const place = await Place.make()
  const host = await place.host(SCRIPT, options)
  const client = await place.connect(host)
  for (let i = 0; i < entries; i++) await client.$call('say', [bytes])
  await client.$call('keep', ['file', 40_000])
  return { place, host }
}

const portOf = ({ url }: Host): number => Number(new URL(url).port)

async function audited(place: Workplace, args: readonly string[]) {
  const { code, stdout, stderr } = await vms(place, ['verify', ...args, '--json'])
  if (stdout === '') throw new Error(stderr)
  return { code, report: JSON.parse(stdout) as AuditReport & { error?: { code: string } } }
}

const VERIFIED = { code: 0, report: { verdict: 'verified', findings: [], contents: 'all' } }

test('a proxy that cuts each connection after some bytes', async () => {
  const { host } = await hostOf(40, 10_000)
  const proxy = await TcpProxy.start(portOf(host), { cutAfter: 100 * KiB })
  expect(await audited(makeWorkplace(), [proxy.address])).toMatchObject(VERIFIED)
  expect(proxy.connections).toBeGreaterThan(4)
})

test('a link that falls silent and is still there', async () => {
  const { host } = await hostOf(20, 20_000)
  const proxy = await TcpProxy.start(portOf(host), { silentAfter: 150 * KiB })
  const audit = audited(makeWorkplace(), [proxy.address, ...SOON])
  await sleep(1_000)
  proxy.become({})
  expect(await audit).toMatchObject(VERIFIED)
})

test('a link that is slow, above the least rate, with a block that takes longer than a silence may', async () => {
  const { host } = await hostOf(1, 300_000)
  const proxy = await TcpProxy.start(portOf(host), { bytesPerSecond: 40 * KiB })
  const args = [proxy.address, '--max-silence', '2s', '--min-rate', '16KiB']
  expect(await audited(makeWorkplace(), args)).toMatchObject(VERIFIED)
})

test('a host that restarts while it is audited', async () => {
  const { place, host } = await hostOf(40, 10_000)
  const proxy = await TcpProxy.start(portOf(host), { bytesPerSecond: 200 * KiB })
  const audit = audited(makeWorkplace(), [proxy.address])
  while (proxy.carried < 100 * KiB) await sleep(20)
  await host.close()
  const again = await place.host(SCRIPT)
  proxy.port = portOf(again)
  expect(await audit).toMatchObject(VERIFIED)
})

test('an auditor that is killed again and again goes on where it was', async () => {
  const { host } = await hostOf(40, 20_000)
  const place = makeWorkplace()
  const proxy = await TcpProxy.start(portOf(host), { bytesPerSecond: 400 * KiB })
  const args = ['verify', proxy.address, '--dir', join(place.path, 'kept'), '--json']
  for (let kill = 1; kill <= 3; kill++) {
    const running = startVms(place, args)
    while (proxy.carried < kill * 150 * KiB && running.child.exitCode === null) await sleep(20)
    await running.finished('SIGKILL')
  }
  const before = proxy.carried
  const { code } = await startVms(place, args).finished()
  expect(code).toBe(0)
  // What had arrived did not come again.
  expect(proxy.carried - before).toBeLessThan(700 * KiB)
})

test('a link that is always cut before the end makes progress with --dir', async () => {
  const { host } = await hostOf(40, 20_000)
  const place = makeWorkplace()
  const dir = ['--dir', join(place.path, 'kept')]
  const proxy = await TcpProxy.start(portOf(host))
  // Each run may download some, and is then at the end of its budget.
  for (let run = 0; run < 2; run++) {
    const ended = await audited(place, [proxy.address, ...dir, '--max-download', '300KiB'])
    expect(ended).toMatchObject({
      code: 3,
      report: {
        verdict: 'incomplete',
        findings: [{ code: 'BUDGET_EXCEEDED', part: 'downloadBytes' }],
      },
    })
  }
  expect(await audited(place, [proxy.address, ...dir, '--max-download', '600KiB'])).toMatchObject(
    VERIFIED,
  )
})

test('two auditors at once, each with a directory of its own', async () => {
  const { host } = await hostOf(20, 10_000)
  const proxy = await TcpProxy.start(portOf(host), { cutAfter: 150 * KiB })
  const place = makeWorkplace()
  const both = ['one', 'two'].map((name) =>
    audited(place, [proxy.address, '--dir', join(place.path, name)]),
  )
  for (const each of await Promise.all(both)) expect(each).toMatchObject(VERIFIED)
})

test('a second auditor at the directory of the first is told so', async () => {
  const { host } = await hostOf(40, 20_000)
  const place = makeWorkplace()
  const proxy = await TcpProxy.start(portOf(host), { bytesPerSecond: 200 * KiB })
  const dir = ['--dir', join(place.path, 'one')]
  const first = audited(place, [proxy.address, ...dir])
  while (proxy.carried < 100 * KiB) await sleep(20)
  const second = await audited(place, [proxy.address, ...dir])
  expect(second).toMatchObject({ code: 3, report: { error: { code: 'ERR_VMS_LEDGER_LOCKED' } } })
  expect(await first).toMatchObject(VERIFIED)
})

test('a host that goes away for good', async () => {
  const { host } = await hostOf(40, 20_000)
  const proxy = await TcpProxy.start(portOf(host), { bytesPerSecond: 200 * KiB })
  const audit = audited(makeWorkplace(), [proxy.address, ...SOON])
  while (proxy.carried < 100 * KiB) await sleep(20)
  proxy.close()
  const { code, report } = await audit
  expect({ code, verdict: report.verdict, findings: report.findings }).toEqual({
    code: 3,
    verdict: 'incomplete',
    findings: [],
  })
  expect(report.error?.code).toBe('ERR_VMS_UNREACHABLE')
})

/** MiB that a whole auditor takes, with its runtime and its database; without a machine's process. */
const AUDITOR_MIB = 420

test('ten entries of 6 MiB take no more memory than one or two', async () => {
  const { host } = await hostOf(10, 6 * MiB, {
    machineLimits: { resultBytes: 6 * MiB + KiB, requestResultBytes: 6 * MiB + KiB },
  })
  const running = startVms(makeWorkplace(), ['verify', host.url, '--json'])
  let most = 0
  const { pid } = running.child
  while (running.child.exitCode === null) {
    most = Math.max(most, peakMiB(pid as number))
    await sleep(20)
  }
  const { code, stdout } = await running.finished()
  expect({ code, report: JSON.parse(stdout) }).toMatchObject(VERIFIED)
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(AUDITOR_MIB)
})

/** The largest resident set that a process has had, in MiB; 0 once it has ended. */
function peakMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / KiB
  } catch {
    return 0
  }
}
