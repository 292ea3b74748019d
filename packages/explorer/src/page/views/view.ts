/** A part of a service's page. */
export interface View {
  readonly element: HTMLElement
  /** Shows one item: the index of an entry, or a path; empty for none. */
  show(item: string): void
  close(): void
}
