/**
 * Stands in the page for the part of the client that makes calls, keeps keys and checks what only callers have: the page makes
 * no calls, and is a tenth smaller without it. scripts/bundle-explorer.ts puts it there.
 */
export class Outbox {
  attach(): void {}

  detach(): void {}

  end(): void {}

  add(): void {
    throw new Error('this page makes no calls')
  }

  async answer(): Promise<void> {
    throw new Error('the host answered a call that nobody made')
  }
}

const noCalls = (): never => {
  throw new Error('this page makes no calls, so it signs nothing and checks no answer to one')
}

/** The page brings its own signer, which cannot sign. */
export const platform = {
  signer: <T>(key: T): T => key,
  defaultSigner: noCalls,
  loadKeyPair: noCalls,
}

/** This page makes no calls, so every refusal is a frame without a question, whatever its code. */
export const refusalCodes: readonly string[] = []

export {
  noCalls as afterRefusal,
  noCalls as checkAgainstRefusals,
  noCalls as checkReceipt,
  noCalls as checkRefusal,
  noCalls as checkReply,
  noCalls as refusalMeaning,
  noCalls as refusedError,
  noCalls as safeToSignAgain,
  noCalls as signCalls,
  noCalls as tooLarge,
}
