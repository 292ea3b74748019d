/** Readers that leave, streams that are closed, disks that are full, and signals: how the process itself ends. */

import { spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { execHost, type VmsHost } from '../../harness/vms-host.ts'
import { BIN, startVms, VmsProcess } from '../../harness/vms-process.ts'
import { vms } from '../../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../../harness/workplace.ts'

const SCRIPT = `
exports.one = () => 1
exports.large = () => 'x'.repeat(900_000)
exports.wait = () => System.oracle('never')`

const ORACLES = `
export const never = () => {
  console.error('asked')
  return new Promise(() => {})
}`

/** Milliseconds after which a command has come to where it waits. */
const SETTLED_MS = 2_000

async function serve(place: Workplace): Promise<VmsHost> {
  expect(await vms(place, ['key'])).toMatchObject({ code: 0 })
  const oracles = place.write('oracles.mjs', ORACLES)
  return execHost(place, place.write('script.js', SCRIPT), ['--no-swarm', '--oracles', oracles])
}

const stillServes = async (place: Workplace, { url }: VmsHost): Promise<void> =>
  expect(await vms(place, ['call', url, 'one', '--timeout', '20000'])).toEqual({
    code: 0,
    stdout: '1\n',
    stderr: '',
  })

/** Starts a command whose stdout is what a shell redirects it to. */
function redirected(
  place: Workplace,
  args: readonly string[],
  stdout: 'ignore' | number,
): VmsProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: place.path,
    env: place.env,
    stdio: ['ignore', stdout, 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return new VmsProcess(child, args)
}

test('a reader that leaves ends the command without a word, and its exit code stays', async () => {
  const place = makeWorkplace()
  const host = await serve(place)
  await vms(place, ['repl', host.url, '-e', 'for (let i = 0; i < 20; i++) await one(); 1'])
  place.write('none.receipt', 'x')
  const ends: [string[], number][] = [
    [['log', host.url, '--jsonl'], 0],
    [['log', host.url, '-f'], 0],
    [['call', host.url, 'large'], 0],
    [['--help'], 0],
    // Whoever reads no further must not take this for an answer.
    [['info', 'localhost:2', '--json'], 3],
    [['verify', host.url, '--receipt', 'none.receipt', '--json'], 2],
  ]
  await Promise.all(
    ends.map(async ([args, wanted]) => {
      const running = startVms(place, args)
      running.child.stdout?.destroy()
      const { code, stderr } = await running.finished()
      expect({ args, code }).toEqual({ args, code: wanted })
      expect(stderr).not.toMatch(/EPIPE|^\s+at |unexpected/m)
    }),
  )
  await stillServes(place, host)
})

test('without stdin, or with a full disk behind stdout, commands end as they should', async () => {
  const place = makeWorkplace()
  const host = await serve(place)
  const ends = [
    ['call', host.url, 'one'],
    ['repl', host.url],
  ].map(async (args) => {
    const { code, stderr } = await redirected(place, args, 'ignore').finished()
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  })
  // Linux has a device for it.
  const lines = existsSync('/dev/full')
    ? [['call', host.url, 'one'], ['log', host.url], ['--help']]
    : []
  const full = lines.map(async (args) => {
    const { code, stderr } = await redirected(place, args, openSync('/dev/full', 'w')).finished()
    expect({ args, code }).toEqual({ args, code: 3 })
    expect(stderr).toMatch(/^✘ ENOSPC: .* \[ERR_VMS_SYSTEM\]\n {2}hint: /)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
  await Promise.all([...ends, ...full])
  await stillServes(place, host)
})

test('a host outlives those who read what it says', async () => {
  const place = makeWorkplace()
  const host = await serve(place)
  host.process.child.stdout?.destroy()
  host.process.child.stderr?.destroy()
  await stillServes(place, host)
  expect((await host.process.finished('SIGTERM')).code).toBe(143)
  // Closed in good order: the directory verifies and goes on.
  expect(await vms(place, ['verify', host.directory])).toMatchObject({ code: 0 })
})

test('signals end what waits, cleanly, and the host goes on', async () => {
  const place = makeWorkplace()
  const host = await serve(place)
  const start = (...args: string[]): VmsProcess => startVms(place, args)
  const nowhere = ['--bootstrap', 'localhost:2']
  const signals = [
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const
  const waiting = signals.map(({ signal, code }) => ({
    signal,
    code,
    following: start('log', host.url, '-f'),
    verifying: start('verify', `vms://${'y'.repeat(52)}`, '--json', ...nowhere),
    reading: start('files', 'ls', `hyper://${'y'.repeat(52)}`, ...nowhere),
    typing: start('repl', host.url),
    evaluating: start('repl', host.url, '-e', 'await new Promise(() => {})'),
  }))
  for (const { following, verifying } of waiting) {
    await following.until(({ stdout }) => stdout.includes('boot'))
    await verifying.until(({ stderr }) => stderr.includes('Connecting'))
  }
  const calling = start('call', host.url, 'wait', '--timeout', '60000')
  const looping = start('repl', host.url, '-e', 'for (;;) {}')
  await host.process.until(({ stderr }) => stderr.includes('asked'))
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
  expect(await looping.finished('SIGINT')).toEqual({ code: null, stdout: '', stderr: '' })
  const call = await calling.finished('SIGINT')
  expect({ code: call.code, stdout: call.stdout }).toEqual({ code: 130, stdout: '' })
  expect(call.stderr).toMatch(/^Stopped: the host may have executed the call.*\n$/)
  for (const { signal, code, ...running } of waiting) {
    for (const command of [running.following, running.verifying, running.reading]) {
      const end = await command.finished(signal)
      expect(end.code).toBe(code)
      expect(end.stderr).not.toMatch(/✘|^\s+at /m)
      if (command !== running.following) expect(end.stdout).toBe('')
    }
    // What a person evaluates may never yield, so the signal itself ends the process: shells call that the same.
    for (const command of [running.evaluating, running.typing]) {
      expect(await command.finished(signal)).toEqual({ code: null, stdout: '', stderr: '' })
      expect(command.child.signalCode).toBe(signal)
    }
  }
  // The oracle that never answers is given up after a while, and the next call is served.
  await stillServes(place, host)
  expect(await host.process.finished('SIGINT')).toMatchObject({ code: 130 })
})
