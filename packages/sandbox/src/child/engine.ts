/**
 * The one file that uses isolated-vm. It makes an isolate, loads the runtime into it, and calls the runtime. Everything is synchronous.
 * Every error becomes a Refusal.
 */
import path from 'node:path'
import ivm from 'isolated-vm'
import { Broken, Refusal } from './refusal.ts'
import { type RuntimeScript, runtimeScript, runtimeSource } from './runtime-source.ts'
import { SharedMemory } from './shared-memory.ts'

/** Answers a question of the isolate with a number, a string, or nothing. The engine itself answers `grow`. */
export type HostFunction = (
  operation: string,
  a: unknown,
  b: unknown,
  c: unknown,
  /** The position in the script, if the machine is traced. */
  stack?: unknown,
) => number | string | undefined

export interface EngineOptions {
  readonly memoryMiB: number
  readonly codec: string
  /** The memory of the meter. */
  readonly meter: SharedArrayBuffer
  /** JSON, for `setUp` in runtime/main.js. */
  readonly settings: string
  /** Names of the constants that the instrumented script uses, by the keys of `instruments` in runtime/instrumented.js. */
  readonly boundNames: Readonly<Record<string, string>>
  /** The prefix of the hidden names, and the script's source: they give the texts of its functions. */
  readonly written: readonly [prefix: string, source: string]
  readonly host: HostFunction
  /** Called with messages that go to the host's log only. */
  readonly onFailure: (message: string) => void
}

const entryPoints = [
  'connectMeter',
  'rememberSource',
  'setUp',
  'useCodec',
  'boot',
  'seal',
  'hasInit',
  'callInit',
  'call',
  'tick',
  'strand',
  'share',
] as const
type EntryPoint = (typeof entryPoints)[number]

/** Returns the current value of an export of runtime/main.js by its name. */
type Runtime = (name: string) => ivm.Reference

let runtimeCache: ivm.ExternalCopy<ArrayBuffer> | null = null

/** The reason of the rejection that runtime/main.js makes at every entry. The binding throws this value when nothing has failed. */
const firstReason = ''

/** Text that declares the bound names as constants. It throws in the isolate if the runtime exports other keys. */
export function bindingText(boundNames: Readonly<Record<string, string>>): string {
  const keys = Object.keys(boundNames).sort()
  const constants = keys.map((key) => `${boundNames[key]}=instruments.${key}`)
  const check = `if(Object.keys(instruments).sort().join()!=='${keys.join()}')throw Error('the runtime binds other names')`
  return `'use strict';${check};const ${constants.join(',')}`
}

/** Resolves an import of the module `from` to a path below `src/runtime`. */
export const resolveImport = (specifier: string, from: string): string =>
  path.posix.join(path.posix.dirname(from), specifier)

export class Engine {
  readonly memory: SharedMemory
  readonly #options: EngineOptions
  readonly #isolate: ivm.Isolate
  readonly #context: ivm.Context
  readonly #entries = new Map<EntryPoint, ivm.Reference>()

  constructor(options: EngineOptions) {
    this.#options = options
    this.#isolate = new ivm.Isolate({ memoryLimit: options.memoryMiB })
    this.#context = this.#isolate.createContextSync()
    this.memory = new SharedMemory((memory) =>
      this.apply('share', [new ivm.ExternalCopy(memory).copyInto()]),
    )
    const runtime = this.#loadRuntime()
    for (const name of entryPoints) this.#entries.set(name, runtime(name))
    this.#setUp(runtime)
  }

