import type { Server } from 'node:http'
import type { Server as Port } from 'node:net'

type Ending = Pick<Port, 'close'> & Pick<Server, 'closeIdleConnections' | 'closeAllConnections'>

/**
 * Ends this process in order when it is asked to, or when the process that started it is gone: a webhook body that is
 * arriving is still stored and answered; pages may be cut off.
 * @param steps `stop` before the connections end, and `close` after
 */
export function endWith(
  server: Ending,
  { stop, close }: { stop(): void; close(): Promise<void> },
): void {
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref())
    server.closeIdleConnections()
    stop()
    await Promise.race([closed, deadline])
    server.closeAllConnections()
    await close()
    process.exit(0)
  }
  process.on('SIGTERM', end).on('SIGINT', end)
  if (process.connected) process.on('disconnect', end)
}
