/** `console`: bounded lines for the host's log. The ledger does not record them. */

import { host } from '../core/bridge.js'
import { give, sliceText, wellFormed } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { reportOf } from './error-report.js'
import { inspect } from './inspect.js'

let limits
let lines = 0

export function installConsole(consoleLimits) {
  limits = consoleLimits
  const console = {}
  const levels = ['debug', 'log', 'info', 'warn', 'error']
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]
    give(console, level, { [level]: (...values) => write(level, values) }[level])
  }
  give(console, 'trace', { trace: (...values) => write('debug', values) }.trace)
  give(console, 'dir', { dir: (value) => write('log', [value]) }.dir)
  give(
    console,
    'assert',
    { assert: (condition, ...values) => (condition ? undefined : write('error', values)) }.assert,
  )
  give(globalThis, 'console', console)
}

/** A call begins with its full number of lines. */
export function resetConsole() {
  lines = 0
}

function write(level, values) {
  charge(flat.line)
  lines += 1
  if (lines > limits.callLines) {
    if (lines === limits.callLines + 1)
      host('console', 'warn', 'further lines of this call are dropped')
    return
  }
  let line = ''
  for (let i = 0; i < values.length && line.length <= limits.lineUnits; i++) {
    const value = values[i]
    line += `${i === 0 ? '' : ' '}${typeof value === 'string' ? value : inspect(value, reportOf)}`
  }
  host(
    'console',
    level,
    wellFormed(line.length > limits.lineUnits ? `${sliceText(line, 0, limits.lineUnits)}…` : line),
  )
}
