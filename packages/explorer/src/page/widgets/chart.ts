/** Charts over time: stacked bars, and lines. They fill the available width. */

import { moment } from '../model/words.ts'
import { h, svg } from './element.ts'

/** One bar or point: a time in milliseconds, and a value for each series. */
export interface ChartPoint {
  readonly time: number
  readonly values: readonly number[]
}

export interface ChartOptions {
  readonly kind: 'bars' | 'lines'
  /** Names of the series' classes in the style sheet: `s0`, `s1`… */
  readonly series: readonly string[]
  readonly points: readonly ChartPoint[]
  readonly start: number
  readonly end: number
  /** Available width in pixels. */
  readonly width: number
  /** Formats a value for the axis and for hints. */
  readonly written: (value: number) => string
  /** The chart in a sentence, for readers who cannot see it. */
  readonly summary: string
}

/** Height in pixels. */
const HEIGHT = 190
const SIDE = 56
const FOOT = 22

export function chart(options: ChartOptions): HTMLElement {
  const { series, points, start, end, written, summary, kind, width } = options
  const total = (values: readonly number[]): number =>
    kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values)
  const top = niceTop(Math.max(1e-9, ...points.map(({ values }) => total(values))))
  const x = (time: number): number =>
    SIDE + ((time - start) / Math.max(1, end - start)) * (width - SIDE)
  const y = (value: number): number => HEIGHT - FOOT - (value / top) * (HEIGHT - FOOT - 10)
  const shapes = kind === 'bars' ? bars(options, x, y) : lines(options, x, y)
  const grid = [0, 0.5, 1].flatMap((part) => [
    svg('line', { class: 'grid', x1: SIDE, x2: width, y1: y(top * part), y2: y(top * part) }),
    svg(
      'text',
      { class: 'axis', x: SIDE - 8, y: y(top * part) + 4, 'text-anchor': 'end' },
      written(top * part),
    ),
  ])
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, ...series.map((name, i) => h('span', { class: `legend s${i}` }, name))),
    svg(
      'svg',
      { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': summary },
      ...grid,
      ...shapes,
      svg('text', { class: 'axis', x: SIDE, y: HEIGHT - 4 }, moment(start)),
      svg('text', { class: 'axis', x: width, y: HEIGHT - 4, 'text-anchor': 'end' }, moment(end)),
    ),
  )
}

type Scale = (value: number) => number

function bars(
  { points, start, end, series, written }: ChartOptions,
  x: Scale,
  y: Scale,
): SVGElement[] {
  const [first, second] = points
  const step = first && second ? second.time - first.time : end - start
  const width = Math.max(1.5, (x(start + step) - x(start)) * 0.82)
  return points.flatMap(({ time, values }) => {
    let below = 0
    return values.flatMap((value, i) => {
      if (value === 0) return []
      const rect = svg(
        'rect',
        {
          class: `s${i}`,
          x: x(time),
          width,
          y: y(below + value),
          height: Math.max(1, y(below) - y(below + value)),
        },
        svg('title', {}, `${moment(time)}: ${written(value)} ${series[i]}`),
      )
      below += value
      return [rect]
    })
  })
}

function lines({ points, series, written }: ChartOptions, x: Scale, y: Scale): SVGElement[] {
  // In a chart of few points, the points are all there is to see.
  const size = points.length < 30 ? 7 : 4
  return series.flatMap((name, i) => {
    const path = points.map(
      ({ time, values }, at) =>
        `${at === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(values[i] ?? 0).toFixed(1)}`,
    )
    return [
      svg('path', { class: `s${i}`, d: path.join('') }),
      ...points.map(({ time, values }) =>
        svg(
          'rect',
          {
            class: `s${i}`,
            x: x(time) - size / 2,
            y: y(values[i] ?? 0) - size / 2,
            width: size,
            height: size,
            rx: size / 2,
          },
          svg('title', {}, `${moment(time)}: ${written(values[i] ?? 0)} ${name}`),
        ),
      ),
    ]
  })
}

/** The smallest round number that is not below `value`. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((step) => step * power >= value) ?? 10) * power
}
