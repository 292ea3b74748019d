/** Readers that leave, streams that are closed, disks that are full, and signals: how the process itself ends. */

import { spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { execHost, type VmsHost } from '../../harness/vms-host.ts'
import { startVms, VmsProcess, vms } from '../../harness/vms-process.ts'
import { makeWorkplace, type Workplace } from '../../harness/workplace.ts'

const BIN = fileURLToPath(new URL('../../../packages/cli/bin/vms.js', import.meta.url))

const SCRIPT = `
exports.one = () => 1
exports.large = () => 'x'.repeat(900_000)
exports.spin = (seconds) => { for (let i = 0; i < seconds * 3e8; i++); return seconds }`

async function serve(place: Workplace): Promise<VmsHost> {
  expect(await vms(place, ['key'])).toMatchObject({ code: 0 })
  return execHost(place, place.write('script.js', SCRIPT))
}

const stillServes = async (place: Workplace, { url }: VmsHost): Promise<void> =>
  expect(await vms(place, ['call', url, 'one'])).toEqual({ code: 0, stdout: '1\n', stderr: '' })

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
  for (let i = 0; i < 3; i++) await vms(place, ['call', host.url, 'one'])
  place.write('none.receipt', 'x')
  for (const [args, wanted] of [
    [['log', host.url, '--jsonl'], 0],
    [['log', host.url, '-f'], 0],
    [['call', host.url, 'large'], 0],
    [['--help'], 0],
    // Whoever reads no further must not take this for an answer.
    [['info', 'localhost:2', '--json'], 3],
    [['verify', host.url, '--receipt', 'none.receipt', '--json'], 2],
  ] as const) {
    const running = startVms(place, args)
    running.child.stdout?.destroy()
    const { code, stderr } = await running.finished()
    expect({ args, code }).toEqual({ args, code: wanted })
    expect(stderr).not.toMatch(/EPIPE|^\s+at |unexpected/m)
  }
  await stillServes(place, host)
})

test('a host outlives those who read what it says', async () => {
  const place = makeWorkplace()
  const host = await serve(place)
  host.process.child.stdout?.destroy()
  host.process.child.stderr?.destroy()
  await stillServes(place, host)
  await stillServes(place, host)
  expect((await host.process.finished('SIGTERM')).code).toBe(143)
  // Closed in good order: the directory verifies and goes on.
  expect(await vms(place, ['verify', host.directory])).toMatchObject({ code: 0 })
})

test.skipIf(!existsSync('/dev/full'))(
  'a full disk behind stdout is an error in words',
  async () => {
    const place = makeWorkplace()
    const host = await serve(place)
    for (const args of [
      ['call', host.url, 'one'],
      ['log', host.url],
      ['--help'],
      ['info', host.url, '--json'],
    ]) {
      const { code, stderr } = await redirected(place, args, openSync('/dev/full', 'w')).finished()
      expect(code).toBe(3)
      expect(stderr).toMatch(/^✘ ENOSPC: .* \[ERR_VMS_SYSTEM\]\n {2}hint: /)
      expect(stderr).not.toMatch(/^\s+at /m)
    }
    await stillServes(place, host)
  },
)

test('without stdin, and with nothing in it, commands end', async () => {
  const place = makeWorkplace()
  const host = await serve(place)
  for (const args of [
    ['call', host.url, 'one'],
    ['info', host.url],
    ['repl', host.url],
  ]) {
    const { code, stderr } = await redirected(place, args, 'ignore').finished()
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  }
  expect(await vms(place, ['repl', host.url], '')).toEqual({ code: 0, stdout: '', stderr: '' })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends what waits, cleanly, and the host goes on', async (signal, code) => {
  const place = makeWorkplace()
  const host = await serve(place)
  const start = (...args: string[]): VmsProcess => startVms(place, args)
  const patient = ['--timeout', '60000']
  const calling = start('call', host.url, 'spin', '4', ...patient)
  const evaluating = start('repl', host.url, '-e', 'spin(4)', ...patient)
  const typing = start('repl', host.url)
  const following = start('log', host.url, '-f')
  const verifying = start(
    'verify',
    `vms://${'y'.repeat(52)}`,
    '--bootstrap',
    'localhost:2',
    '--json',
  )
  const reading = start('files', 'ls', `hyper://${'y'.repeat(52)}`, '--bootstrap', 'localhost:2')
  await following.until(({ stdout }) => stdout.includes('boot'))
  await verifying.until(({ stderr }) => stderr.includes('Connecting'))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  for (const running of [following, verifying, reading]) {
    const end = await running.finished(signal)
    expect(end.code).toBe(code)
    expect(end.stderr).not.toMatch(/✘|^\s+at /m)
    if (running !== following) expect(end.stdout).toBe('')
  }
  const call = await calling.finished(signal)
  expect(call).toEqual({
    code,
    stdout: '',
    stderr: expect.stringContaining('may have been executed'),
  })
  for (const running of [evaluating, typing]) {
    // What a person evaluates may never yield, so here the signal itself ends the process: shells call that the same.
    expect(await running.finished(signal)).toEqual({ code: null, stdout: '', stderr: '' })
    expect(running.child.signalCode).toBe(signal)
  }
  await host.process.until(() => true)
  await expect
    .poll(() => vms(place, ['call', host.url, 'one', '--timeout', '20000']), { timeout: 30_000 })
    .toMatchObject({ code: 0 })
  expect(await host.process.finished(signal)).toMatchObject({ code })
  expect(await vms(place, ['verify', join('.vms', 'script')])).toMatchObject({ code: 0 })
})
