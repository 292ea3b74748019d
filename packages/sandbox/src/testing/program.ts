/**
 * A program: a script's behaviour as data. A scripted machine reads the data, and a real machine runs it as a script. So both can execute
 * the same ledger.
 */

export type Operation =
  /** Writes `text` and the argument of the call. */
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  /** Appends a letter to a file, and collects the file's previous length; 0 if it did not exist. */
  | { readonly do: 'append'; readonly path: string }
  | { readonly do: 'delete'; readonly path: string }
  /** Collects the text of a file; null if it does not exist. */
  | { readonly do: 'read'; readonly path: string }
  /** Collects the number of times that this operation ran since the boot. */
  | { readonly do: 'remember' }
  | { readonly do: 'random' | 'time' | 'caller' | 'argument' }
  /** Sets an alarm for a method, `afterMs` ahead, with the call's argument. Collects its id. */
  | { readonly do: 'alarm'; readonly afterMs: number; readonly method: string }
  /** Cancels the alarm that is due first. Collects whether one existed. */
  | { readonly do: 'cancel' }
  /** Collects the ids of all pending alarms. */
  | { readonly do: 'alarms' }
  /** Asks an oracle, and collects its answer or the code of its error. */
  | { readonly do: 'ask'; readonly oracle: string }
  | { readonly do: 'throw'; readonly message: string }
  /** Runs until the fuel is used up. */
  | { readonly do: 'exhaust' }

export interface Program {
  readonly methods: Readonly<Record<string, readonly Operation[]>>
  readonly init?: readonly Operation[]
  /** Whether the top level throws, so that the script cannot boot. */
  readonly broken?: boolean
}

const HEAD = 'const program = '

/** The program as a script. A method takes one argument and returns what its operations collected. */
export const scriptOf = (program: Program): string => `${HEAD}${JSON.stringify(program)}
${INTERPRETER}`

/** The program of a script that {@link scriptOf} made. */
export function programOf(source: string): Program {
  const [line = ''] = source.split('\n', 1)
  if (!line.startsWith(HEAD)) throw new TypeError('this script is no program')
  return JSON.parse(line.slice(HEAD.length)) as Program
}

const INTERPRETER = `
let remembered = 0
const { files, alarm } = System
const text = async (path) => {
  try {
    return await files.readFile(path)
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}
const operations = {
  write: async ({ path, text }, argument) => files.writeFile(path, text + argument),
  append: async ({ path }) => {
    const before = (await text(path)) ?? ''
    await files.writeFile(path, before + 'x')
    return before.length
  },
  delete: async ({ path }) => {
    if ((await text(path)) !== null) await files.unlink(path)
  },
  read: ({ path }) => text(path),
  remember: () => ++remembered,
  random: () => Math.random(),
  time: () => Date.now(),
  caller: () => System.caller.id,
  argument: (_, argument) => argument,
  alarm: ({ afterMs, method }, argument) => alarm.at(Date.now() + afterMs, method, argument),
  cancel: async () => {
    const [first] = await alarm.list()
    return first ? alarm.cancel(first.id) : false
  },
  alarms: async () => (await alarm.list()).map(({ id }) => id),
  ask: async ({ oracle }, argument) => {
    try {
      return await System.oracle(oracle, argument)
    } catch (error) {
      return error.code
    }
  },
  throw: ({ message }) => {
    throw new Error(message)
  },
  exhaust: () => {
    for (;;);
  },
}
const COLLECTS = new Set(['append', 'read', 'remember', 'random', 'time', 'caller', 'argument', 'alarm', 'cancel', 'alarms', 'ask'])
const perform = (steps) => async (argument) => {
  const collected = []
  for (const step of steps) {
    const value = await operations[step.do](step, argument)
    if (COLLECTS.has(step.do)) collected.push(value)
  }
  return collected
}
for (const [method, steps] of Object.entries(program.methods)) exports[method] = perform(steps)
if (program.init) exports.init = perform(program.init)
if (program.broken) throw new Error('broken')
`
