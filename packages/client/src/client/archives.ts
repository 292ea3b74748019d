/**
 * Registers which connected client reads which files. As in 2017, a program names an archive by its URL alone, and that URL names no host.
 * So this file looks among the clients that the program has connected.
 */
import type { ServiceFiles } from './service-files.ts'

const connected = new Map<string, Set<ServiceFiles>>()

/** Makes archives of this URL read through `files`, until the caller calls the returned function. */
export function offerFiles(url: string, files: ServiceFiles): () => void {
  const offered = connected.get(url) ?? new Set()
  connected.set(url, offered)
  offered.add(files)
  return () => {
    offered.delete(files)
    if (offered.size === 0) connected.delete(url)
  }
}

/** Files that can be read at this URL now; undefined if no client is connected to their service. */
export const offeredFiles = (url: string): ServiceFiles | undefined =>
  connected.get(url)?.values().next().value
