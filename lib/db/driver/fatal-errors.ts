import type { Socket } from 'node:net'

const codes = { error: 0x45, ready: 0x5a } as const
const fatal = Buffer.from('VFATAL\0')
/** Bytes from the start of an error to its severity in English; the one in the server's language stands between. */
const longestSeverity = 100

/**
 * Keeps from postgres.js the errors with which PostgreSQL ends a connection, and closes the connection in their place.
 * postgres.js 3.4.9 keeps the query that was under way when its connection was ended. When that connection is opened
 * again and PostgreSQL refuses it, as one that starts up or shuts down does, the refusal is taken for an answer to that
 * query: the query that asked for the connection is never told, and connects again and again without a pause
 * (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js, `ErrorResponse` and `closed`). Over TLS the messages cannot be
 * seen here, and this does nothing.
 * @param asksForTls whether a server is asked first whether it speaks TLS, which it answers with a byte that is no message
 */
export function closeOnFatalErrors(socket: Socket, asksForTls: boolean): void {
  let isAsking = asksForTls
  let unread: Buffer | undefined = Buffer.alloc(0)
  const emit = socket.emit.bind(socket)
  /** What of a chunk postgres.js may read. */
  const readable = (chunk: Buffer): Buffer => {
    if (isAsking) {
      isAsking = false
      return chunk
    }
    if (unread === undefined) {
      const at = fatalErrorAt(chunk)
      if (at === undefined) return chunk
      // Without an error: a query given to postgres.js between an error and the close would wait for ever.
      socket.destroy()
      return chunk.subarray(0, at)
    }
    const start = readStart(Buffer.concat([unread, chunk]))
    unread = start.unread
    if (!start.error) return chunk
    socket.destroy(start.error)
    return chunk.subarray(0, 0)
  }
  // The overloads differ in the arguments of each event, which are handed on.
  socket.emit = ((event: string | symbol, ...args: unknown[]) => {
    const [chunk] = args
    if (event !== 'data' || !Buffer.isBuffer(chunk)) return emit(event, ...args)
    const rest = readable(chunk)
    return rest.length === 0 || emit(event, rest)
  }) as Socket['emit']
}

/**
 * Where the last message of a chunk begins, if it is an error that ends the connection. The fields of one are the severity
 * in the server's language (S), then in English (V). No row has these bytes: a text holds no zero, and the length
 * of its column ends before the chunk does.
 */
function fatalErrorAt(chunk: Buffer): number | undefined {
  const severity = chunk.lastIndexOf(fatal)
  if (severity < 0) return undefined
  for (let at = severity - 6; at >= Math.max(0, severity - longestSeverity); at -= 1)
    if (chunk[at] === codes.error && at + 1 + chunk.readUInt32BE(at + 1) === chunk.length) return at
  return undefined
}

/**
 * Reads what PostgreSQL sends until it is ready for a query: messages of a type, a length and a body
 * (https://www.postgresql.org/docs/18/protocol-message-formats.html). Every error there ends the connection.
 * @returns the rest that is no whole message yet, undefined once it is ready; and the error
 */
function readStart(bytes: Buffer): { unread: Buffer | undefined; error?: Error } {
  let at = 0
  while (at < bytes.length) {
    if (bytes[at] === codes.error) return { unread: undefined, error: errorIn(bytes.subarray(at)) }
    if (bytes[at] === codes.ready) return { unread: undefined }
    if (bytes.length < at + 5) break
    const next = at + 1 + bytes.readUInt32BE(at + 1)
    if (next > bytes.length) break
    at = next
  }
  return { unread: bytes.subarray(at) }
}

/** The message and the SQLSTATE of an ErrorResponse, whose fields are a letter and a text that ends with a zero byte. */
function errorIn(message: Buffer): Error {
  const fields = new Map(
    message
      .subarray(5)
      .toString('utf8')
      .split('\0')
      .map((field) => [field.charAt(0), field.slice(1)]),
  )
  const text = fields.get('M') ?? 'the database refused the connection'
  return Object.assign(new Error(text), { code: fields.get('C') ?? '08004' })
}
