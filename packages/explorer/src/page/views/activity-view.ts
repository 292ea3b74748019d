/** Activity: calls over time, their duration, methods and callers. */

import { fetchLatency, type MinuteLatency } from '../model/description.ts'
import { CHUNK_ENTRIES } from '../model/entry-store.ts'
import type { EntrySummary } from '../model/entry-summary.ts'
import type { ServiceLink } from '../model/service-link.ts'
import { visibleLine } from '../model/visible.ts'
import { count, counted, duration } from '../model/words.ts'
import { chart } from '../widgets/chart.ts'
import { fill, h } from '../widgets/element.ts'
import { idElement, note } from '../widgets/pieces.ts'
import { Tally } from './tally.ts'
import type { View } from './view.ts'

/** Milliseconds between two drawings. */
const DRAW_MS = 700

/** Milliseconds between two requests for latencies. */
const ASK_MS = 5_000

/** Most methods, and most callers, to list. */
const LISTED = 20

export class ActivityView implements View {
  readonly element: HTMLElement
  #link: ServiceLink
  #tally = new Tally()
  #latency: readonly MinuteLatency[] = []
  #said = h('p', { class: 'said', role: 'status' })
  #calls = h('div', {})
  #times = h('div', {})
  #methods = h('div', {})
  #callers = h('div', {})
  /** The view has counted the entries [low, high). */
  #low: number
  #high: number
  #closed = false
  #drawing = 0
  #asking = 0
  #stop: () => void

  constructor(link: ServiceLink) {
    this.#link = link
    this.#low = this.#high = link.store.length
    this.element = h(
      'div',
      { class: 'activity' },
      h('section', {}, h('h2', {}, 'Calls'), this.#said, this.#calls),
      h(
        'section',
        {},
        h('h2', {}, 'Time to an answer'),
        h(
          'p',
          { class: 'lead' },
          'From the arrival of a request at the host to its answer, as the host has measured it since it started: its word, in no ledger.',
        ),
        this.#times,
      ),
      h('section', { class: 'pair' }, this.#methods, this.#callers),
    )
    const resized = new ResizeObserver(() => {
      this.#draw()
      this.#drawTimes()
    })
    resized.observe(this.element)
    const stopUpdates = link.onUpdate(() => void this.#grow())
    this.#stop = () => {
      stopUpdates()
      resized.disconnect()
    }
    void this.#back()
    void this.#ask()
  }

  show(): void {}

  close(): void {
    this.#closed = true
    this.#stop()
    clearTimeout(this.#drawing)
    clearTimeout(this.#asking)
  }

  /** Counts the present entries, the newest first. */
  async #back(): Promise<void> {
    this.#draw()
    try {
      while (this.#low > 0 && !this.#closed) {
        const chunk = Math.floor((this.#low - 1) / CHUNK_ENTRIES)
        const start = chunk * CHUNK_ENTRIES
        this.#count(await this.#link.store.chunk(chunk), start, this.#low)
        this.#low = start
        this.#later()
      }
    } catch (error) {
      this.#link.fail(error as Error)
    }
  }

  async #grow(): Promise<void> {
    const from = this.#high
    const to = this.#link.store.length
    this.#high = to
    try {
      for (let at = from; at < to && !this.#closed; ) {
        const chunk = Math.floor(at / CHUNK_ENTRIES)
        const end = Math.min(to, (chunk + 1) * CHUNK_ENTRIES)
        this.#count(await this.#link.store.chunk(chunk), at, end)
        at = end
      }
    } catch (error) {
      this.#link.fail(error as Error)
    }
    this.#later()
  }

  #count(chunk: readonly EntrySummary[], start: number, end: number): void {
    for (const summary of chunk) {
      if (summary.index >= start && summary.index < end) this.#tally.add(summary)
    }
  }

  async #ask(): Promise<void> {
    this.#latency = await fetchLatency(this.#link.id).catch(() => this.#latency)
    if (this.#closed) return
    this.#drawTimes()
    this.#asking = window.setTimeout(() => void this.#ask(), ASK_MS)
  }

  #later(): void {
    if (this.#drawing) return
    this.#drawing = window.setTimeout(() => {
      this.#drawing = 0
      if (!this.#closed) this.#draw()
    }, DRAW_MS)
  }

  #draw(): void {
    const tally = this.#tally
    const { calls, failed } = tally
    const looked = this.#high - this.#low
    this.#said.textContent =
      `${counted(calls, 'call')} in ${counted(looked, 'entry', 'entries')}` +
      (this.#low > 0 ? `; ${count(this.#low)} older ones still to count` : '')
    const { points, start, end } = tally.bars()
    fill(
      this.#calls,
      points.length === 0
        ? note(this.#low > 0 ? 'Counting…' : 'Nobody has called yet.')
        : chart({
            kind: 'bars',
            width: this.#width,
            series: ['returned', 'threw or stopped'],
            points,
            start,
            end,
            written: (value) => count(Math.round(value * 10) / 10),
            summary: `Calls over time: ${count(calls)} in all, ${count(failed)} of them threw an error or were stopped.`,
          }),
    )
    if (calls === 0) return
    fill(
      this.#methods,
      ranking('Methods', tally.methods, (name) => h('code', {}, visibleLine(name))),
    )
    fill(
      this.#callers,
      ranking('Callers', tally.callers, (id) => idElement(id)),
    )
  }

  get #width(): number {
    return Math.max(280, this.element.clientWidth)
  }

  #drawTimes(): void {
    const minutes = this.#latency
    const [first] = minutes
    const last = minutes.at(-1)
    if (!first || !last) {
      fill(this.#times, note('The host has measured nothing yet.'))
      return
    }
    const slowest = Math.max(...minutes.map((minute) => minute.slowest))
    fill(
      this.#times,
      chart({
        kind: 'lines',
        width: this.#width,
        series: ['average of a minute', 'slowest of a minute'],
        points: minutes.map(({ time, average, slowest: most }) => ({
          time,
          values: [average, most],
        })),
        start: first.time,
        end: Math.max(last.time, first.time + 60_000),
        written: duration,
        summary: `Time to an answer over time: the slowest took ${duration(slowest)}.`,
      }),
    )
  }
}

function ranking(
  title: string,
  counts: ReadonlyMap<string, number>,
  named: (name: string) => HTMLElement,
): HTMLElement {
  const ranked = [...counts].sort((a, b) => b[1] - a[1])
  return h(
    'table',
    {},
    h('caption', {}, title),
    h(
      'thead',
      {},
      h('tr', {}, h('th', { scope: 'col' }, 'Name'), h('th', { scope: 'col' }, 'Calls')),
    ),
    h(
      'tbody',
      {},
      ...ranked
        .slice(0, LISTED)
        .map(([name, calls]) =>
          h('tr', {}, h('td', {}, named(name)), h('td', { class: 'numbers' }, count(calls))),
        ),
      ranked.length > LISTED &&
        h(
          'tr',
          {},
          h('td', { class: 'meaning' }, `and ${count(ranked.length - LISTED)} more`),
          h('td', {}),
        ),
    ),
  )
}
