/** Limits and times of a client. Those that a service sets come with its hello and its genesis. */

/** Milliseconds from a call to its reply, and from connecting to being ready. As in NodeVMS. */
export const CALL_TIMEOUT_MS = 5_000

/** Milliseconds from connecting to being ready over the DHT: joining it, looking up and punching holes take seconds each. */
export const DHT_CONNECT_MS = 30_000

/** Milliseconds from signing to the expiry of a request: how long a lost request may still turn up in the ledger. */
export const REQUEST_LIFETIME_MS = 2 * 60_000

/**
 * Milliseconds by which the host's clock and ours may differ: the host's moves the expiry of a request by so much at most. A
 * request can be executed until it expires, so a host that claims a clock far ahead would get requests to keep for later.
 * Clocks without synchronization drift by seconds a day. If two clocks are farther apart, one is wrong, and the client signs nothing.
 */
export const CLOCKS_APART_MS = 5 * 60_000

/** Requests that are sent and not answered. Later calls wait, and the client packs them more tightly. */
export const IN_FLIGHT_REQUESTS = 1_000

/** Bytes of requests that are sent and not answered: bounds the memory that a slow host costs. */
export const IN_FLIGHT_BYTES = 16 * 1024 * 1024

/** How often the same call is put into a new request after refusals, before the last refusal is passed on. */
export const SIGN_ATTEMPTS = 3

/** How often the same request is sent again to a host that is busy: with the pauses below, for about 20 seconds. */
export const BUSY_ATTEMPTS = 8

/** Milliseconds of the pause before the client asks a busy host again, doubled each time up to the longest. */
export const BUSY_PAUSE_MS = { first: 100, longest: 5_000 } as const

/** Milliseconds of the pause before connecting anew, doubled each time up to the longest. */
export const RECONNECT_PAUSE_MS = { first: 250, longest: 30_000 } as const

/** Bytes that a request needs beside its calls, rounded up: at most 178, with the longest debug name. */
export const REQUEST_OVERHEAD_BYTES = 512

/** Bytes that a call needs beside its method's name and its arguments: the lengths of both and of the pair. */
export const CALL_OVERHEAD_BYTES = 11
