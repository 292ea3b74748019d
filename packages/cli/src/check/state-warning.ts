/** A short warning about state in variables, before `vms exec` and `vms deploy`. */
import type { Output } from '../output/output.ts'
import { safeText } from '../output/terminal-text.ts'
import type { LoadedScript } from '../script/script.ts'
import { analyseScript } from './analysis.ts'
import { findModuleState } from './module-state.ts'
import { createOrigins } from './origin.ts'

/** Tells one line if methods change variables of the top level. */
export function tellState(output: Output, script: LoadedScript, file: string, cwd: string): void {
  const found = findModuleState(analyseScript(script.source))
  const [first] = found
  if (!first) return
  const origin = createOrigins(script, file, cwd).finding(first)
  const others = found.length > 1 ? ` (and ${found.length - 1} more)` : ''
  output.tell(
    `${output.style('yellow', '!')} ${safeText(`${origin.file}:${origin.line}`)}: methods change a variable${others}, and a restart resets it; put state into files. vms check tells more.`,
  )
}
