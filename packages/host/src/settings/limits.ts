/**
 * Service limits: the operator chooses them. No entry records them, and the host only refuses by them, so an operator may change them at
 * any time. (Machine limits, which the genesis records, are in @vms/format.)
 */
import { defaultProcessLimits } from '@vms/sandbox'

/** Limits of one served script. */
export interface ServiceLimits {
  /** Most requests that wait to be executed, over all connections. The host refuses more as busy: memory stays bounded in a flood. */
  queueRequests: number
  /** Most bytes of the waiting requests. */
  queueBytes: number
  /** Connections at one time. */
  connections: number
  /** Longest time, in milliseconds, between now and a request's `expires`. Bounds the memory of the replay guard. */
  requestLifetimeMs: number
  /**
   * Most milliseconds that the clock may be behind the last entry. If it is farther behind, somebody has set it wrong, and the host writes
   * nothing.
   */
  clockBehindMs: number
  /** Processor time of one call in milliseconds, on Linux: a backstop, never an outcome. */
  callCpuMs: number
  /**
   * Time of one call by the clock, in milliseconds, for a call that sleeps and for other systems: ten times as long, so that a busy
   * computer refuses nothing.
   */
  callWallMs: number
  /** V8 heap of the machine in MiB: a backstop, never an outcome. */
  memoryMiB: number
  /** Most milliseconds of one use of an oracle: all calls of the service wait meanwhile. Past it, the script gets an error. */
  oracleMs: number
  /** Most milliseconds of all uses of oracles by one request: many slow uses would otherwise block the service for hours. */
  oracleRequestMs: number
}

export const SERVICE_LIMITS: ServiceLimits = {
  queueRequests: 10_000,
  queueBytes: 64 * 1024 * 1024,
  connections: 1_000,
  requestLifetimeMs: 10 * 60_000,
  clockBehindMs: 60_000,
  callCpuMs: defaultProcessLimits.callCpuMs,
  callWallMs: defaultProcessLimits.callWallMs,
  memoryMiB: defaultProcessLimits.memoryMiB,
  oracleMs: 10_000,
  oracleRequestMs: 30_000,
}

/** Limits of one connection of calls, over a WebSocket or the DHT. A frame of 20 bytes can ask for an answer of 15 MiB. */
export interface ConnectionLimits {
  /** Most frames of one connection in progress; the next one waits. A client may have as many calls under way. */
  framesInFlight: number
  /** Most bytes of the frames in progress, unless one alone is larger: a request stays in memory until it is durable. */
  frameBytesInFlight: number
  /** Most frames that wait for their turn. With more, the host stops reading from the peer. It may have read some 64 KiB more by then. */
  framesWaiting: number
  /** Most bytes of the frames that wait for their turn. */
  frameBytesWaiting: number
  /** Most bytes of unsent answers at which the host still serves the next frame of a connection. One answer may have 15 MiB more. */
  unsentBytes: number
  /** Most bytes of unsent replies and heads before the host cuts a connection: a peer that does not read costs memory. */
  sendBytes: number
  /** Most bytes that the host holds for all its connections together. Past it, the host cuts the connections that hold the most. */
  heldBytes: number
  /**
   * Most requests of one connection that are malformed, or lack a valid signature, before the host cuts it. Each costs the host a signature
   * check, and no honest client sends one.
   */
  badRequests: number
  /** Milliseconds between two pings of a WebSocket. The host cuts a peer that sends nothing between two pings, or reads none of its waiting bytes. */
  pingMs: number
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  framesInFlight: 1_024,
  frameBytesInFlight: 8 * 1024 * 1024,
  framesWaiting: 64,
  frameBytesWaiting: 1024 * 1024,
  unsentBytes: 1024 * 1024,
  sendBytes: 32 * 1024 * 1024,
  heldBytes: 256 * 1024 * 1024,
  badRequests: 1_000,
  pingMs: 30_000,
}

/** Limits of a host of many services. At these limits the host makes services dormant, makes them wait, or refuses requests. */
export interface HostLimits {
  /** Most machines of services at one time: each is a process with some tens of MiB. */
  machines: number
  /** Most services awake at one time: each has a database open, with its files and some MiB. */
  awake: number
  /** Milliseconds without use after which a service becomes dormant. */
  idleMs: number
  /** Milliseconds for which a busy service may keep its machine while others wait for one. */
  turnMs: number
  /** Connections at one time, over all services: each costs memory. */
  connections: number
  /**
   * Dormant services that one address may wake in a minute; unused wakes are saved for a minute. At this rate, one address cannot
   * displace the services of others from the open-ledger cache.
   */
  wakingsPerMinute: number
  /**
   * Most signed statements per minute for one address, over HTTP and the DHT together; unused ones are saved for a minute. Anybody can ask,
   * and each answer costs a signature and contains the genesis of the log.
   */
  statementsPerMinute: number
}

