/**
 * The one file that knows isolated-vm: an isolate with the guest's own code set up in it, and calls into that code. Everything is
 * synchronous; what goes wrong comes out as a Refusal.
 */
import ivm from 'isolated-vm'
import { type GuestScript, guestScript, guestSource } from './guest-source.ts'
import { Broken, Refusal } from './refusal.ts'
import { SharedMemory } from './shared-memory.ts'

/** What the isolate asks of the host: a number, a string, or nothing. `grow` is answered here. */
export type HostFunction = (
  operation: string,
  a: unknown,
  b: unknown,
  c: unknown,
  /** Where in the script, if the machine is traced. */
  stack?: unknown,
) => number | string | undefined

export interface EngineOptions {
  readonly memoryMiB: number
  readonly codec: string
  /** The memory of the meter. */
  readonly meter: SharedArrayBuffer
  /** JSON, for `setUp` in guest/main.js. */
  readonly settings: string
  /** Names under which the script is going to find the meter and what else its instrumentation uses; it finds nothing else under them. */
  readonly hiddenNames: readonly string[]
  /** What the names begin with, and the script as it was written: for the texts of its functions. */
  readonly written: readonly [prefix: string, source: string]
  readonly host: HostFunction
  /** Told what is for the host's log only. */
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

/** What guest/main.js exports under a name, as it is now. */
type Guest = (name: string) => ivm.Reference

let guestCache: ivm.ExternalCopy<ArrayBuffer> | null = null

/** What guest/main.js rejects a promise with at every entry: the binding throws it when nothing has failed. */
const firstReason = ''

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
    const guest = this.#loadGuest()
    for (const name of entryPoints) this.#entries.set(name, guest(name))
    this.#setUp(guest)
  }

  /** Compiles the script, and runs nothing of it. Gives what `boot` takes. */
  compile(wrapped: string, name: string): unknown {
    const script = this.#isolate.compileScriptSync(wrapped, { filename: name, lineOffset: -1 })
    const reference = script.runSync(this.#context, { reference: true }) as ivm.Reference
    return reference.derefInto()
  }

  /**
   * Calls an entry point of guest/main.js; microtasks are drained before it returns.
   *
   * It sets no timeout of the binding. Its timers stay in a queue after their calls have ended, until they are due, and its thread then
   * recurses over all that are due at once: 100,000 of them, as a call with many timers leaves behind, overflow that thread's stack. Nor
   * do they cover microtasks. The parent's clock covers everything.
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

  /** Stops whatever runs in it at its next check; may be called from within a host function. */
  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  /** Null if nothing is wrong but that a promise was rejected and never handled, as guest/main.js does at every entry. */
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

  #loadGuest(): Guest {
    const script = guestScript()
    return script === null ? this.#loadModules() : this.#loadScript(script)
  }

  /** What V8 made of the script before saves most of the time that it takes; it is left alone if it is not this V8's. */
  #loadScript({ code, cache }: GuestScript): Guest {
    if (cache !== null) guestCache ??= new ivm.ExternalCopy(cache)
    const script = this.#isolate.compileScriptSync(code, {
      filename: 'vms:guest.js',
      ...(guestCache !== null && { cachedData: guestCache }),
    })
    const lookUp = script.runSync(this.#context, { reference: true }) as ivm.Reference
    return (name) => lookUp.applySync(undefined, [name], { result: { reference: true } })
  }

  #loadModules(): Guest {
    const modules = new Map<string, ivm.Module>()
    const load = (specifier: string): ivm.Module => {
      const known = modules.get(specifier)
      if (known !== undefined) return known
      const source = guestSource(specifier)
      const module = this.#isolate.compileModuleSync(source, {
        filename: `vms:${specifier.slice(2)}`,
      })
      modules.set(specifier, module)
      for (const dependency of module.dependencySpecifiers) load(dependency)
      return module
    }
    const main = load('./main.js')
    main.instantiateSync(this.#context, load)
    main.evaluateSync()
    return (name) => main.namespace.getSync(name, { reference: true }) as ivm.Reference
  }

  /** Constants of the global scope: no properties of the global object, and V8 takes them for what they are. */
  #hide(guest: Guest): void {
    const { hiddenNames } = this.#options
    const { global } = this.#context
    const [meter, ...others] = hiddenNames
    global.setSync('meter', guest('meter').derefInto())
    global.setSync('instruments', guest('instruments').derefInto())
    const values = others.map((name, i) => `${name}=instruments[${i}]`)
    this.#context.evalSync(`'use strict';const ${[`${meter}=meter`, ...values].join(',')}`)
    global.deleteSync('meter')
    global.deleteSync('instruments')
  }

  #setUp(guest: Guest): void {
    const { host, meter, settings, codec } = this.#options
    const callback = new ivm.Callback(
      (operation: string, a: unknown, b: unknown, c: unknown, stack: unknown) => {
        if (operation !== 'grow') return host(operation, a, b, c, stack)
        return new ivm.ExternalCopy(this.memory.grow(a as number)).copyInto()
      },
    )
    this.apply('connectMeter', [new ivm.ExternalCopy(meter).copyInto(), callback])
    this.#hide(guest)
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
