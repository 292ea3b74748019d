/**
 * Service limits: the operator chooses them. No entry records them, and the host only refuses by them, so an operator may change them at
 * any time. (Machine limits, which the genesis records, are in @vms/format.)
 */
import { defaultProcessLimits } from '@vms/sandbox'

/** Limits of one served script. */
export interface ServiceLimits {
  /**
   * Requests that wait to be executed, over all connections. The host refuses more as busy, so that memory stays bounded in a flood. A client
   * of this release keeps at most 1,000 requests unanswered.
   */
  queueRequests: number
  /** Bytes of the requests that wait. */
  queueBytes: number
  /** Connections at one time. */
  connections: number
  /** Longest time, in milliseconds, between now and a request's `expires`: bounds what the replay guard must remember. */
  requestLifetimeMs: number
  /** How far, in milliseconds, the clock may be behind the last entry before the host refuses to write: a clock that was set wrong. */
  clockBehindMs: number
  /** Processor time of one call in milliseconds, on Linux: a backstop, never an outcome. */
  callCpuMs: number
  /** The same by the clock, for a call that sleeps and for other systems: ten times as long, so that a busy computer refuses nothing. */
  callWallMs: number
  /** V8 heap of the machine in MiB: a backstop, never an outcome. */
  memoryMiB: number
  /** Milliseconds that one use of an oracle may take: all calls of the service wait meanwhile. Past it, the script gets an error. */
  oracleMs: number
  /** Milliseconds that all uses of oracles of one request may take together: else many slow ones hold the lock for hours. */
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
  /** Frames of one connection that are being answered; the next one waits. A client may have as many calls under way. */
  framesInFlight: number
  /** Bytes of the frames that are being answered, unless one alone is larger: a request stays in memory until it is durable. */
  frameBytesInFlight: number
  /** Frames that wait for their turn; with more, the host stops reading from the peer. It may have read some 64 KiB more by then. */
  framesWaiting: number
  /** Bytes of the frames that wait for their turn. */
  frameBytesWaiting: number
  /** Bytes of answers that may wait to be sent while the host serves the next frame of a connection; one answer may have 15 MiB more. */
  unsentBytes: number
  /** Bytes of replies and heads that may wait to be sent to one connection before the host cuts it: a peer that does not read costs memory. */
  sendBytes: number
  /** Bytes that the host holds for all its connections together. Past it, the host cuts the connections that hold the most. */
  heldBytes: number
  /** Requests of one connection that are malformed, or lack a valid signature, before the host cuts it: each costs the check of a signature, and no honest client sends one. */
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

/** Limits of a host of many services. By them the host makes services dormant, makes them wait, and refuses. */
export interface HostLimits {
  /** Machines of services at one time: each is a process with some tens of MiB. */
  machines: number
  /** Services that are awake at one time: each has a database open, with its files and some MiB. */
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
   * Questions of one address that the host answers with a signed statement in a minute, over HTTP and the DHT together; what
   * was not used is saved up for a minute. Anybody can ask, and each answer is a signature and the genesis of the log.
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
 * TCP connections of a port that are no WebSockets, at one time. A newcomer pushes the oldest one out: connections that say
 * nothing take a descriptor each, and a visitor needs its place for milliseconds.
 */
export const PLAIN_SOCKETS = 256

/** The same of one address: a browser opens 6 for a page. */
export const PLAIN_SOCKETS_PER_ADDRESS = 32

/** Milliseconds that the head of a request may take, and a TLS handshake: a visitor that sends it byte by byte takes a place. */
export const HEADERS_MS = 10_000

/** Milliseconds that a whole request may take. None has a body. */
export const REQUEST_MS = 30_000

/** Milliseconds for which an HTTP connection may be idle between two requests. Longer than proxies wait before they use one again. */
export const KEEP_ALIVE_MS = 5_000

/** Milliseconds in which nothing moves on an HTTP connection, such as an answer that is not read. */
export const STILL_MS = 60_000

/** Milliseconds for which a WebSocket must have said nothing before it gives its place to a newcomer, where a host is full. Its client connects again by itself. */
export const ROOM_IDLE_MS = 10_000

/**
 * Milliseconds between two heads that the host sends to a connection only because it follows the ledger. This bounds the cost of
 * many followers of a busy service, and a person does not notice a tenth of a second.
 */
export const FOLLOW_MS = 100

/** Calls executed before a group is committed: enough to amortise one fdatasync, few enough that the first of them does not wait long. */
export const GROUP_CALLS = 1_024

/**
 * Calls in a group while other services are at work on the same host: signing and encoding a group holds the thread that all
 * share, for some 0.05 ms a call.
 */
export const GROUP_SHARED_CALLS = 64

/** Calls in a first group, whose calls may turn out to write much: with files of 8 MiB it is half a GiB. */
export const GROUP_FIRST_CALLS = 64

/** Bytes that the calls of a group should write together: they are in memory, here and in the machine, until the commit. */
export const GROUP_CHANGE_BYTES = 64 * 1024 * 1024

/** Milliseconds that the calls of a group should wait for oracles together: the first of them is answered after the last. */
export const GROUP_ORACLE_MS = 1_000

/** Alarms fired before a group is committed. */
export const GROUP_ALARMS = 64

/** Machines that one alarm may end before the host skips the alarm. Calls wait for alarms, so an alarm that always ends its machine would stop them all. */
export const ALARM_TRIES = 3

/**
 * Milliseconds for which a service that is stopped may go on with the group in hand. Then its machine is ended: the provisioning
 * service waits for it, and a script that loops must not keep the host from stopping it.
 */
export const HALT_MS = 2_000

/** Milliseconds for which alarms wait when there is no machine for them, or the clock is wrong. */
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
 * Requests refused for good that a service remembers, some 300 bytes each: every one has cost a machine, so a flood is slow.
 * While there is no room, the host answers such a request that it is busy, which promises nothing.
 */
export const FINAL_REFUSALS = 1_000

/** Bytes of requests in one group. */
export const GROUP_BYTES = 8 * 1024 * 1024

/**
 * Channels of calls that one address may open over the DHT in a minute; unused ones are saved for a minute. The host signs a proof
 * for each channel, and a peer can open and close channels on one stream as fast as it can send.
 */
export const CHANNELS_PER_MINUTE = 600

/** Files of pages that the host reads and sends at one time: each is whole in memory until it is sent. */
export const PAGES_AT_ONCE = 64

/** The same for one address: a browser asks for 6. */
export const PAGES_PER_ADDRESS = 8

/** Bytes of the files of pages that the host holds at one time. */
export const PAGES_BYTES = 64 * 1024 * 1024
