/**
 * Answers the child's questions about committed files from the FilesPort. A history must not depend on how fast the host commits. So an
 * answer waits until all changes of earlier groups are committed.
 */
import type { FilesPort } from '@vms/format'
import { type FilesQuestion, packListed } from '../protocol/wire.ts'

export class FilesAnswers {
  readonly #source: FilesPort
  /** Positions, in order, that changed files and are not committed. */
  #pending: number[] = []
  /** First position of the running group. */
  #groupStart = 0
  #wake: () => void = () => {}

  constructor(source: FilesPort) {
    this.#source = source
  }

  /** A group begins to run. */
  begin(position: number): void {
    this.#groupStart = position
  }

  /** A request has run to its end. */
  finished(position: number, changed: boolean): void {
    if (changed) this.#pending.push(position)
  }

  committed(position: number): void {
    this.#pending = this.#pending.filter((pending) => pending > position)
    this.#wake()
  }

  async answer(question: FilesQuestion): Promise<unknown> {
    switch (question[0]) {
      case 'stat': {
        const stat = await this.#source.stat(question[1])
        return stat === null ? null : packListed({ name: '', stat }).slice(1)
      }
      case 'read':
        return this.#source.read(question[1])
      case 'list': {
        const list = await this.#source.list(question[1], { recursive: question[2] })
        return list.map(packListed)
      }
      case 'history': {
        while (this.#pending.some((position) => position < this.#groupStart)) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
        return this.#source.history(question[1])
      }
      default:
        return question satisfies never
    }
  }
}
