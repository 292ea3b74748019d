// The part of IndexedDB that the key store uses. Not the compiler's library of the DOM, which would declare the whole of a
// browser in code that runs on Node as well.
interface IDBRequest<T> {
  readonly result: T
  readonly error: Error | null
  onsuccess: (() => void) | null
  onerror: (() => void) | null
}
interface IDBOpenRequest extends IDBRequest<IDBDatabase> {
  onupgradeneeded: (() => void) | null
}
interface IDBObjectStore {
  get<T>(key: string): IDBRequest<T | undefined>
  put(value: unknown, key: string): IDBRequest<unknown>
}
interface IDBDatabase {
  createObjectStore(name: string): IDBObjectStore
  transaction(
    name: string,
    mode: 'readonly' | 'readwrite',
  ): { objectStore(name: string): IDBObjectStore }
  close(): void
}
declare const indexedDB: { open(name: string, version: number): IDBOpenRequest }
