/** Strangers who deploy without the right, over a quota, or what is no good: each is refused by name, and leaves nothing. */
import { sodiumCrypto as crypto } from '@vms/auditor'
import { encodeKey } from '@vms/format'
import type { HostOfMany, PolicyOptions } from '@vms/host'
import { expect, test } from 'vitest'
import { type AnyRemote, COUNTER, type Deployed, Many } from './many.ts'

interface Wish {
  readonly name?: unknown
  readonly title?: unknown
  readonly source?: unknown
  readonly upgrade?: unknown
}

const deploy = (client: AnyRemote, wish: Wish = {}): Promise<Deployed> =>
  client.$call('deploy', [
    { name: 'test.js', title: 'Test', source: COUNTER, ...wish },
  ]) as unknown as Promise<Deployed>

async function open(
  policy: PolicyOptions = { open: true },
): Promise<{ many: Many; host: HostOfMany; stranger: AnyRemote }> {
  const many = await Many.make()
  const host = await many.host({ policy })
  return { many, host, stranger: await many.provisioning(host, crypto.keyPair()) }
}

test('without the right nobody deploys, and what is refused stands in the log', async () => {
  const { many, host, stranger } = await open({})
  await expect(deploy(stranger)).rejects.toMatchObject({ code: 'ERR_VMS_NOT_ADMIN' })
  expect(many.directories).toEqual({ services: [], making: [] })
  await host.close()
  expect(await many.audit('provisioning')).toMatchObject({ verdict: 'verified', calls: 1 })
})

const QUOTAS: [name: string, policy: PolicyOptions, code: string][] = [
  [
    'of services for one caller',
    { open: true, quotas: { servicesPerCaller: 1 } },
    'ERR_VMS_QUOTA_SERVICES_PER_CALLER',
  ],
  ['of services', { open: true, quotas: { services: 1 } }, 'ERR_VMS_QUOTA_SERVICES'],
  ['of deploys in an hour', { open: true, quotas: { deploysPerHour: 1 } }, 'ERR_VMS_QUOTA_DEPLOYS'],
]

test.each(QUOTAS)('the quota %s lets one in and no second', async (_, policy, code) => {
  const { many, stranger } = await open(policy)
  const { id } = await deploy(stranger)
  // The hour may turn between the two: then the third is over the quota.
  const second = deploy(stranger).then(() => deploy(stranger))
  await expect(second).rejects.toMatchObject({ code })
  expect(many.directories.services).toContain(id)
  expect(many.directories.making).toEqual([])
})

test('a service that is purged makes room for another, one that is removed does not', async () => {
  const { many, stranger } = await open({ open: true, quotas: { servicesPerCaller: 1 } })
  const { id } = await deploy(stranger)
  await stranger['remove']?.(id)
  await expect(deploy(stranger)).rejects.toMatchObject({
    code: 'ERR_VMS_QUOTA_SERVICES_PER_CALLER',
  })
  await stranger['remove']?.(id, { purge: true })
  const other = await deploy(stranger)
  expect(many.directories.services).toContain(other.id)
})

test('a service is its owner’s and the admins’, and nobody else’s', async () => {
  const many = await Many.make()
  const admins = [encodeKey(many.admin.publicKey)]
  const host = await many.host({ policy: { open: true, admins } })
  const owner = await many.provisioning(host, crypto.keyPair())
  const other = await many.provisioning(host, crypto.keyPair())
  const { id } = await deploy(owner)
  for (const method of ['stop', 'remove']) {
    await expect(other.$call(method, [id])).rejects.toMatchObject({ code: 'ERR_VMS_NOT_OWNER' })
  }
  const admin = await many.provisioning(host)
  expect(await admin['stop']?.(id)).toMatchObject({ state: 'stopped' })
  await expect(other['stop']?.('../policy')).rejects.toMatchObject({ code: 'ERR_VMS_NO_SERVICE' })
})

const UNSEEN = [
  '\u0000',
  '\u001b[2J',
  '\n',
  '\u0085',
  '\u202e',
  '\u2066',
  '\u2028',
  '\u200b',
  '\ufeff',
  '\u{e0041}',
]

