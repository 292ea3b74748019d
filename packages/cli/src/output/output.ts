/**
 * The output of a command. stdout is for programs: results, JSON, tables. stderr is for the person: progress, advice, errors.
 * Only a terminal gets colour and moving progress, and no colour with NO_COLOR.
 */
import { styleText } from 'node:util'
import { safeScreen, safeText } from './terminal-text.ts'

/** A stream of text, such as process.stdout and process.stderr. */
export interface TextStream {
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
}

export type Style = Parameters<typeof styleText>[0]

export interface Output {
  /** Writes a line to stdout. */
  print(line: string): void
  /** Writes bytes to stdout; to a terminal, as safe text. Resolves when the reader has taken them. */
  printBytes(bytes: Uint8Array): Promise<void>
  /** Writes a line to stderr. */
  tell(line: string): void
  /** Whether stderr shows colour. */
  readonly color: boolean
  /** `text` in a style for stderr; unchanged if stderr shows no colour. */
  style(style: Style, text: string): string
  /** Begins to show steps on stderr. {@link Progress.done} or {@link Progress.stop} ends that. */
  progress(): Progress
}

/** The steps of a long command. */
export interface Progress {
  /** Begins a step, and ends the one before. */
  step(text: string): void
  /** Shows how far the step is. Only a terminal shows `detail`. */
  count(done: number, total: number, detail?: string): void
  /** Ends the step as done. `text` replaces the text of the step. */
  done(text?: string): void
  /** Ends the step as not done, and removes the moving line. */
  stop(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

const CLEAR_LINE = '\r\x1b[2K'

/** Milliseconds between two drawings of the moving line. */
const FRAME_MS = 80

/** Milliseconds between two lines about one step in a log, where no line can move. */
const PLAIN_MS = 10_000

/** The output to two streams. The streams and `env` decide about colour. */
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

/** Writes lines with a label and a value to stderr. The labels are in a column of `width` characters. */
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
