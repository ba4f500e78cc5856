import { type DestinationStream, type Logger, pino } from 'pino'
import { scrubError } from './domain/text/scrub'
import { readEnv } from './env'

/** Fields that hold a secret wherever they stand, should a line ever be given them. */
const secrets = [
  'apiKey',
  'authorization',
  'cookie',
  'hmacKey',
  'password',
  'secret',
  'token',
  'x-hmac-signature',
]

const paths = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])

/**
 * The log of one part of the program: JSON, one line for each event, so that no text in it can begin a line
 * or move a cursor (F48), and without the values of a failed query or any field that is a secret (F46).
 */
export function createLog(name: string, stream?: DestinationStream): Logger {
  const options = {
    name,
    level: readEnv().LOG_LEVEL,
    redact: { paths, censor: '(secret)' },
    serializers: { err: (error: Error) => pino.stdSerializers.err(scrubError(error)) },
  }
  return stream ? pino(options, stream) : pino(options)
}
