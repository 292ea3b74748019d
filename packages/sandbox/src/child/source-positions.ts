/**
 * Maps a position of the instrumented text back to the script. It then maps it to the files that a bundler made the script from, if a
 * source map came with the script or stands at its end.
 */
import { decodedMap, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { Instrumented } from '../transform/instrument.ts'

export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** A source map at the end of the script, as bundlers write it. */
const inlineMap =
  /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,([\w+/=]+)\s*$/

export interface PlacesOptions {
  readonly source: string
  /** File name of the script. */
  readonly name: string
  /** From the instrumented text to `source`. */
  readonly map: Instrumented['map']
  /** From `source` to the files that it was bundled from, as JSON. It takes precedence over a map at the end of `source`. */
  readonly bundleMap: string | null
}

export function createPlaces(options: PlacesOptions): (line: number, column: number) => Place {
  const { source, name, map, bundleMap } = options
  let maps: { instrumented: TraceMap; bundled: TraceMap | null } | null = null
  return (line, column) => {
    maps ??= {
      instrumented: traceMap(map(), name),
      bundled: traceBundle(bundleMap ?? inlineMapOf(source)),
    }
    const written = originalPositionFor(maps.instrumented, { line, column: column - 1 })
    if (written.line === null) return { file: name, line, column }
    const place = { file: name, line: written.line, column: written.column + 1 }
    if (maps.bundled === null) return place
    const first = originalPositionFor(maps.bundled, written)
    return first.source === null
      ? place
      : { file: first.source, line: first.line, column: first.column + 1 }
  }
}

function traceMap(map: ReturnType<Instrumented['map']>, name: string): TraceMap {
  const { mappings, names } = map
  return new TraceMap({ version: 3, mappings, names, sources: [name] })
}

function inlineMapOf(source: string): string | null {
  const encoded = inlineMap.exec(source)?.[1]
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString()
}

function traceBundle(json: string | null): TraceMap | null {
  if (json === null) return null
  try {
    const map = new TraceMap(json)
    // Decodes the map here, because an invalid map must not make a report fail.
    decodedMap(map)
    return map
  } catch {
    return null
  }
}
