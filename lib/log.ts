import { inspect } from 'node:util'
import { type DestinationStream, type Logger, pino } from 'pino'
import { scrubError } from './domain/text/scrub'
import { readEnv } from './env'
import { currentRequestId } from './request-id'

/** Fields that are masked wherever they occur in a log line. */
const secrets = [
  'apiKey',
  'authorization',
  'cookie',
  'declarationsKey',
  'hmacKey',
  'password',
  'secret',
  'token',
  'x-hmac-signature',
]

const paths = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])

/**
 * The log of one part of the program: one line of JSON per event, so that no text in it can start a new line or move
 * the cursor (F48), without the parameters of a failed query and with secret fields masked (F46). What is logged while a
 * request is answered has the id of its response.
 */
export function createLog(name: string, stream?: DestinationStream): Logger {
  const options = {
    name,
    level: readEnv().LOG_LEVEL,
    redact: { paths, censor: '(secret)' },
    mixin: () => {
      const requestId = currentRequestId()
      return requestId === undefined ? {} : { requestId }
    },
    serializers: { err: (error: Error) => pino.stdSerializers.err(scrubError(error)) },
  }
  return stream ? pino(options, stream) : pino(options)
}

/** Control characters that move a terminal's cursor, set a colour or start a line, other than the line feed of a stack. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character that starts a colour
const colour = /\u001b\[[0-9;]{0,20}m/g

/** Escapes control characters, and indents later lines, so that none looks like a line of the log. */
const visible = (text: string): string =>
  text
    .replace(colour, '')
    .replace(control, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\n', '\n  ')

/** A value as it may be logged: an error without the parameters of its query, and without control characters. */
export function forLog(value: unknown): string {
  if (typeof value === 'string') return visible(value)
  return visible(inspect(scrubError(value), { depth: 4, breakLength: 100 }))
}

/**
 * Cleans everything that a page or a library prints to the terminal: Next prints what a page throws, and that may be
 * a database error with a session token in it (F46, F48).
 */
export function quietConsole(target: Pick<Console, 'error' | 'warn'> = console): void {
  for (const name of ['error', 'warn'] as const) {
    const print = target[name].bind(target)
    target[name] = (...values: unknown[]) => {
      const requestId = currentRequestId()
      print(...values.map(forLog), ...(requestId === undefined ? [] : [`(request ${requestId})`]))
    }
  }
}
