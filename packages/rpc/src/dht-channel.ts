/// <reference path="./types/protomux.d.ts" preserve="true" />
/**
 * Calls over the DHT: the protomux channel that both sides open on an encrypted stream, and the host's proof in it. Signed
 * statements of a host of many have a channel of their own there; they need no proof, because they are signed.
 *
 * Noise says that nobody listens between the two ends of a stream, not whose the other end is. So the host signs the
 * hash of the handshake, which no other stream has, with the transport key that the genesis names: who stands between
 * two streams cannot pass a signature on.
 */
import { type Crypto, domainTag, type Hasher } from '@vms/format'
import { RPC_PROTOCOL, STATEMENT_PROTOCOL } from './transport.ts'

/** The multiplexer of a stream: protomux, which both sides supply. */
export interface RpcMux {
  createChannel(options: {
    readonly protocol: string
    readonly id: Uint8Array
    readonly handshake: typeof whole
    readonly messages: readonly {
      readonly encoding: typeof whole
      readonly onmessage: (message: Uint8Array) => void
    }[]
    readonly onopen: (handshake: Uint8Array) => void
    readonly onclose: () => void
  }): {
    readonly messages: readonly { send(message: Uint8Array): boolean }[]
    open(handshake: Uint8Array): void
    close(): void
  } | null
}

/** The secret that only the two ends of a stream share. */
export interface StreamBinding {
  /** Key of the ledger that is served over the stream. */
  readonly ledger: Uint8Array
  /** Hash of the Noise handshake, 64 bytes. */
  readonly handshake: Uint8Array
}

const tag = domainTag('vms/transport/1')

function signable({ ledger, handshake }: StreamBinding): Uint8Array {
  const out = new Uint8Array(tag.length + handshake.length + ledger.length)
  out.set(tag)
  out.set(handshake, tag.length)
  out.set(ledger, tag.length + handshake.length)
  return out
}

/** The host's signature (64 bytes) by the secret half of the genesis' `keys.transport`. */
export const signStream = (
  crypto: Crypto,
  binding: StreamBinding,
  secretKey: Uint8Array,
): Uint8Array => crypto.sign(signable(binding), secretKey)

/** Whether `proof` is the signature of `publicKey`, the genesis' `keys.transport`, for this very stream. */
export const verifyStream = (
  crypto: Crypto,
  binding: StreamBinding,
  proof: Uint8Array,
  publicKey: Uint8Array,
): boolean => crypto.verify(signable(binding), proof, publicKey)

/** A message is everything that protomux delivers at once: protomux keeps the lengths itself. */
const whole = {
  preencode(state: { end: number }, message: Uint8Array): void {
    state.end += message.length
  },
  encode(state: { start: number; buffer: Uint8Array }, message: Uint8Array): void {
    state.buffer.set(message, state.start)
    state.start += message.length
  },
  decode(state: { start: number; end: number; buffer: Uint8Array }): Uint8Array {
    // Copy the message: its buffer also holds the other bytes of the same packet.
    const message = new Uint8Array(state.buffer.subarray(state.start, state.end))
    state.start = state.end
    return message
  },
}

export interface RpcChannelOptions {
  /** Discovery key of the ledger, or for statements the topic of its statements. */
  readonly topic: Uint8Array
  /** Handshake of this side: a host sends its proof, a client nothing. */
  readonly handshake: Uint8Array
  /** Called once, with the handshake of the other side. */
  readonly onOpen?: (handshake: Uint8Array) => void
  readonly onFrame: (frame: Uint8Array) => void
  /** Called once, when either side has closed the channel. */
  readonly onClose: () => void
}

/** An open channel of calls. */
export interface RpcChannel {
  /** Sends a frame. Returns false if the stream is full; the stream emits `drain` when it takes more. */
  send(frame: Uint8Array): boolean
  close(): void
}

/** Opens the channel of calls for a ledger; null if the stream has ended, or has such a channel already. */
export const openRpcChannel = (mux: RpcMux, options: RpcChannelOptions): RpcChannel | null =>
  openChannel(mux, RPC_PROTOCOL, options)

/**
 * Opens the channel of statements of a multi-service host; null as in {@link openRpcChannel}. A question has 32 bytes, or none to ask for
 * the list of services. An answer is the encoded statement; or 4 bytes, the milliseconds (u32le) to wait before asking again; or empty.
 */
export const openStatementChannel = (mux: RpcMux, options: RpcChannelOptions): RpcChannel | null =>
  openChannel(mux, STATEMENT_PROTOCOL, options)

const statementTag = domainTag('vms/statement-topic/1')

/**
 * Topic of a channel of statements. The peer proves by it that it knows the key of the provisioning log; a discovery key would not prove
 * that.
 */
export const statementTopic = (crypto: Hasher, ledger: Uint8Array): Uint8Array =>
  crypto.hash(statementTag, ledger)

function openChannel(
  mux: RpcMux,
  protocol: string,
  { topic, handshake, onOpen = () => {}, onFrame, onClose }: RpcChannelOptions,
): RpcChannel | null {
  const channel = mux.createChannel({
    protocol,
    id: topic,
    handshake: whole,
    messages: [{ encoding: whole, onmessage: onFrame }],
    onopen: onOpen,
    onclose: onClose,
  })
  if (!channel) return null
  channel.open(handshake)
  return {
    send: (frame) => channel.messages[0]?.send(frame) ?? false,
    close: () => channel.close(),
  }
}
