/** Flags that make V8 compile everything with one of its compilers. */
import process from 'node:process'

const version = Number.parseInt(process.versions.v8, 10)

export const sparkplug: readonly string[] = ['--always-sparkplug', '--no-opt']
export const maglev: readonly string[] = ['--stress-maglev']
/** V8 14 knows no flag that compiles at once. */
export const turbofan: readonly string[] =
  version < 14 ? ['--always-turbofan'] : ['--always-osr', '--invocation-count-for-turbofan=1']
