/** Passes the child's standard error to the host's log, line by line and within a rate. V8 writes its last message there. */
import { stderrBytesPerSecond } from '../protocol/limits.ts'
import type { ConsoleLine } from '../protocol/types.ts'

export function forwardErrors(
  stream: NodeJS.ReadableStream,
  log: (line: ConsoleLine) => void,
): void {
  let room = stderrBytesPerSecond
  let second = Date.now()
  stream.setEncoding('utf8')
  stream.on('error', () => {})
  stream.on('data', (text: string) => {
    if (Date.now() - second >= 1_000) {
      second = Date.now()
      room = stderrBytesPerSecond
    }
    const kept = text.slice(0, Math.max(0, room))
    room -= text.length
    for (const line of kept.split('\n'))
      if (line.trim() !== '') log({ level: 'machine', text: line })
  })
}
