/**
 * Types for the authors of scripts. With `/// <reference types="@vms/sandbox/script" />` (JavaScript) or
 * `import type {} from '@vms/sandbox/script'` (TypeScript) the globals of a script are known. Nothing of this runs.
 *
 * A declaration file and not a source, because a type reference finds nothing else, and outside `src`, so that its globals reach only
 * programs that ask for them. Timers are not declared: their types would mix with those of Node or of a browser.
 */

/** How text and bytes of a file become each other. `'binary'` means bytes. */
export type ScriptEncoding = 'utf8' | 'utf-8' | 'base64' | 'hex' | 'binary' | 'json'

export interface ScriptStat {
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** Time of the call that wrote it. */
  readonly mtime: Date
  isFile(): boolean
  isDirectory(): boolean
}

export interface ScriptFilesInfo {
  /** Title of the service. */
  readonly title: string
  /** URL of its files. */
  readonly key: string
  readonly url: string
  /** Index of the current entry in the ledger. */
  readonly version: number
}

export interface ScriptHistoryItem {
  readonly path: string
  /** Index in the ledger at which the group began that changed it. */
  readonly version: number
  readonly type: 'put' | 'del'
}

/**
 * The service's files. Paths work with and without a leading slash. What a call changes is kept if it returns and dropped if it throws.
 * Errors have the `name` and the `code` that the specification lists, such as `NotFoundError` and `ENOENT`.
 */
export interface ScriptFiles {
  getInfo(): Promise<ScriptFilesInfo>
  stat(path: string): Promise<ScriptStat>
  readFile(path: string, options: 'binary' | { encoding: 'binary' }): Promise<Uint8Array>
  readFile(path: string, options: 'json' | { encoding: 'json' }): Promise<unknown>
  readFile(path: string, options?: ScriptEncoding | { encoding?: ScriptEncoding }): Promise<string>
  /** Takes a string, bytes, or with `'json'` whatever JSON can say. The folder has to exist. */
  writeFile(
    path: string,
    data: unknown,
    options?: ScriptEncoding | { encoding?: ScriptEncoding },
  ): Promise<void>
  /** Names in the order of their UTF-8 bytes; with `recursive` also those further down, relative to the folder. */
  readdir(
    path: string,
    options: { recursive?: boolean; stat: true },
  ): Promise<{ name: string; stat: ScriptStat }[]>
  readdir(path: string, options?: { recursive?: boolean; stat?: false }): Promise<string[]>
  mkdir(path: string): Promise<void>
  unlink(path: string): Promise<void>
  rmdir(path: string, options?: { recursive?: boolean }): Promise<void>
  copy(source: string, target: string): Promise<void>
  rename(source: string, target: string): Promise<void>
  /** Changes of earlier groups, from version `start` up to but without `end`. */
  history(options?: {
    start?: number
    end?: number
    reverse?: boolean
  }): Promise<ScriptHistoryItem[]>
}

export interface ScriptAlarm {
  readonly id: string
  /** When it is due. */
  readonly time: Date
  readonly method: string
  readonly args: readonly unknown[]
}

/**
 * Calls that the host makes later, without a caller: `System.caller.id` is null in them. An alarm is set with the call that sets it, or
 * not at all if that throws. It is fired once, whatever comes of it. Not at the top level.
 */
export interface ScriptAlarms {
  /**
   * Has `method`, which the script must export, called with `args` at `time` (a Date, or milliseconds since 1970) or soon after; never
   * within a second. Resolves with the alarm's id.
   */
  at(time: Date | number, method: string, ...args: unknown[]): Promise<string>
  /** Whether the alarm was still pending. */
  cancel(id: string): Promise<boolean>
  /** What is pending, in the order in which it is due. */
  list(): Promise<ScriptAlarm[]>
}

export interface ScriptSystem {
  readonly alarm: ScriptAlarms
  /** Whoever makes the current call. */
  readonly caller: {
    /**
     * The caller's public key in z-base-32, or `debug:` and a name. At the top level, in `init` and in an alarm nobody calls, and it is
     * null.
     */
    readonly id: string
  }
  readonly files: ScriptFiles
  /**
   * Asks a function that the host offers under this name, and waits for it: all other calls wait too. Arguments and result are values
   * as those of methods. What it gives or throws is recorded, and believed by whoever audits the service, so check it like an argument.
   * Not at the top level.
   */
  oracle(name: string, ...args: unknown[]): Promise<unknown>
}

export interface ScriptConsole {
  debug(...values: unknown[]): void
  log(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

export interface ScriptBuffer extends Uint8Array<ArrayBuffer> {
  toString(encoding?: string, start?: number, end?: number): string
  equals(other: Uint8Array): boolean
  compare(other: Uint8Array): -1 | 0 | 1
  slice(start?: number, end?: number): ScriptBuffer
  write(text: string, offset?: number, length?: number, encoding?: string): number
  copy(target: Uint8Array, targetStart?: number, start?: number, end?: number): number
}

export interface ScriptBufferConstructor {
  from(text: string, encoding?: string): ScriptBuffer
  from(bytes: ArrayLike<number> | ArrayBuffer): ScriptBuffer
  alloc(size: number, fill?: number | string, encoding?: string): ScriptBuffer
  concat(list: readonly Uint8Array[], totalLength?: number): ScriptBuffer
  byteLength(value: string | Uint8Array, encoding?: string): number
  compare(left: Uint8Array, right: Uint8Array): -1 | 0 | 1
  isBuffer(value: unknown): value is ScriptBuffer
}

export interface ScriptTextDecoderOptions {
  fatal?: boolean
  ignoreBOM?: boolean
}

/** Random values come from the seed of the call, which is public: not for secrets, not for draws. */
export interface ScriptCrypto {
  /** At most 65,536 bytes at a time. */
  getRandomValues<Kind extends ArrayBufferView>(array: Kind): Kind
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`
  readonly subtle: {
    digest(
      algorithm:
        | ScriptDigest
        | {
            name: ScriptDigest
          },
      data: ArrayBuffer | ArrayBufferView,
    ): Promise<ArrayBuffer>
  }
}

export type ScriptDigest = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

export interface ScriptTextEncoder {
  readonly encoding: 'utf-8'
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, target: Uint8Array): { read: number; written: number }
}

export interface ScriptTextDecoder {
  readonly encoding: 'utf-8' | 'utf-16le'
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string
}

declare global {
  const System: ScriptSystem
  // Where Node's types are there too, theirs hold.
  var console: typeof globalThis extends { process: unknown; console: infer Known }
    ? Known
    : ScriptConsole
  var Buffer: typeof globalThis extends { process: unknown; Buffer: infer Known }
    ? Known
    : ScriptBufferConstructor
  var crypto: typeof globalThis extends { process: unknown; crypto: infer Known }
    ? Known
    : ScriptCrypto
  var TextEncoder: typeof globalThis extends { process: unknown; TextEncoder: infer Known }
    ? Known
    : new () => ScriptTextEncoder
  var TextDecoder: typeof globalThis extends { process: unknown; TextDecoder: infer Known }
    ? Known
    : new (
        label?: string,
        options?: ScriptTextDecoderOptions,
      ) => ScriptTextDecoder
  var structuredClone: typeof globalThis extends { process: unknown; structuredClone: infer Known }
    ? Known
    : <Kind>(value: Kind, options?: { transfer?: ArrayBuffer[] }) => Kind
  function queueMicrotask(run: () => void): void
  function atob(text: string): string
  function btoa(text: string): string
}