export const HOST_LIMITS: HostLimits = {
  machines: 32,
  awake: 64,
  idleMs: 60_000,
  turnMs: 1_000,
  connections: 10_000,
  wakingsPerMinute: 60,
  statementsPerMinute: 60,
}

/**
 * Most TCP connections of a port without a WebSocket at one time. A new connection replaces the quietest one: silent connections take a
 * descriptor each, and a visitor needs a connection only for milliseconds.
 */
export const PLAIN_SOCKETS = 256

/** Most such connections of one address: a browser opens 6 for a page. */
export const PLAIN_SOCKETS_PER_ADDRESS = 32

/** Most milliseconds for the head of a request, and for a TLS handshake: a visitor that sends it byte by byte occupies a connection. */
export const HEADERS_MS = 10_000

/** Most milliseconds for a whole request. None has a body. */
export const REQUEST_MS = 30_000

/** Milliseconds for which an HTTP connection may be idle between two requests. Longer than proxies wait before they use one again. */
export const KEEP_ALIVE_MS = 5_000

/** Milliseconds without progress after which the host cuts an HTTP connection, for example because the visitor does not read an answer. */
export const STILL_MS = 60_000

/** Milliseconds of silence after which a full host closes a WebSocket in favour of a new one. Its client reconnects by itself. */
export const ROOM_IDLE_MS = 10_000

/**
 * Milliseconds between two heads that the host sends to a connection only because it follows the ledger. This bounds the cost of
 * many followers of a busy service, and a person does not notice a tenth of a second.
 */
export const FOLLOW_MS = 100

/** Most calls of a group: enough to share the cost of one fdatasync, and so few that the first of them does not wait long. */
export const GROUP_CALLS = 1_024

/**
 * Most calls of a group while other services of the host are at work: signing and encoding a group holds their common thread for some 0.05
 * ms a call.
 */
export const GROUP_SHARED_CALLS = 64

/** Most calls of a first group, because its calls may turn out to write much: with files of 8 MiB they write half a GiB. */
export const GROUP_FIRST_CALLS = 64

/** Target for the bytes that the calls of a group write together. They are in memory, in the host and in the machine, until the commit. */
export const GROUP_CHANGE_BYTES = 64 * 1024 * 1024

/** Target for the milliseconds that the calls of a group wait for oracles together. The host answers the first of them after the last. */
export const GROUP_ORACLE_MS = 1_000

/** Most alarms of a group. */
export const GROUP_ALARMS = 64

/** Machines that one alarm may end before the host skips the alarm. Calls wait for alarms, so an alarm that always ends its machine would stop them all. */
export const ALARM_TRIES = 3

/**
 * Milliseconds that a stopped service has to finish its current group. After that the host ends its machine: the provisioning service waits
 * for the stop, and a looping script must not prevent it.
 */
export const HALT_MS = 2_000

/** Milliseconds for which alarms pause when no machine starts for them, or when the clock is wrong. */
export const ALARM_PAUSE_MS = 60_000

/**
 * Milliseconds of the ledger's own time for which the host remembers the ids of committed requests. A caller that sends such a
 * request again gets its receipt. This bounds memory and the reads of a start. It is no setting: a changed setting could make the
 * host run a request that it had refused as too old.
 */
export const RECALL_MS = 20 * 60_000

/** Number of last entries whose ids the host always remembers: on a quiet ledger a caller may send a request again after hours. */
export const RECALL_ENTRIES = 512

/**
 * Most final refusals that a service remembers, some 300 bytes each. Each has cost a machine, so a flood is slow. Without room for another,
 * the host answers that it is busy, which promises nothing.
 */
export const FINAL_REFUSALS = 1_000

/** Most bytes of requests in one group. */
export const GROUP_BYTES = 8 * 1024 * 1024

/**
 * Most channels of calls that one address may open over the DHT in a minute; unused ones are saved for a minute. The host signs a proof for
 * each channel, and a peer can open and close channels on one stream as fast as it can send.
 */
export const CHANNELS_PER_MINUTE = 600

/** Most files of pages that the host reads and sends at one time: each is whole in memory until it is sent. */
export const PAGES_AT_ONCE = 64

/** Most such files for one address: a browser asks for 6. */
export const PAGES_PER_ADDRESS = 8

/** Most bytes of files of pages that the host holds at one time. */
export const PAGES_BYTES = 64 * 1024 * 1024
