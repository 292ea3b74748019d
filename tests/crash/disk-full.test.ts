/**
 * A disk that is full, for real: the host says so by name and ends, nothing that was acknowledged is lost, and once there
 * is room it goes on. A limit on the size of files, which needs no rights, and a file system of a few megabytes, which
 * needs the right to mount one.
 */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Receipt } from '@vms/client'
import { encodeReceipt } from '@vms/format'
import { expect, onTestFinished, test } from 'vitest'
import { skipLoudly } from '../harness/skip-loudly.ts'
import { mountingWrapper } from '../harness/small-disk.ts'
import { execHost, type Ready } from '../harness/vms-host.ts'
import { BIN, VmsProcess } from '../harness/vms-process.ts'
import { vms } from '../harness/vms-warm.ts'
import { makeWorkplace, type Workplace } from '../harness/workplace.ts'

/** Bytes of one version: after a few dozen, the disks of these tests are full. */
const VERSION_BYTES = 40_000

type Registry = Record<'publish' | 'get', (...args: unknown[]) => unknown>

const contentOf = (number: number): Uint8Array => new Uint8Array(VERSION_BYTES).fill(number)

/** Runs a bash script at the workplace. It finds Node in `$NODE` and the command in `$VMS`. */
function startBash(place: Workplace, script: string, wrapper: readonly string[] = []): VmsProcess {
  const [command = '', ...args] = [...wrapper, 'bash', '-c', script]
  const env = { ...place.env, NODE: process.execPath, VMS: BIN }
  // A group of its own: what bash has started ends with it.
  const child = spawn(command, args, { cwd: place.path, env, stdio: 'pipe', detached: true })
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null)
      process.kill(-(child.pid as number), 'SIGKILL')
  })
  return new VmsProcess(child, args)
}

/** The host that a script has started for the `time`th time, once it is ready. */
async function ready(running: VmsProcess, time = 1): Promise<Ready> {
  return await running.until(({ stdout }) => {
    // A start that fails says so in a line of its own.
    const lines = stdout.split('\n').filter((line) => line.includes('"event":"ready"'))
    return lines.length >= time && (JSON.parse(lines[time - 1] as string) as Ready)
  })
}

/** Publishes versions until the host has ended. Returns the receipts of those that were acknowledged. */
async function fill(url: string): Promise<Receipt[]> {
  const client = await connect<Registry>(url, { timeout: 60_000 })
  const receipts: Receipt[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      // The host does not come back at this address: whoever waits for it would wait for ever.
      client.$on('reconnecting', () => resolve())
      const publish = async (): Promise<void> => {
        for (;;) {
          const number = receipts.length
          const { receipt } = await client.$receipt('publish', [
            'big',
            `1.0.${number}`,
            contentOf(number),
          ])
          receipts.push(receipt)
        }
      }
      publish().catch(reject)
    })
  } finally {
    client.$close()
  }
  return receipts
}

/** Expects every acknowledged version, and that there is room for another one. */
async function expectVersions(url: string, count: number): Promise<void> {
  const client = await connect<Registry>(url, { timeout: 30_000 })
  for (let number = 0; number < count; number++) {
    expect(await client.get('big', `1.0.${number}`)).toEqual(contentOf(number))
  }
  await client.publish('another', '1.0.0', 'there is room again')
  client.$close()
}

const receiptFlags = (place: Workplace, receipts: readonly Receipt[]): string[] =>
  receipts.flatMap((receipt, i) => [
    '--receipt',
    place.write(`${i}.receipt`, encodeReceipt(receipt)),
  ])

test('a write that goes over a limit: a named error, exit code 3, and nothing is lost', {
  timeout: 120_000,
}, async (context) => {
  if (process.platform === 'win32')
    return skipLoudly(context, 'Windows has no limit on the size of files')
  const place = makeWorkplace()
  const script = place.example('registry.js')
  const directory = join(place.path, 'service')
  // In blocks of 1,024 bytes, for each file. The store's first log is the one that comes to it.
  const running = startBash(
    place,
    `ulimit -f 4000; exec "$NODE" "$VMS" exec ${script} -p 0 --json --no-swarm --dir ${directory}`,
  )
  const { url } = await ready(running)
  const receipts = await fill(url)
  const end = await running.finished()
  expect(end.code).toBe(3)
  expect(end.stderr).toContain('ERR_VMS_DISK_FULL')
  expect(end.stderr).toContain('make room and start again')
  expect(receipts.length).toBeGreaterThan(10)

  const verified = await vms(place, [
    'verify',
    directory,
    '--json',
    ...receiptFlags(place, receipts),
  ])
  expect(verified.code).toBe(0)
  const before = JSON.parse(verified.stdout)
  // The last publication may be there without having been acknowledged, whole then.
  expect(before.calls - receipts.length).toBeOneOf([0, 1])

  const again = await execHost(place, script, ['--no-swarm', '--dir', directory])
  await expectVersions(again.url, receipts.length)
  await again.process.finished('SIGTERM')
  expect((await vms(place, ['verify', directory, ...receiptFlags(place, receipts)])).code).toBe(0)
  console.log(
    `limit of 4,000 blocks: ${receipts.length} versions acknowledged, ${before.entries} entries`,
  )
})

test('a file system that is full: the same, and a start on it is refused by the same name', {
  timeout: 120_000,
}, async (context) => {
  const wrapper = mountingWrapper()
  if (!wrapper)
    return skipLoudly(context, 'this user may not mount a file system in a namespace of its own')
  const place = makeWorkplace()
  place.example('registry.js')
  mkdirSync(join(place.path, 'disk'))
  const host = '"$NODE" "$VMS" exec registry.js -p 0 --json --no-swarm --dir disk/service'
  const running = startBash(
    place,
    `mount -t tmpfs -o size=6m none disk
    ${host}
    echo "ended with $?" >&2
    head -c 6m /dev/zero >disk/rest 2>/dev/null
    ${host}
    echo "began with $?" >&2
    rm disk/rest
    mount -o remount,size=64m disk
    exec ${host}`,
    wrapper,
  )
  const { url, ledger } = await ready(running)
  const receipts = await fill(url)
  const { stderr } = await running.until(
    ({ stderr }) => stderr.includes('began with') && { stderr },
  )
  expect(stderr).toContain('ended with 3')
  expect(stderr).toContain('began with 3')
  expect(stderr.match(/ERR_VMS_DISK_FULL/g)).toHaveLength(2)
  expect(receipts.length).toBeGreaterThan(10)

  const again = await ready(running, 2)
  expect(again.ledger).toBe(ledger)
  await expectVersions(again.url, receipts.length)
  expect((await vms(place, ['verify', again.url, ...receiptFlags(place, receipts)])).code).toBe(0)
  expect((await running.finished('SIGTERM')).code).toBe(143)
  console.log(`tmpfs of 6 MiB: ${receipts.length} versions acknowledged`)
})
