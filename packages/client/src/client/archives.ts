/**
 * Which connected client reads which files. An archive is named by its URL alone, as in 2017, and a URL of files names no
 * host: the clients that this program has connected are asked.
 */
import type { ServiceFiles } from './service-files.ts'

const connected = new Map<string, Set<ServiceFiles>>()

/** From now on archives of this URL are read through `files`, until the function that this returns is called. */
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