  /** Compiles the script without running it. Returns the argument for `boot`. */
  compile(wrapped: string, name: string): unknown {
    const script = this.#isolate.compileScriptSync(wrapped, { filename: name, lineOffset: -1 })
    const reference = script.runSync(this.#context, { reference: true }) as ivm.Reference
    return reference.derefInto()
  }

  /**
   * Calls an entry point of runtime/main.js. The engine drains all microtasks before this method returns.
   *
   * It does not set the binding's own timeout. The binding keeps the timers of ended calls in a queue until they are due, and its thread
   * then recurses over all due timers. 100,000 of them, as one call with many timers leaves behind, overflow that thread's stack. The
   * binding's timeout also does not cover microtasks. The parent's clock covers everything.
   *
   * @throws Refusal
   */
  apply(name: EntryPoint, args: readonly unknown[]): unknown {
    const entry = this.#entries.get(name) as ivm.Reference
    this.memory.enter()
    try {
      return entry.applySync(undefined, args as unknown[])
    } catch (error) {
      if (error === firstReason && this.memory.hasLeft) return undefined
      const refusal = this.#refusalFor(error as Error)
      if (refusal !== null) throw refusal
      return undefined
    }
  }

  /** Stops the running code at its next interrupt check. A host function may call it. */
  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  /** Null if the only error is the unhandled rejection that runtime/main.js makes at every entry. */
  #refusalFor(error: Error): Refusal | null {
    const message = String(error?.message)
    if (this.#isolate.isDisposed) {
      return /memory limit/.test(message)
        ? new Refusal('memory', 'the script used more memory than it may')
        : new Refusal('crash', 'the isolate is gone')
    }
    if (this.memory.hasLeft) return null
    if (message === 'Maximum call stack size exceeded') {
      return new Refusal('stack', 'the script ran out of stack')
    }
    this.#options.onFailure(`the isolate failed: ${message}`)
    return new Refusal('crash', 'the isolate failed')
  }

  #loadRuntime(): Runtime {
    const script = runtimeScript()
    return script === null ? this.#loadModules() : this.#loadScript(script)
  }

  /** V8's code cache from an earlier compilation saves most of the time. Another version of V8 ignores it. */
  #loadScript({ code, cache }: RuntimeScript): Runtime {
    if (cache !== null) runtimeCache ??= new ivm.ExternalCopy(cache)
    const script = this.#isolate.compileScriptSync(code, {
      filename: 'vms:runtime.js',
      ...(runtimeCache !== null && { cachedData: runtimeCache }),
    })
    const lookUp = script.runSync(this.#context, { reference: true }) as ivm.Reference
    return (name) => lookUp.applySync(undefined, [name], { result: { reference: true } })
  }

  #loadModules(): Runtime {
    const modules = new Map<string, ivm.Module>()
    const files = new Map<ivm.Module, string>()
    const load = (file: string): ivm.Module => {
      const known = modules.get(file)
      if (known !== undefined) return known
      const module = this.#isolate.compileModuleSync(runtimeSource(file), {
        filename: `vms:${file}`,
      })
      modules.set(file, module)
      files.set(module, file)
      for (const dependency of module.dependencySpecifiers) load(resolveImport(dependency, file))
      return module
    }
    const main = load('main.js')
    main.instantiateSync(this.#context, (specifier, referrer) =>
      load(resolveImport(specifier, files.get(referrer) as string)),
    )
    main.evaluateSync()
    return (name) => main.namespace.getSync(name, { reference: true }) as ivm.Reference
  }

  /** Binds the names as constants of the global scope. They are no properties of the global object, and V8 treats them as constants. */
  #bindInstruments(runtime: Runtime): void {
    const { global } = this.#context
    global.setSync('instruments', runtime('instruments').derefInto())
    this.#context.evalSync(bindingText(this.#options.boundNames))
    global.deleteSync('instruments')
  }

  #setUp(runtime: Runtime): void {
    const { host, meter, settings, codec } = this.#options
    const callback = new ivm.Callback(
      (operation: string, a: unknown, b: unknown, c: unknown, stack: unknown) => {
        if (operation !== 'grow') return host(operation, a, b, c, stack)
        return new ivm.ExternalCopy(this.memory.grow(a as number)).copyInto()
      },
    )
    this.apply('connectMeter', [new ivm.ExternalCopy(meter).copyInto(), callback])
    this.#bindInstruments(runtime)
    this.apply('rememberSource', this.#options.written)
    const memory = new ivm.ExternalCopy(this.memory.buffer).copyInto()
    const strangers = this.apply('setUp', [callback, memory, settings])
    if (strangers !== '') {
      throw new Broken(
        'ERR_VMS_UNKNOWN_INTRINSIC',
        `this engine has globals that are not on the list, or lacks some:${strangers}`,
      )
    }
    let useful: unknown
    try {
      const value = this.#context.evalSync(`(${codec}\n)`, {
        reference: true,
        filename: 'vms:codec',
      }) as ivm.Reference
      useful = this.apply('useCodec', [value.derefInto()])
    } catch (error) {
      throw new Broken('ERR_VMS_BAD_CODEC', `the codec failed: ${(error as Error).message}`)
    }
    if (useful !== true) throw new Broken('ERR_VMS_BAD_CODEC', 'the codec has no encode and decode')
  }
}
