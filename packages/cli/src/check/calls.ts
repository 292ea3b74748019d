/** The calls of a check: those of the person, those of the examples in the script, or generated ones. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RehearsalCall } from '@vms/auditor'
import { missingFile, UsageError } from '../errors/errors.ts'
import { plainToValue } from '../output/json.ts'
import type { ExampleCall } from './examples.ts'

/** Where the calls of a check come from. */
export type CallsFrom = 'file' | 'ledger' | 'examples' | 'generated'

/** The default time of the first call. It is fixed, so that two checks give the same result. */
export const FIRST_TIME = Date.UTC(2026, 0, 1)

const SECOND_MS = 1_000

/** The default caller. */
const CALLER = 'debug:check'

/** Arguments as a stranger may send them: missing, small, or of a wrong type. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  [''],
  ['a'],
  [0],
  [1],
  [-1.5],
  [true],
  [null],
  [undefined],
  [[]],
  [{}],
  [new Uint8Array([1, 2, 3])],
  ['a', 'b'],
  ['a', 1],
  [true, 'because'],
  ['../a', {}],
  [{ a: 1 }, [1, 2], 'c'],
  [Number.NaN, 12n],
]

/** Calls one second apart. */
function timed(
  calls: readonly { readonly method: string; readonly args: readonly unknown[] }[],
): RehearsalCall[] {
  return calls.map(({ method, args }, i) => ({
    method,
    args,
    caller: CALLER,
    time: FIRST_TIME + i * SECOND_MS,
  }))
}

/** The examples of each method. For a method without examples, a call with each of {@link ARGUMENTS}. */
export function callsFor(
  methods: readonly string[],
  examples: readonly ExampleCall[],
): RehearsalCall[] {
  const shown = examples.filter(({ method }) => methods.includes(method))
  const others = methods.filter((method) => !shown.some((example) => example.method === method))
  const generated = others.flatMap((method) => ARGUMENTS.map((args) => ({ method, args })))
  return timed([...shown, ...generated])
}

/** Reads calls from a file with one JSON object a line: `{"method", "args", "caller"?, "time"?}`. @throws UsageError */
export async function readCalls(file: string, cwd: string): Promise<RehearsalCall[]> {
  let text: string
  try {
    text = await readFile(resolve(cwd, file), 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw missingFile(file, cwd, cause)
    throw new UsageError(`${file} cannot be read: ${message}`, { cause })
  }
  const calls: RehearsalCall[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const time = (calls.at(-1)?.time ?? FIRST_TIME - SECOND_MS) + SECOND_MS
    try {
      calls.push(readCall(JSON.parse(line), time))
    } catch (cause) {
      const hint =
        'a line is {"method":"RSVP","args":[true],"caller":"debug:bob","time":1767225600000}'
      throw new UsageError(`${file}:${i + 1}: ${(cause as Error).message}`, { cause, hint })
    }
  }
  if (calls.length === 0) throw new UsageError(`${file} holds no calls`)
  return calls
}

function readCall(line: unknown, nextTime: number): RehearsalCall {
  const {
    method,
    args = [],
    caller = CALLER,
    time = nextTime,
  } = Object(line) as Record<string, unknown>
  if (typeof method !== 'string') throw new TypeError('"method" must be a string')
  if (!Array.isArray(args)) throw new TypeError('"args" must be an array')
  if (typeof caller !== 'string' || caller === '') throw new TypeError('"caller" must be a string')
  const moment = typeof time === 'string' ? Date.parse(time) : time
  if (!Number.isSafeInteger(moment) || (moment as number) < 0)
    throw new TypeError('"time" must be an ISO date or milliseconds since 1970')
  return { method, args: args.map(plainToValue), caller, time: moment as number }
}
