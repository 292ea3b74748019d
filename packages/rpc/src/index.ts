/** The frames, refusals and proofs that a client and a host exchange. Isomorphic: needs a WebSocket and nothing else. */
export { type ClientFrame, type CoreName, encodeClientFrame } from './client-frames.ts'
export {
  openRpcChannel,
  openStatementChannel,
  type RpcChannel,
  type RpcChannelOptions,
  type StreamBinding,
  signStream,
  statementTopic,
  verifyStream,
} from './dht-channel.ts'
export { FrameError, RpcError, TransportError } from './errors.ts'
export {
  decodeClientFrame,
  decodeHostFrame,
  encodeHostFrame,
  type HeadAdvance,
  type Hello,
  type HostFault,
  type HostFrame,
  type HostRefusal,
  type ProvenBlocks,
  type Reply,
} from './frames.ts'
export {
  coveringNode,
  type EntryProof,
  extendsHead,
  HeadTracker,
  type KnownLedger,
} from './head-tracker.ts'
export {
  BLOCKS_BYTES,
  BLOCKS_MAX,
  CALL_FRAME_OVERHEAD_BYTES,
  clientFrameBytes,
  EXPLANATION,
  HOST_FRAME_BYTES,
  METHODS_MAX,
} from './limits.ts'
export {
  type RefusalCode,
  type RefusalMeaning,
  type RefusalRetry,
  refusalCodes,
  refusalMeaning,
  safeToSignAgain,
} from './refusal.ts'
export {
  type OpenTransport,
  REPLICATE_PROTOCOL,
  RPC_PROTOCOL,
  STATEMENT_PROTOCOL,
  type Transport,
  type TransportListener,
} from './transport.ts'
export { openWebSocket } from './websocket.ts'
