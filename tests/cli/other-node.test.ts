/** What `vms verify` does about a difference that was recorded on another engine: it looks for a Node that decides it. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { decodeValue, encodeValue } from '@vms/format'
import { expect, test } from 'vitest'
import { startVms } from '../harness/vms-process.ts'
import { makeWorkplace } from '../harness/workplace.ts'
import { Scene } from '../lies/scene.ts'

const minor = process.versions.v8.split('.', 2).join('.')
const OTHER = minor === '14.6' ? { v8: '13.6.1', major: 24 } : { v8: '14.6.1', major: 26 }

/** The directory of a stopped service whose host named another engine, and altered a value. */
async function undecided(engine: Readonly<Record<string, string>>): Promise<string> {
  const scene = await Scene.make()
  const booted = (
    report: Parameters<NonNullable<Parameters<typeof scene.liar.tell>[0]['booted']>>[0],
  ) => ({
    ...report,
    engine: { ...report.engine, ...engine },
  })
  scene.liar.tell({ booted })
  await scene.serve('liar')
  await scene.before()
  const answered: Parameters<typeof scene.liar.tell>[0]['answered'] = (result) =>
    result.value
      ? { ...result, value: encodeValue({ ...(decodeValue(result.value) as object), seats: 9 }) }
      : result
  scene.liar.tell({ booted, answered })
  await (await scene.connect()).$call('RSVP', [true, 'us'])
  await scene.host.close()
  return scene.place.service
}

/** A program called node in a directory of its own, which says that it has another V8 and is the Node of this test. */
function programCalledNode(directory: string, v8: string): string {
  mkdirSync(directory, { recursive: true })
  const file = path.join(directory, 'node')
  const { unicode } = process.versions as Record<string, string | undefined>
  const engine = JSON.stringify({ v8, icu: '', unicode, tz: '', arch: process.arch })
  const script = `#!/bin/sh\nif [ "$1" = -p ]; then echo '${engine}'; else echo "ran on ${v8}" >&2; exec '${process.execPath}' "$@"; fi\n`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
  return file
}

/** Says which engine it has, and ends itself when it is to audit. */
const NODE_KILLED = `#!/bin/sh\nif [ "$1" = -p ]; then echo '{"v8":"14.6.1"}'; else kill -9 $$; fi\n`

test('a Node in the PATH that has the engine is used, once', async () => {
  const service = await undecided({ v8: OTHER.v8 })
  const place = makeWorkplace()
  const directory = path.join(place.path, 'bin')
  const node = programCalledNode(directory, OTHER.v8)
  const env = { PATH: `${directory}${path.delimiter}${process.env['PATH'] ?? ''}` }
  const { code, stdout, stderr } = await startVms(
    place,
    ['verify', service, '--json'],
    env,
  ).finished()
  expect(stderr).toContain(
    `Entry 5 differs, and the host recorded it on another engine. ${node} has that engine`,
  )
  expect(stderr.match(/ran on/g)).toHaveLength(1)
  // Behind its name it is the same Node, so it decides no more than the first: and does not look for a third.
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'engine-differs' })
  expect(code).toBe(5)
})

test('with --node the audit runs there from the beginning', async () => {
  const service = await undecided({ icu: 'made up' })
  const place = makeWorkplace()
  const node = programCalledNode(path.join(place.path, 'elsewhere'), OTHER.v8)
  const { code, stdout, stderr } = await startVms(place, [
    'verify',
    service,
    '--node',
    node,
    '--json',
  ]).finished()
  expect(stderr).toContain(`ran on ${OTHER.v8}`)
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'host-fault',
    findings: [{ code: 'VALUE_DIFFERS', entry: 5 }],
  })
  expect(code).toBe(1)
  const missing = await startVms(place, ['verify', service, '--node', 'nowhere']).finished()
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('is no Node.js') })
})

test('where no such Node is here, the command that gets one is named, and nothing is fetched', async () => {
  const service = await undecided({ v8: OTHER.v8 })
  const place = makeWorkplace()
  const env = { PATH: '/usr/bin:/bin', HOME: place.path, NVM_DIR: '', FNM_DIR: '', VOLTA_HOME: '' }
  const { code, stderr } = await startVms(place, ['verify', service], env).finished()
  expect(stderr).toContain(
    `vms verify ${service} --node "$(npx --yes --package node@${OTHER.major}`,
  )
  expect(code).toBe(5)
})

test('a difference of another architecture is decided on another computer', async () => {
  const arch = process.arch === 'x64' ? 'arm64' : 'x64'
  const service = await undecided({ arch })
  const place = makeWorkplace()
  const { code, stderr } = await startVms(place, ['verify', service]).finished()
  expect(stderr).toContain(
    `run the same command on a computer with ${arch}, with Node ${process.versions.v8.startsWith('13') ? '24' : '26'}`,
  )
  expect(code).toBe(5)
})

test.each([
  ['a program that is no Node', '#!/bin/sh\nexit 0\n', 2, 'is no Node.js'],
  ['a Node that is killed', NODE_KILLED, 3, 'SIGKILL ended'],
])('%s decides nothing', async (_, script, exit, said) => {
  const place = makeWorkplace()
  const file = path.join(place.path, 'node')
  writeFileSync(file, script)
  chmodSync(file, 0o755)
  const args = ['verify', 'localhost:1', '--node', file]
  const { code, stderr } = await startVms(place, args).finished()
  expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(said) })
})
