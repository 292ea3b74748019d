/**
 * Types for the authors of scripts. With `/// <reference types="@vms/sandbox/script" />` (JavaScript) or
 * `import type {} from '@vms/sandbox/script'` (TypeScript) the global `System` is known. Nothing of this runs.
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
  readFile(
    path: string,
    options?: ScriptEncoding | { encoding?: ScriptEncoding },
  ): Promise<string>
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

export interface ScriptSystem {
  /** Whoever makes the current call. */
  readonly caller: {
    /** The caller's public key in z-base-32, or `debug:` and a name; null at the top level and in `init`. */
    readonly id: string | null
  }
  readonly files: ScriptFiles
}

declare global {
  const System: ScriptSystem
}
