/** One in the middle: announces itself for somebody else's ledger, and passes everything on to the real host and back. */
import { joinSwarm } from '@vms/ledger'
import {
  type ClientFrame,
  decodeClientFrame,
  openRpcChannel,
  RPC_PROTOCOL,
  type RpcChannel,
} from '@vms/rpc'
import { discoveryKey } from 'hypercore-crypto'
import DHT from 'hyperdht/index.js'
import Protomux from 'protomux'

interface Node {
  readonly host: string
  readonly port: number
}

export interface Interloper {
  /** Frames of clients that it saw. */
  readonly passed: ClientFrame[]
  close(): Promise<void>
}

export interface InterloperOptions {
  readonly ledger: Uint8Array
  /** DHT where the real host is. */
  readonly towards: readonly Node[]
  /** DHT where it lets itself be found. */
  readonly announcedAt: readonly Node[]
}

/** Starts one. Resolves once it can be found. */
export async function interlope({
  ledger,
  towards,
  announcedAt,
}: InterloperOptions): Promise<Interloper> {
  const topic = discoveryKey(ledger)
  const dht = new DHT({ bootstrap: [...towards], host: '127.0.0.1', firewalled: false })
  const host = await firstPeer(dht, topic)
  const passed: ClientFrame[] = []
  const announced = Promise.withResolvers<void>()
  const pass = (mux: Protomux): void => {
    const stream = dht.connect(host.publicKey, { ...host, keyPair: DHT.keyPair() })
    stream.on('error', () => {})
    let near: RpcChannel | null = null
    const far = openRpcChannel(Protomux.from(stream), {
      topic,
      handshake: new Uint8Array(0),
      // The host's proof, as it is: it cannot make one.
      onOpen: (handshake) => {
        near = openRpcChannel(mux, {
          topic,
          handshake,
          onFrame: (frame) => {
            passed.push(decodeClientFrame(frame))
            far?.send(frame)
          },
          onClose: () => stream.destroy(),
        })
      },
      onFrame: (frame) => near?.send(frame),
      onClose: () => near?.close(),
    })
  }
  const swarm = joinSwarm(
    {
      topics: [topic],
      replicate: (stream) => {
        const mux = Protomux.from(stream)
        mux.pair({ protocol: RPC_PROTOCOL }, () => {
          pass(mux)
          // As long as nobody answers, the channel is not refused.
          return new Promise((resolve) => stream.once('close', resolve))
        })
        return stream
      },
    },
    {
      announce: true,
      bootstrap: announcedAt,
      onEvent: (event) => event.type === 'announced' && announced.resolve(),
    },
  )
  await announced.promise
  return {
    passed,
    async close() {
      await swarm.close()
      await dht.destroy({ force: true })
    },
  }
}

async function firstPeer(dht: DHT, topic: Uint8Array) {
  for (;;) {
    for await (const { peers } of dht.lookup(topic)) if (peers[0]) return peers[0]
  }
}
