/**
 * The child's connection to its parent. The parent answers questions about files and to oracles while the child waits. It takes console
 * lines.
 */
import type { FileEvent, FileStat, HistoryOptions, ListedFile } from '@vms/format'
import type { CommittedFiles } from '../files/file-system.ts'
import { consoleLimits, reportUnits, signOfLifeMs } from '../protocol/limits.ts'
import type { ConsoleLevel, OracleContext, OracleUse, TraceStep } from '../protocol/types.ts'
import {
  ownBytes,
  type Question,
  unpackUse,
  type WireAnswer,
  type WireListed,
  type WireStat,
} from '../protocol/wire.ts'
import { nowMs } from './clock.ts'
import type { Pipe } from './pipe.ts'
import { ParentGone } from './refusal.ts'

export class Parent implements CommittedFiles {
  readonly #pipe: Pipe
  /** Called with the milliseconds that a question to the parent took, because they do not count as the script's time. */
  onWait: (ms: number) => void = () => {}
  #committed: number | null = null
  #lastSign = nowMs()

  constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  stat(path: string): FileStat | null {
    const answer = this.#ask(['stat', path]) as WireStat | null
    return answer === null ? null : unpackStat(answer)
  }

  read(path: string): Uint8Array | null {
    const answer = this.#ask(['read', path]) as Uint8Array | null
    return answer === null ? null : ownBytes(answer)
  }

  list(path: string, recursive: boolean): ListedFile[] {
    const answer = this.#ask(['list', path, recursive]) as WireListed[]
    return answer.map(([name, ...stat]) => ({ name, stat: unpackStat(stat) }))
  }

  history(options: HistoryOptions): FileEvent[] {
    return this.#ask(['history', options]) as FileEvent[]
  }

  /** Asks an oracle, however long that takes. */
  oracle(name: string, args: Uint8Array, context: OracleContext): OracleUse {
    const answer = this.#ask(['oracle', name, args, context]) as WireAnswer
    return unpackUse([name, args, ...answer])
  }

  /** Reports to the parent, now and then, which call of the request begins. `now` is on the clock of clock.ts. */
  signOfLife(now: number, call: number): void {
    if (now - this.#lastSign < signOfLifeMs) return
    this.#lastSign = now
    this.#pipe.write(['progress', call])
    this.#pipe.flush()
  }

  console(level: ConsoleLevel, text: string): void {
    this.#pipe.write(['console', level, cut(text, consoleLimits.lineUnits)])
  }

  trace(step: TraceStep): void {
    const { subject, stack } = step
    const bounded = {
      subject: subject && cut(subject, reportUnits),
      stack: cut(stack, reportUnits),
    }
    this.#pipe.write(['trace', { ...step, ...bounded }])
  }

  #ask(question: Question): unknown {
    const start = nowMs()
    this.#pipe.write(['ask', question])
    this.#pipe.flush()
    for (;;) {
      const message = this.#pipe.read()
      if (message?.[0] === 'answer') {
        this.onWait(nowMs() - start)
        return message[1]
      }
      // The only message that may come while the child does not wait for it.
      if (message?.[0] !== 'committed') throw new ParentGone('the parent is gone')
      this.#committed = message[1]
    }
  }

  /**
   * The last position that the parent reported as committed during a question; null if it reported none. The child must not use it before
   * the current operation ends. Until then, an answer may show the files before that commit, and the child adds its uncommitted changes to
   * the answer.
   */
  takeCommitted(): number | null {
    const position = this.#committed
    this.#committed = null
    return position
  }
}

/** Cuts a text; a cut text ends with an ellipsis. */
const cut = (text: string, units: number): string =>
  (text.length > units ? `${text.slice(0, units - 1)}…` : text).toWellFormed()

function unpackStat([kind, size, mtime]: WireStat): FileStat {
  return { kind: kind === 0 ? 'file' : 'directory', size, mtime }
}
