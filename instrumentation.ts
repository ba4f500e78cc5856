/**
 * Next calls this once when the server starts. It must not throw: a register() that throws fails every
 * request, and a lab must at least be able to look at its record when the worker cannot start.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  try {
    const [{ startWorker }, { env }] = await Promise.all([
      import('./lib/worker/worker'),
      import('./lib/env'),
    ])
    const { DATABASE_URL } = env()
    if (DATABASE_URL !== undefined) startWorker(DATABASE_URL)
  } catch (error) {
    console.error('The worker did not start, so nothing is sent or read:', error)
  }
}
