/**
 * Where text goes. stdout is the machine's (results, JSON, tables that one pipes); stderr is the person's (what is going
 * on, how to go on, errors). Colour and moving progress only where a terminal is, and never with NO_COLOR.
 */
import { styleText } from 'node:util'

/** A stream of text: process.stdout and process.stderr are two. */
export interface TextStream {
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
}

export type Style = Parameters<typeof styleText>[0]

export interface Output {
  /** A line on stdout. */
  print(line: string): void
  /** Bytes on stdout as they are. Resolves when the reader has taken them. */
  printBytes(bytes: Uint8Array): Promise<void>
  /** A line on stderr. */
  tell(line: string): void
  /** Whether stderr shows colour. */
  readonly color: boolean
  /** `text` in a style for stderr, or as it is where that shows no colour. */
  style(style: Style, text: string): string
  /** The step that is going on, on stderr. Ends with {@link Progress.done} or {@link Progress.stop}. */
  progress(): Progress
}

export interface Progress {
  /** What is being done now. On a terminal it replaces the line before. */
  step(text: string): void
  /** How far the current step is. */
  count(done: number, total: number): void
  /** Clears the moving line, if there is one. */
  stop(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Milliseconds between two redrawings of the moving line. */
const FRAME_MS = 80

/** Milliseconds between two plain progress lines of one step, where nothing can be redrawn (CI logs). */
const PLAIN_MS = 10_000

/** Output over two streams. `env` decides about colour together with the terminal. */
export function createOutput(stdout: TextStream, stderr: TextStream, env: NodeJS.ProcessEnv): Output {
  const color = wantsColor(stderr, env)
  const moving = stderr.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb'
  const tell = (line: string): void => void stderr.write(`${line}\n`)
  return {
    print: (line) => void stdout.write(`${line}\n`),
    printBytes: (bytes) =>
      new Promise((resolve, reject) => {
        stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
      }),
    tell,
    color,
    style: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
    progress: () => (moving ? movingProgress(stderr) : plainProgress(tell)),
  }
}

function wantsColor(stream: TextStream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] || env['NODE_DISABLE_COLORS']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

function movingProgress(stream: TextStream): Progress {
  let label = ''
  let counted = ''
  let frame = 0
  let timer: NodeJS.Timeout | null = null
  const clear = '\r\x1b[2K'
  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length
    stream.write(`${clear}${FRAMES[frame]} ${label}${counted}`)
  }
  return {
    step(text) {
      label = text
      counted = ''
      timer ??= setInterval(draw, FRAME_MS).unref()
      draw()
    },
    count(done, total) {
      counted = ` ${done}/${total}`
    },
    stop() {
      if (timer === null) return
      clearInterval(timer)
      timer = null
      stream.write(clear)
    },
  }
}

function plainProgress(tell: (line: string) => void): Progress {
  let label = ''
  let toldAt = 0
  return {
    step(text) {
      label = text
      toldAt = Date.now()
      tell(text)
    },
    count(done, total) {
      if (Date.now() - toldAt < PLAIN_MS) return
      toldAt = Date.now()
      tell(`${label} ${done}/${total}`)
    },
    stop() {},
  }
}
