import { Socket } from 'node:net'

/** Where to connect, as postgres.js passes it. */
type Target = {
  host: readonly string[]
  port: readonly number[]
  path?: string | undefined | false
  ssl?: unknown
}

type Watched = {
  socket: Socket
  /** Bytes read when the last query was written. */
  readBefore: number
  writtenBefore: number
  /** When the unanswered query was written; undefined while none is unanswered. */
  since: number | undefined
  reported: boolean
}

export type DeadlineOptions = {
  /** A connection that does not answer for this long is discarded, and its queries fail. */
  deadlineMs: number
  /** After this long the wait is reported once. */
  warnAfterMs: number
  report(waitingMs: number, discarded: boolean): void
}

const checkEveryMs = 100

/**
 * Opens the connections of a pool and discards one that does not answer. Neither postgres.js nor PostgreSQL
 * ends a wait for a peer that vanished without closing, or for a standby that a commit waits for: the kernel
 * does after a quarter of an hour, and every query queued behind it waits too.
 * Passed to postgres.js as `socket`, which writes to it before it has connected, as Node's sockets allow
 * (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L130).
 */
export function createDeadline({ deadlineMs, warnAfterMs, report }: DeadlineOptions) {
  const all = new Set<Watched>()
  let turn = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const checkAll = () => {
    const now = performance.now()
    for (const one of all) {
      if (one.socket.destroyed) all.delete(one)
      else check(one, now)
    }
    if (all.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const check = (one: Watched, now: number) => {
    const { socket } = one
    if (socket.bytesRead !== one.readBefore) {
      one.readBefore = socket.bytesRead
      one.since = undefined
      one.reported = false
    } else if (socket.bytesWritten !== one.writtenBefore) one.since ??= now
    one.writtenBefore = socket.bytesWritten
    if (one.since === undefined || socket.isPaused()) return
    const waitingMs = now - one.since
    if (waitingMs > deadlineMs) {
      report(waitingMs, true)
      socket.destroy()
    } else if (waitingMs > warnAfterMs && !one.reported) {
      one.reported = true
      report(waitingMs, false)
    }
  }

  return function open({ host, port, path, ssl }: Target): Socket {
    const socket = new Socket()
    // Otherwise the end of each small COPY waits some 40 ms for the server to acknowledge its rows (Nagle's algorithm).
    socket.setNoDelay(true)
    const at = turn % host.length
    turn += 1
    if (path) socket.connect(path)
    else socket.connect(port[at] ?? 5432, host[at] ?? 'localhost')
    // postgres.js reads these for the name in the certificate and for its messages.
    Object.assign(socket, { host: host[at], port: port[at], ssl })
    const one: Watched = {
      socket,
      readBefore: 0,
      writtenBefore: 0,
      since: undefined,
      reported: false,
    }
    // TLS bypasses `write`; its queries are detected by the number of bytes that the socket has written.
    const write = socket.write.bind(socket)
    const watched = (...args: Parameters<Socket['write']>) => {
      one.readBefore = socket.bytesRead
      one.since ??= performance.now()
      return write(...args)
    }
    // The overloads differ in where the callback stands, which the arguments keep.
    socket.write = watched as Socket['write']
    all.add(one)
    timer ??= setInterval(checkAll, checkEveryMs)
    timer.unref()
    return socket
  }
}
