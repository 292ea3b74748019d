/**
 * The child process: a loop that reads a message, executes it, and answers. The loop blocks while it works and while it waits, so the event
 * loop does not run. The process ends when the parent is gone, or when a refusal has made it unusable.
 */
import process from 'node:process'
import { Parent } from './child/parent.ts'
import { Pipe } from './child/pipe.ts'
import { Broken, ParentGone, Refusal } from './child/refusal.ts'
import { Session } from './child/session.ts'
import type { EngineIdentity } from './protocol/types.ts'
import {
  packResult,
  type ToChild,
  unpackAlarm,
  unpackMoment,
  unpackRequest,
} from './protocol/wire.ts'

const inputDescriptor = 3
const outputDescriptor = 4

const pipe = new Pipe(inputDescriptor, outputDescriptor)
const parent = new Parent(pipe)
let session: Session | null = null

// A terminal or a service manager sends these signals to the whole process group. The parent handles them: it lets the current group of
// requests finish.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

serve()
process.exit(0)

function serve(): void {
  for (;;) {
    const message = pipe.read()
    if (message === null) return
    try {
      handle(message)
    } catch (error) {
      if (error instanceof ParentGone) return
      if (error instanceof Refusal) pipe.write(['refused', error.reason, error.message])
      else if (error instanceof Broken) pipe.write(['broken', error.code, error.message])
      else {
        // This text goes to the log only. It names files of this computer, while a refusal's text goes to callers.
        parent.console('machine', String((error as Error).stack))
        pipe.write(['refused', 'crash', 'the child failed'])
      }
      pipe.flush()
      return
    }
    pipe.flush()
  }
}

function handle(message: ToChild): void {
  if (message[0] === 'start') {
    session = new Session(message[1], parent)
    pipe.write(['ready', engineIdentity()])
    return
  }
  if (session === null) throw new ParentGone('the first message is not a start')
  switch (message[0]) {
    case 'boot': {
      const { outcome, methods, hasInit, scriptHash, report } = session.boot(
        unpackMoment(message[1]),
      )
      pipe.write(['booted', packResult(outcome), methods, hasInit, scriptHash, report])
      return
    }
    case 'init': {
      const result = session.init(unpackMoment(message[1]))
      pipe.write(['initiated', result === null ? null : packResult(result)])
      return
    }
    case 'run':
      run(session, message[1])
      return
    case 'alarm': {
      const result = session.alarm(unpackAlarm(message[1]))
      if (!pipe.write(['alarmed', packResult(result)]))
        throw new Refusal('memory', 'what the alarm wrote is too large to be handed over')
      return
    }
    case 'committed':
      session.committed(message[1])
      return
    case 'answer':
      throw new ParentGone('an answer that nobody asked for')
    default:
      message satisfies never
  }
}

function run(session: Session, requests: Extract<ToChild, ['run', unknown]>[1]): void {
  for (const [number, request] of requests.entries()) {
    const results = session.run(unpackRequest(request)).map(packResult)
    if (!pipe.write(['result', results])) {
      throw new Refusal('memory', 'the results of the request are too large to be handed over')
    }
    // Each result leaves at once, so that after a crash the first request without a result is the one that caused it. The last result goes
    // with the next message: if the process dies between the two, the last request counts as the cause.
    if (number < requests.length - 1) pipe.flush()
    if (!session.isBooted) {
      pipe.write(['done', true])
      return
    }
  }
  pipe.write(['done', false])
}

function engineIdentity(): EngineIdentity {
  const { v8 = '', icu = '', unicode = '', tz = '' } = process.versions
  return { v8, icu, unicode, tz, arch: process.arch }
}