const WRONG: [name: string, wish: Wish, code: string, message: RegExp][] = [
  ['a syntax error', { source: 'exports.a = (' }, 'ERR_VMS_SCRIPT_FAILED', /SyntaxError/],
  [
    'a top level that throws',
    { source: 'exports.a = async () => {}\n\nthrow new Error("boo")' },
    'ERR_VMS_SCRIPT_FAILED',
    /boo[\s\S]*test\.js:3:7/,
  ],
  ['a top level that never ends', { source: 'for (;;);' }, 'ERR_VMS_SCRIPT_FAILED', /aborted/],
  [
    'an init that throws',
    { source: 'exports.a = async () => {}\nexports.init = async () => { throw new Error("no") }' },
    'ERR_VMS_SCRIPT_FAILED',
    /init failed: Error: no/,
  ],
  ['nothing to call', { source: '1' }, 'ERR_VMS_SCRIPT_FAILED', /exports no functions/],
  [
    'a thousand methods with long names',
    { source: `for (let i = 0; i < 1000; i++) exports['m'.repeat(20) + i] = async () => i` },
    'ERR_VMS_TOO_MANY_METHODS',
    /characters/,
  ],
  ['no source', { source: 7 }, 'ERR_VMS_ARGUMENT', /text of a script/],
  ['a title that is too long', { title: 'x'.repeat(101) }, 'ERR_VMS_TITLE', /101 characters/],
  ['no title', { title: '  ' }, 'ERR_VMS_TITLE', /missing/],
  ['a name with a path', { name: '../x.js' }, 'ERR_VMS_NAME', /file name/],
  [
    'an upgrade by nobody that there is',
    { upgrade: { callers: ['bob'], delayMs: 0 } },
    'ERR_VMS_ARGUMENT',
    /upgrade/,
  ],
  ...UNSEEN.map((character): [string, Wish, string, RegExp] => [
    `a title with ${JSON.stringify(character)}`,
    { title: `nice${character}title` },
    'ERR_VMS_TITLE',
    /control characters/,
  ]),
]

test('what is no good is refused with what is wrong with it, and leaves nothing', async () => {
  const { many, host, stranger } = await open({ open: true, quotas: { callsPerSecond: 1_000 } })
  for (const [name, wish, code, message] of WRONG) {
    const refused = expect(deploy(stranger, wish), name).rejects
    await refused.toMatchObject({ code, message: expect.stringMatching(message) })
  }
  expect(many.directories).toEqual({ services: [], making: [] })
  expect(await deploy(stranger, { title: 'Ünïcode 🎉 تجربة' })).toMatchObject({ state: 'running' })
  await host.close()
  expect(await many.audit('provisioning')).toMatchObject({ verdict: 'verified', findings: [] })
})

test('a script over the quota is refused by the script, one over any limit before it is a call', async () => {
  const { many, host, stranger } = await open({ open: true, quotas: { scriptBytes: 1_000 } })
  const large = (bytes: number): string => `exports.a = async () => {} //${'x'.repeat(bytes)}`
  await expect(deploy(stranger, { source: large(1_000) })).rejects.toMatchObject({
    code: 'ERR_VMS_QUOTA_SCRIPT_BYTES',
  })
  const { length } = host.provisioning
  await expect(deploy(stranger, { source: large(50_000_000) })).rejects.toMatchObject({
    code: 'ERR_VMS_VALUE_TOO_LARGE',
  })
  expect(host.provisioning.length).toBe(length)
  expect(many.directories).toEqual({ services: [], making: [] })
})

test('50 MB on the wire end the connection before they are in memory', async () => {
  const { host, stranger } = await open()
  const socket = new WebSocket(`${host.url}/${host.provisioning.id}`, ['vms.rpc.1'])
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code)
  })
  await new Promise((resolve) => {
    socket.onopen = resolve
  })
  socket.send(new Uint8Array(50_000_000))
  expect(await closed).toBe(1009)
  expect(await deploy(stranger)).toMatchObject({ state: 'running' })
})

test('calls beyond the rate are refused, and those of another caller are not', async () => {
  const many = await Many.make()
  let now = Date.now()
  const quotas = { callsPerSecond: 2 }
  const host = await many.host({ policy: { open: true, quotas }, ports: { now: () => now } })
  const stranger = await many.provisioning(host, crypto.keyPair())
  const { id } = await deploy(stranger)
  const client = await many.connect(host, id, crypto.keyPair())
  // What is saved up in five seconds; the clock stands still.
  for (let i = 0; i < 10; i++) await client['add']?.()
  const other = await many.connect(host, id, crypto.keyPair())
  const refused = client['add']?.()
  expect(await other['add']?.()).toMatchObject({ count: 11 })
  now += 1_000
  // The client sends the same bytes again by itself.
  expect(await refused).toMatchObject({ count: 12 })
})

test('a service that has stored its share refuses calls and can be read', async () => {
  const { many, host, stranger } = await open({ open: true, quotas: { storedBytes: 100_000 } })
  const source = `
    exports.fill = async (bytes) => System.files.writeFile('/x' + bytes, 'x'.repeat(bytes))
    exports.size = async () => (await System.files.stat('/x90000')).size`
  const { id } = await deploy(stranger, { source })
  const client = await many.connect(host, id)
  await client['fill']?.(90_000)
  expect(await client['size']?.()).toBe(90_000)
  await client['fill']?.(20_000)
  await expect(client['fill']?.(1)).rejects.toMatchObject({ code: 'ERR_VMS_STORAGE' })
  expect((await many.connect(host, id)).$info.methods).toEqual(['fill', 'size'])
  const greedy = `exports.a = async () => {}
    exports.init = async () => System.files.writeFile('/x', 'x'.repeat(200_000))`
  await expect(deploy(stranger, { source: greedy })).rejects.toMatchObject({
    code: 'ERR_VMS_QUOTA_STORED_BYTES',
  })
  expect(many.directories).toEqual({ services: [id], making: [] })
})
