/**
 * The composed floor: what the engines reach when they are put together with nothing between them. WebSocket frame,
 * signature, isolate, one append and one fdatasync per group, reply. No files, no replay guard, no limits, no receipts:
 * a bound to compare with, not a product.
 */
import { closeSync, fdatasync, openSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const from = (name: string): NodeJS.Require =>
  createRequire(new URL(`../packages/${name}/package.json`, import.meta.url))
const sodium = from('format')('sodium-native')
const ivm = from('sandbox')('isolated-vm')
const Hypercore = from('ledger')('hypercore')
const { WebSocketServer } = from('host')('ws')
const { pack, unpack } = from('rpc')('msgpackr')

const [directory = '.'] = process.argv.slice(2)
const isolate = new ivm.Isolate({ memoryLimit: 64 })
const context = isolate.createContextSync()
let value: unknown
context.global.setSync(
  'done',
  new ivm.Callback((result: unknown) => {
    value = result
  }),
)
const call = context.evalSync(
  'let n = 0; const methods = { count: async () => ++n }; (name) => { methods[name]().then(done) }',
  { reference: true },
)

interface Waiting {
  readonly socket: { send(bytes: Uint8Array): void }
  readonly block: Uint8Array
  readonly reply: Uint8Array
}

const core = new Hypercore(directory)
await core.ready()
const syncFile = openSync(path.join(directory, 'sync'), 'w')
let waiting: Waiting[] = []
let busy = false

async function flush(): Promise<void> {
  if (busy) return
  busy = true
  while (waiting.length > 0) {
    const group = waiting
    waiting = []
    await core.append(group.map(({ block }) => block))
    writeSync(syncFile, group[0]?.block as Uint8Array, 0, 1, 0)
    await new Promise((resolve, reject) =>
      fdatasync(syncFile, (error) => (error ? reject(error) : resolve(null))),
    )
    for (const { socket, reply } of group) socket.send(reply)
  }
  busy = false
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on(
  'connection',
  (socket: Waiting['socket'] & { on(event: string, listener: (frame: Buffer) => void): void }) => {
    socket.on('message', (frame) => {
      const key = frame.subarray(0, 32)
      const signature = frame.subarray(32, 96)
      const body = frame.subarray(96)
      if (!sodium.crypto_sign_verify_detached(signature, body, key)) return
      const { id, method } = unpack(body)
      // Microtasks drain before this returns, so the method's promise has settled.
      call.applySync(undefined, [method], { timeout: 5_000 })
      waiting.push({ socket, block: pack({ frame, value }), reply: pack({ id, value }) })
      if (!busy) setImmediate(flush)
    })
  },
)
server.on('listening', () =>
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
)
process.on('SIGTERM', () => {
  closeSync(syncFile)
  process.exit(0)
})
