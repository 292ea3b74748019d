/** Signed statements over the DHT: the answers that the host also gives over HTTP, on a channel of their own. */
import type { Duplex } from 'node:stream'
import { sameBytes } from '@vms/format'
import { openStatementChannel, STATEMENT_PROTOCOL } from '@vms/rpc'
import Protomux from 'protomux'
import { visitorOf } from '../rates/visitor-address.ts'

/** Bytes of a question. An empty question asks for the list. */
const QUESTION_BYTES = 32

/** Most bytes of one answer: an encrypted stream carries no longer message. The host does not answer with a longer list. */
const ANSWER_BYTES = 15 * 1024 * 1024

/** The port for statements. */
export interface StatementPort {
  /** See `statementTopic` in @vms/rpc: only a peer that knows the log's key can ask. */
  readonly topic: Uint8Array
  /** The encoded statement, or the time to ask again; null if the host signs nothing now. */
  readonly answer: (
    nonce: Uint8Array | null,
    visitor: string,
  ) => { readonly statement: Uint8Array } | { readonly waitMs: number } | null
}

/** Answers the questions of a peer on a shared stream. */
export function answerStatements(stream: Duplex, { topic, answer }: StatementPort): void {
  const mux = Protomux.from(stream)
  const visitor = visitorOf(stream)
  mux.pair({ protocol: STATEMENT_PROTOCOL }, (asked) => {
    if (!asked || !sameBytes(asked, topic)) return
    const channel = openStatementChannel(mux, {
      topic,
      handshake: new Uint8Array(),
      onFrame: (question) => {
        if (question.length !== 0 && question.length !== QUESTION_BYTES) channel?.close()
        else channel?.send(encoded(answer(question.length === 0 ? null : question, visitor)))
      },
      onClose: () => {},
    })
  })
}

function encoded(stated: ReturnType<StatementPort['answer']>): Uint8Array {
  if (!stated) return new Uint8Array()
  if ('statement' in stated)
    return stated.statement.length > ANSWER_BYTES ? new Uint8Array() : stated.statement
  const wait = new Uint8Array(4)
  new DataView(wait.buffer).setUint32(0, stated.waitMs, true)
  return wait
}
