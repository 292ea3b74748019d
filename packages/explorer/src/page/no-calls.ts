/**
 * Replaces, in the page's bundle, the part of the client that makes calls, keeps keys and checks receipts: the page makes no calls, and
 * this saves a tenth of its size. scripts/bundle-explorer.ts does the replacement.
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

/** The page has its own signer, which cannot sign. */
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
