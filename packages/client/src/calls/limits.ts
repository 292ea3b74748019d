/** Limits and times of a client. A service's own limits come with its hello and its genesis. */

/** Milliseconds from a call to its reply, and from connecting to being ready. As in NodeVMS. */
export const CALL_TIMEOUT_MS = 5_000

/** Milliseconds from connecting to being ready over the DHT: joining it, looking up and punching holes take seconds each. */
export const DHT_CONNECT_MS = 30_000

/** Milliseconds from signing to the expiry of a request: how long a lost request may still turn up in the ledger. */
export const REQUEST_LIFETIME_MS = 2 * 60_000

/**
 * Milliseconds by which the host's clock and ours may differ. The host's clock moves the expiry of a request by at most this much. A
 * request can be executed until it expires, so a host that claims a clock far ahead would get requests to keep for later. Clocks without
 * synchronization drift by seconds a day. If two clocks are farther apart, one is wrong, and the client signs nothing.
 */
export const CLOCKS_APART_MS = 5 * 60_000

/** Most requests that are sent and not answered. Later calls wait, and the client packs them more tightly. */
export const IN_FLIGHT_REQUESTS = 1_000

/** Most bytes of requests that are sent and not answered. Bounds the memory that a slow host costs. */
export const IN_FLIGHT_BYTES = 16 * 1024 * 1024

/** How often the client puts the same call into a new request after refusals, before it reports the last refusal. */
export const SIGN_ATTEMPTS = 3

/** How often the client sends the same request again to a busy host: with the pauses below, for about 20 seconds. */
export const BUSY_ATTEMPTS = 8

/** Milliseconds of the pause before the client asks a busy host again, doubled each time up to the longest. */
export const BUSY_PAUSE_MS = { first: 100, longest: 5_000 } as const

/** Milliseconds of the pause before connecting anew, doubled each time up to the longest. */
export const RECONNECT_PAUSE_MS = { first: 250, longest: 30_000 } as const

/** Most bytes of a request besides its calls, rounded up: at most 178, with the longest debug name. */
export const REQUEST_OVERHEAD_BYTES = 512

/** Most bytes of a call besides its method's name and its arguments: the lengths of both and of the pair. */
export const CALL_OVERHEAD_BYTES = 11
