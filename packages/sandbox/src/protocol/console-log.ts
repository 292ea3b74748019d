/** Passes console lines on at a limited rate. A child that a script has compromised may write as fast as the parent reads the pipe. */
import { consoleBytesPerSecond } from './limits.ts'
import type { ConsoleLine } from './types.ts'

export function boundedLog(log: (line: ConsoleLine) => void): (line: ConsoleLine) => void {
  let room = consoleBytesPerSecond
  let second = 0
  let isTold = false
  return (line) => {
    const now = Date.now()
    if (Math.abs(now - second) >= 1_000) {
      second = now
      room = consoleBytesPerSecond
      isTold = false
    }
    room -= 2 * line.text.length
    if (room >= 0) log(line)
    else if (!isTold) {
      isTold = true
      log({
        level: 'machine',
        text: 'the host dropped lines: there were more than it takes in a second',
      })
    }
  }
}
