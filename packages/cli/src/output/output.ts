/**
 * Where text goes. stdout is the machine's (results, JSON, tables that one pipes); stderr is the person's (what is going
 * on, how to go on, errors). Colour and moving progress only where a terminal is, and never with NO_COLOR.
 */
import { styleText } from 'node:util'
import { safeScreen, safeText } from './terminal-text.ts'

/** A stream of text: process.stdout and process.stderr are two. */
export interface TextStream {
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
}

export type Style = Parameters<typeof styleText>[0]

export interface Output {
  /** A line on stdout. */
  print(line: string): void
  /** Bytes on stdout as they are; harmless to a terminal if that is one. Resolves when the reader has taken them. */
  printBytes(bytes: Uint8Array): Promise<void>
  /** A line on stderr. */
  tell(line: string): void
  /** Whether stderr shows colour. */
  readonly color: boolean
  /** `text` in a style for stderr, or as it is where that shows no colour. */
  style(style: Style, text: string): string
  /** Steps on stderr. Ends with {@link Progress.done} or {@link Progress.stop}. */
  progress(): Progress
}

/** Steps of something that takes a while. */
export interface Progress {
  /** What is being done now; the step before is done. */
  step(text: string): void
  /** How far the current step is. `detail` is for a terminal only. */
  count(done: number, total: number, detail?: string): void
  /** The current step is done. `text` says what came of it; without it the step's own text stays. */
  done(text?: string): void
  /** The current step will not be done: takes the moving line away, if there is one. */
  stop(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

const CLEAR_LINE = '\r\x1b[2K'

/** Milliseconds between two redrawings of the moving line. */
const FRAME_MS = 80

/** Milliseconds between two plain progress lines of one step, where nothing can be redrawn (CI logs). */
const PLAIN_MS = 10_000

/** Output over two streams. `env` decides about colour together with the terminal. */
export function createOutput(
  stdout: TextStream,
  stderr: TextStream,
  env: NodeJS.ProcessEnv,
): Output {
  const color = wantsColor(stderr, env)
  const moving = stderr.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb'
  const tell = (line: string): void => void stderr.write(`${line}\n`)
  const style = (format: Style, text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text
  return {
    print: (line) => void stdout.write(`${line}\n`),
    printBytes: (bytes) =>
      new Promise((resolve, reject) => {
        const shown = stdout.isTTY ? safeScreen(new TextDecoder().decode(bytes)) : bytes
        stdout.write(shown, (error) => (error ? reject(error) : resolve()))
      }),
    tell,
    color,
    style,
    progress: () => (moving ? movingProgress(stderr, style('green', '✔')) : plainProgress(tell)),
  }
}

/** Tells a label and a value a line. The labels stand in a column of `width` characters. */
export const labelled =
  ({ tell, style }: Pick<Output, 'tell' | 'style'>, width: number) =>
  (label: string, value: string): void =>
    tell(`${style('bold', label.padEnd(width))}${safeText(value)}`)

function wantsColor(stream: TextStream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] || env['NODE_DISABLE_COLORS']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

function movingProgress(stream: TextStream, mark: string): Progress {
  let label = ''
  let counted = ''
  let frame = 0
  let timer: NodeJS.Timeout | null = null
  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length
    stream.write(`${CLEAR_LINE}${FRAMES[frame]} ${label}${counted}`)
  }
  const stop = (): void => {
    if (timer === null) return
    clearInterval(timer)
    timer = null
    stream.write(CLEAR_LINE)
  }
  const done = (text: string = label): void => {
    if (timer === null) return
    stop()
    stream.write(`${mark} ${text}\n`)
  }
  return {
    step(text) {
      done()
      label = text
      counted = ''
      timer = setInterval(draw, FRAME_MS).unref()
      draw()
    },
    count(counts, total, detail = '') {
      counted = ` ${counts}/${total}${detail && ` (${detail})`}`
    },
    done,
    stop,
  }
}

function plainProgress(tell: (line: string) => void): Progress {
  let label = ''
  let toldAt = 0
  return {
    step(text) {
      label = text
      toldAt = Date.now()
      tell(`${text}…`)
    },
    count(counts, total) {
      if (Date.now() - toldAt < PLAIN_MS) return
      toldAt = Date.now()
      tell(`${label} ${counts}/${total}`)
    },
    done(text) {
      if (text !== undefined) tell(text)
    },
    stop() {},
  }
}
