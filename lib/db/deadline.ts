import { Socket } from 'node:net'

/** What postgres.js tells of where to connect to. */
type Target = {
  host: readonly string[]
  port: readonly number[]
  path?: string | undefined | false
  ssl?: unknown
}

type Watched = {
  socket: Socket
  /** Bytes read when the last question was written. */
  readBefore: number
  writtenBefore: number
  /** Since when nothing was read after a question; undefined where nothing is waited for. */
  since: number | undefined
  told: boolean
}

export type DeadlineOptions = {
  /** A connection that has not answered for so long is thrown away, and what waits on it fails. */
  deadlineMs: number
  /** After so long it is told once. */
  tellAfterMs: number
  tell(waitingMs: number, given: boolean): void
}

const lookEveryMs = 100

/**
 * Opens the connections of a pool and throws away one that does not answer. Neither postgres.js nor
 * PostgreSQL ends a wait for a peer that vanished without a word, or for a standby that a commit waits for:
 * the kernel does after a quarter of an hour, and until then everything behind it waits too.
 * Given to postgres.js as `socket`, which writes to it before it has connected, as Node's sockets allow
 * (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L130).
 */
export function createDeadline({ deadlineMs, tellAfterMs, tell }: DeadlineOptions) {
  const all = new Set<Watched>()
  let turn = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const look = () => {
    const now = performance.now()
    for (const one of all) {
      if (one.socket.destroyed) all.delete(one)
      else judge(one, now)
    }
    if (all.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const judge = (one: Watched, now: number) => {
    const { socket } = one
    if (socket.bytesRead !== one.readBefore) {
      one.readBefore = socket.bytesRead
      one.since = undefined
      one.told = false
    } else if (socket.bytesWritten !== one.writtenBefore) one.since ??= now
    one.writtenBefore = socket.bytesWritten
    if (one.since === undefined || socket.isPaused()) return
    const waitingMs = now - one.since
    if (waitingMs > deadlineMs) {
      tell(waitingMs, true)
      // Without an error of its own: what postgres.js is given between that and the end would wait for ever.
      socket.destroy()
    } else if (waitingMs > tellAfterMs && !one.told) {
      one.told = true
      tell(waitingMs, false)
    }
  }

  return function open({ host, port, path, ssl }: Target): Socket {
    const socket = new Socket()
    const at = turn % host.length
    turn += 1
    if (path) socket.connect(path)
    else socket.connect(port[at] ?? 5432, host[at] ?? 'localhost')
    // Asked for by postgres.js for the name in the certificate and for its messages.
    Object.assign(socket, { host: host[at], port: port[at], ssl })
    const one: Watched = { socket, readBefore: 0, writtenBefore: 0, since: undefined, told: false }
    // Over TLS the questions do not come this way, and are seen by what the socket has written.
    const write = socket.write.bind(socket)
    const watched = (...args: Parameters<Socket['write']>) => {
      one.readBefore = socket.bytesRead
      one.since ??= performance.now()
      return write(...args)
    }
    // The overloads differ in where the callback stands, which the arguments keep.
    socket.write = watched as Socket['write']
    all.add(one)
    timer ??= setInterval(look, lookEveryMs)
    timer.unref()
    return socket
  }
}
