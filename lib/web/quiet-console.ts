import { inspect } from 'node:util'
import { scrubError } from '@/lib/domain/text/scrub'

/** Signs that move a terminal's cursor, colour it or begin a line, other than the line feed of a stack. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the signs that must not come through
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sign that begins a colour
const colour = /\u001b\[[0-9;]{0,20}m/g

/** Later lines are set in, so that none looks like one of the log's own. */
const visible = (text: string): string =>
  text
    .replace(colour, '')
    .replace(control, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\n', '\n  ')

/** How a value may stand in a log: an error without the values of its query, and no sign that moves a cursor. */
export function forLog(value: unknown): string {
  if (typeof value === 'string') return visible(value)
  return visible(inspect(scrubError(value), { depth: 4, breakLength: 100 }))
}

/**
 * Lets nothing reach the terminal that a page or a library prints as it is: Next prints what a page throws,
 * and that may be an error of the database with the token of a session in it (F46, F48).
 */
export function quietConsole(target: Pick<Console, 'error' | 'warn'> = console): void {
  for (const name of ['error', 'warn'] as const) {
    const print = target[name].bind(target)
    target[name] = (...values: unknown[]) => print(...values.map(forLog))
  }
}
