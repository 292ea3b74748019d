/**
 * Stands in the page for the part of the client that makes calls: the page makes none, and is a tenth smaller without it.
 * scripts/bundle-explorer.ts puts it there.
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

const nothingToCheck = (): never => {
  throw new Error('this page makes no calls, so no answer to one is checked')
}

export {
  nothingToCheck as afterRefusal,
  nothingToCheck as checkRefusal,
  nothingToCheck as checkReply,
  nothingToCheck as mayHaveExecuted,
}
