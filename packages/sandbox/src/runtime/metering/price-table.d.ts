/** Name of a size → what it counts. */
export declare const sizes: Readonly<Record<string, string>>

export declare const priceTable: readonly {
  /** Path of the object that has the built-ins, as in world/list.ts. */
  readonly of: string
  /** Names of built-ins, with spaces between. */
  readonly what: string
  /** A name of {@link sizes}. */
  readonly size: string
  /** Name of a price for each, in prices.js. */
  readonly rate: string
}[]
