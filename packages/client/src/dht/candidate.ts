/// <reference path="../types/hyperdht.d.ts" />
/**
 * A peer that may be the host: it announced itself for the ledger. Before the client sends it calls, it must show a block 0 to which the
 * ledger's key commits, and a signature over this very stream by the transport key in that block.
 */
import { sodiumCrypto } from '@vms/format/sodium'
import {
  decodeHostFrame,
  encodeClientFrame,
  type Hello,
  openRpcChannel,
  type RpcChannel,
  RpcError,
  type Transport,
  type TransportListener,
  verifyStream,
} from '@vms/rpc'
import type { DhtStream } from 'hyperdht/index.js'
import Protomux from 'protomux'
import { checkGenesis, checkLedger } from '../connection/service-info.ts'

/** Milliseconds between keep-alive messages, and milliseconds without one after which a stream counts as broken. */
const ALIVE_MS = { every: 5_000, patience: 15_000 } as const

/** Number of the candidate's only question; links count from 1. */
const GENESIS_ID = 0

const nothing = new Uint8Array(0)

/** The host that the caller looks for. */
export interface Wanted {
  /** Key of the ledger, and its discovery key. */
  readonly ledger: Uint8Array
  readonly topic: Uint8Array
  /** Transport key of the ledger's genesis, if an earlier connection has checked it; else null. */
  transportKey: Uint8Array | null
}

export class Candidate {
  #wanted: Wanted
  #stream: DhtStream
  #channel: RpcChannel | null = null
  #proof: Uint8Array | null = null
  #hello: Hello | null = null
  #proven = Promise.withResolvers<void>()
  /** Frames not yet passed to the listener. */
  #heard: Uint8Array[] = []
  #listener: TransportListener | null = null
  #error: Error | null = null

  /** Opens the channel on a stream that is about to open. */
  constructor(stream: DhtStream, wanted: Wanted) {
    this.#wanted = wanted
    this.#stream = stream
    this.#proven.promise.catch(() => {})
    stream.setKeepAlive(ALIVE_MS.every)
    stream.setTimeout(ALIVE_MS.patience)
    stream.on('error', (error) => {
      this.#error ??= error
    })
    stream.on('close', () => this.#close())
    this.#channel = openRpcChannel(Protomux.from(stream), {
      topic: wanted.topic,
      handshake: nothing,
      onOpen: (proof) => {
        this.#proof = proof
      },
      onFrame: (frame) => this.#hear(frame),
      onClose: () => this.#close(),
    })
  }

  /** Resolves once the peer has proven to be the host. Rejects with the reason why it is not. */
  get proven(): Promise<void> {
    return this.#proven.promise
  }

  /** Passes on a proven stream. The listener gets every frame from the hello on. */
  attach(listener: TransportListener): Transport {
    this.#listener = listener
    for (const frame of this.#heard.splice(0)) listener.onMessage(frame)
    return {
      send: (frame) => this.#channel?.send(frame),
      close: () => this.end(),
    }
  }

  /** Ends the stream. Safe to call again. */
  end(): void {
    this.#channel?.close()
    this.#stream.end()
  }

  /** Destroys the stream. */
  destroy(error: Error): void {
    this.#error ??= error
    this.#stream.destroy()
  }

  #hear(frame: Uint8Array): void {
    try {
      if (this.#listener) this.#listener.onMessage(frame)
      else this.#check(frame)
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  /** Handles the hello, and then the genesis if the transport key is not known yet. */
  #check(bytes: Uint8Array): void {
    const frame = decodeHostFrame(bytes)
    const { ledger, transportKey } = this.#wanted
    if (frame[0] === 'hello' && !this.#hello) {
      this.#heard.push(bytes)
      this.#hello = frame[1]
      checkLedger(sodiumCrypto, this.#hello, ledger)
      if (transportKey) this.#prove(transportKey)
      else this.#channel?.send(encodeClientFrame(['entry', GENESIS_ID, 0]))
    } else if (frame[0] === 'entry' && frame[1] === GENESIS_ID && this.#hello) {
      const { genesis } = checkGenesis(sodiumCrypto, this.#hello, frame[2])
      this.#wanted.transportKey = genesis.keys.transport
      this.#prove(genesis.keys.transport)
    } else throw new RpcError('ERR_VMS_PROTOCOL', `it sent a ${frame[0]} frame before its proof`)
  }

  #prove(transportKey: Uint8Array): void {
    const binding = { ledger: this.#wanted.ledger, handshake: this.#stream.handshakeHash }
    if (!this.#proof || !verifyStream(sodiumCrypto, binding, this.#proof, transportKey))
      throw new RpcError(
        'ERR_VMS_NOT_THE_HOST',
        'it did not prove to be the host: the signature over the stream is not by the transport key of the genesis',
      )
    this.#proven.resolve()
  }

  #close(): void {
    const error = this.#error
    this.#proven.reject(error ?? new RpcError('ERR_VMS_CONNECTION_LOST', 'it takes no calls'))
    const listener = this.#listener
    this.#listener = null
    this.#stream.destroy()
    listener?.onClose(
      error &&
        new RpcError('ERR_VMS_CONNECTION_LOST', `the connection broke: ${error.message}`, null, {
          cause: error,
        }),
    )
  }
}
