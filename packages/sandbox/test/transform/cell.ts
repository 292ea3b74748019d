/**
 * A bare isolate in which a text runs as the body of a strict function, instrumented or as it is: the engine's own world, the runtime's
 * meter, and nothing else. What differs between the two is the instrumentation's doing.
 */
import process from 'node:process'
import ivm from 'isolated-vm'
import { bindingText, resolveImport } from '../../src/child/engine.ts'
import { runtimeSource } from '../../src/child/runtime-source.ts'
import { instrument } from '../../src/transform/instrument.ts'
import { boundNames } from '../../src/transform/source/names.ts'
import { ScriptProblem } from '../../src/transform/source/parse.ts'

export interface CellOptions {
  readonly instrumented: boolean
  /** Scripts that run before, in the global scope and as they are. */
  readonly before?: readonly string[]
  readonly fuel?: number
  readonly depth?: number
  readonly timeoutMs?: number
  /** How often it runs: what the last time came to counts. */
  readonly times?: number
}

export interface CellResult {
  /** `compile`: it did not get as far as running. */
  readonly end: 'returned' | 'thrown' | 'aborted' | 'compile' | 'timeout'
  /** Name of what was thrown, or why it was aborted. */
  readonly name: string
  readonly message: string
  /** What `print` was told, also by microtasks. */
  readonly printed: readonly string[]
  readonly fuel: number
  /** Milliseconds of processor that it took, all but the first third of the times together. */
  readonly ms: number
}

/** Contexts of one isolate: they are not all collected. */
const contextsPerIsolate = 200

/** Gives what tells what was printed, and what runs the body. */
const prelude = `
(function () {
  'use strict'
  const { stringify } = JSON
  const { apply } = Reflect
  const text = String
  let printed = []
  globalThis.print = (line) => { apply([].push, printed, [text(line)]) }
  const run = (body) => {
    printed = []
    try {
      body({}, { exports: {} })
      return stringify(['returned', '', ''])
    } catch (error) {
      const isObject = typeof error === 'object' && error !== null
      const name = isObject ? error.constructor?.name ?? error.name : typeof error
      return stringify(['thrown', text(name), text(isObject ? error.message : error)])
    }
  }
  return [run, () => stringify(printed)]
})()
`

let isolate: ivm.Isolate | null = null
let contexts = 0

export function runInCell(source: string, options: CellOptions): CellResult {
  if (isolate === null || isolate.isDisposed || contexts >= contextsPerIsolate) {
    if (isolate !== null && !isolate.isDisposed) isolate.dispose()
    isolate = new ivm.Isolate({ memoryLimit: 512 })
    contexts = 0
  }
  contexts += 1
  const context = isolate.createContextSync()
  try {
    return runIn(isolate, context, source, options)
  } finally {
    if (!isolate.isDisposed) context.release()
  }
}

function runIn(
  isolate: ivm.Isolate,
  context: ivm.Context,
  source: string,
  {
    instrumented,
    before = [],
    fuel = 0x7fffffff,
    depth = 2_000,
    timeoutMs = 10_000,
    times = 1,
  }: CellOptions,
): CellResult {
  const failed = (end: CellResult['end'], name: string, message: string): CellResult => ({
    end,
    name,
    message,
    printed: [],
    fuel: 0,
    ms: 0,
  })
  let body = source
  let aborted = ''
  const words = new Int32Array(new SharedArrayBuffer(8)).fill(0x7fffffff)
  if (instrumented) {
    try {
      const { text, names } = instrument(source)
      body = text
      const abort = (_operation: string, reason: string) => {
        aborted ||= reason
        isolate.dispose()
      }
      hide(isolate, context, boundNames(names), words, [names.prefix, source], abort)
    } catch (error) {
      if (!(error instanceof ScriptProblem)) throw error
      return failed('compile', error.kind, error.message)
    }
  }
  const outer = context.evalSync(prelude, { reference: true }) as ivm.Reference
  const run = outer.getSync(0, { reference: true }) as ivm.Reference
  const tell = outer.getSync(1, { reference: true }) as ivm.Reference
  for (const text of before) context.evalSync(text)
  let compiled: ivm.Reference
  try {
    compiled = context.evalSync(`(function (exports, module) { 'use strict';\n${body}\n})`, {
      reference: true,
      timeout: timeoutMs,
    })
  } catch (error) {
    return failed('compile', (error as Error).name, (error as Error).message)
  }
  let ended = ''
  let ms = 0
  for (let i = 0; i < times; i++) {
    words[0] = fuel
    words[1] = depth
    const start = process.threadCpuUsage()
    try {
      ended = run.applySync(undefined, [compiled.derefInto()], { timeout: timeoutMs }) as string
    } catch (error) {
      if (aborted !== '') return { ...failed('aborted', aborted, ''), fuel: fuel - (words[0] ?? 0) }
      // Whatever a promise was rejected with that nobody handled.
      const message = String((error as Error | undefined)?.message)
      if (/timed out|disposed/.test(message)) return failed('timeout', '', message)
      ended = JSON.stringify(['returned', '', ''])
    }
    const { user, system } = process.threadCpuUsage(start)
    if (i >= Math.floor(times / 3)) ms += (user + system) / 1000
  }
  const [end, name, message] = JSON.parse(ended) as [CellResult['end'], string, string]
  const printed = JSON.parse(tell.applySync() as string) as string[]
  return { end, name, message, printed, fuel: fuel - (words[0] ?? 0), ms }
}

const root = 'root.js'
const rootSource = `
export { instruments } from './instrumented.js'
export { connectMeter } from './metering/meter.js'
import { functionText, give, NativeFunction } from './core/primordials.js'
import { rememberSource, writtenText } from './core/written.js'
const holder = { toString() { return writtenText(functionText(this)) } }
give(NativeFunction.prototype, 'toString', holder.toString)
export { rememberSource }
`

/** Binds the hidden names of an instrumented script, as the machine does. */
function hide(
  isolate: ivm.Isolate,
  context: ivm.Context,
  names: Readonly<Record<string, string>>,
  words: Int32Array,
  written: readonly [prefix: string, source: string],
  abort: (operation: string, reason: string) => void,
): void {
  const modules = new Map<string, ivm.Module>()
  const files = new Map<ivm.Module, string>()
  const load = (file: string): ivm.Module => {
    let module = modules.get(file)
    if (module !== undefined) return module
    module = isolate.compileModuleSync(file === root ? rootSource : runtimeSource(file), {
      filename: `vms:${file}`,
    })
    modules.set(file, module)
    files.set(module, file)
    for (const dependency of module.dependencySpecifiers) load(resolveImport(dependency, file))
    return module
  }
  const main = load(root)
  main.instantiateSync(context, (specifier, referrer) =>
    load(resolveImport(specifier, files.get(referrer) as string)),
  )
  main.evaluateSync()
  const reference = (name: string) =>
    main.namespace.getSync(name, { reference: true }) as ivm.Reference
  reference('connectMeter').applySync(undefined, [
    new ivm.ExternalCopy(words.buffer).copyInto(),
    new ivm.Callback(abort),
  ])
  reference('rememberSource').applySync(undefined, written as unknown as unknown[])
  context.global.setSync('instruments', reference('instruments').derefInto())
  context.evalSync(bindingText(names))
  context.global.deleteSync('instruments')
}
