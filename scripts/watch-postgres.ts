import type { Embedded } from '@/lib/db/postgres/embedded'

type Watching = {
  server: Pick<Embedded, 'isAlive' | 'port'>
  /** Starts it again on the same port: everybody has its address. */
  restart(port: number): Promise<unknown>
  say(line: string): void
  everyMs?: number
}

export type PostgresWatch = {
  /** Settles with a sentence where it cannot be started again. */
  failed: Promise<string>
  /** Before PostgreSQL is stopped on purpose; waits for a restart under way. */
  stop(): Promise<void>
}

/**
 * Notices when the bundled PostgreSQL was killed and starts it again. What was committed is there; the web
 * server holds the bodies it is sent meanwhile, and the worker goes on by itself.
 */
export function watchPostgres({ server, restart, say, everyMs = 1000 }: Watching): PostgresWatch {
  let restarting: Promise<void> | undefined
  let fail: (reason: string) => void = () => undefined
  const failed = new Promise<string>((resolve) => {
    fail = resolve
  })
  const startAgain = async () => {
    say('PostgreSQL has ended without being asked to; it is started again')
    try {
      await restart(server.port)
      say('PostgreSQL runs again; what was committed is there')
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
