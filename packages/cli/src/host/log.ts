/**
 * The log of a host, as lines of JSON for programs or as text for people. This file makes the text itself, not a printer of pino's,
 * because the output of scripts must reach a terminal as safe text only.
 */
import type { Log } from '@vms/host'
import type { Output } from '../output/output.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export const LOG_FORMATS = ['pretty', 'json'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFormat = (typeof LOG_FORMATS)[number]

/** A line as pino writes it. */
interface Line {
  readonly level: string
  readonly time: string
  readonly msg: string
  /** Name of the script that printed the line, if one did. */
  readonly script?: string
  /** The function of the script's console. */
  readonly console?: string
  readonly [field: string]: unknown
}

/** Opens the log on stderr. */
export async function createLog(output: Output, level: LogLevel, format: LogFormat): Promise<Log> {
  // Loaded here, because only hosts have a log.
  const { pino } = await import('pino')
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (name) => ({ level: name }) },
    },
    {
      write(line) {
        if (format === 'json') output.tell(safeJson(JSON.parse(line)))
        else tellPretty(output, JSON.parse(line) as Line)
      },
    },
  )
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    isLevelEnabled: (name) => logger.isLevelEnabled(name),
  }
}

function tellPretty(
  { tell, style }: Output,
  { level, time, msg, script, console, ...fields }: Line,
): void {
  if (script !== undefined) {
    const prefix = style('dim', `[${safeText(script)}] ${console}`)
    for (const text of msg.split('\n')) tell(`${prefix} ${safeText(text)}`)
  } else if (level === 'warn' || level === 'error') {
    tell(`${style('yellow', '!')} ${safeText(msg)}`)
  } else {
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`)
    const clock = time.slice('2026-01-01T'.length, -1)
    tell(style('dim', safeText(`${clock} ${level} ${msg}${details.join('')}`)))
  }
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
