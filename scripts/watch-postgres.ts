import type { Embedded } from '@/lib/db/postgres/embedded'

type Watching = {
  server: Pick<Embedded, 'isAlive' | 'port'>
  /** Restarts it on the same port, which all processes use. */
  restart(port: number): Promise<unknown>
  say(line: string): void
  everyMs?: number
}

export type PostgresWatch = {
  /** Settles with the reason if it cannot be restarted. */
  failed: Promise<string>
  /** Call it before PostgreSQL is stopped on purpose; waits for a restart under way. */
  stop(): Promise<void>
}

/**
 * Restarts the bundled PostgreSQL when it has ended unasked. Nothing committed is lost; meanwhile the web server
 * retries to store webhook bodies, and the worker reconnects by itself.
 */
export function watchPostgres({ server, restart, say, everyMs = 1000 }: Watching): PostgresWatch {
  let restarting: Promise<void> | undefined
  let fail: (reason: string) => void = () => undefined
  const failed = new Promise<string>((resolve) => {
    fail = resolve
  })
  const startAgain = async () => {
    say('PostgreSQL has ended unexpectedly; it is being restarted')
    try {
      await restart(server.port)
      say('PostgreSQL runs again; nothing committed was lost')
    } catch (error) {
      clearInterval(timer)
      const words = error instanceof Error ? error.message : String(error)
      fail(`PostgreSQL has ended and cannot be started again on port ${server.port}: ${words}`)
    }
  }
  const timer = setInterval(() => {
    if (restarting || server.isAlive()) return
    restarting = startAgain().finally(() => {
      restarting = undefined
    })
  }, everyMs)
  return {
    failed,
    async stop() {
      clearInterval(timer)
      await restarting
    },
  }
}
