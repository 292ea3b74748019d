/** What a part of a service's page is. */
export interface View {
  readonly element: HTMLElement
  /** Shows something in particular: the number of an entry, a path; empty for nothing. */
  show(item: string): void
  close(): void
}
