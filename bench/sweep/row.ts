/** What is swept: one expression or statement, with a value `x` of size `n` that it works on. */
export interface Row {
  readonly name: string
  readonly kind: string
  /** Expression of `n`, made anew before each measurement. */
  readonly made: string
  /** Expression of `x`, `n`, and what values.ts and script.ts define. */
  readonly body: string
  /** Left out if this is no function. */
  readonly isFunction?: string
  /** Statements in the place of an expression. */
  readonly isStatement?: boolean
  readonly isAsync?: boolean
  /** In the place of the sweep's own. */
  readonly sizes?: readonly number[]
}
