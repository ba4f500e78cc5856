import type { IncomingMessage, ServerResponse } from 'node:http'

/** Why this process cannot do its work now; undefined if it can. */
export type ReadyCheck = () => Promise<string | undefined>

/** Whether an address is one of the two questions of a load balancer. */
export const isHealthPath = (target = ''): boolean => /^\/(?:healthz|readyz)(?:\?|$)/.test(target)

/**
 * Answers the two questions of a load balancer, under any host name and without a session: `/healthz` whether the
 * process runs, `/readyz` whether it can do its work.
 * @returns whether the request was one of them
 */
export function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  isReady: ReadyCheck,
): boolean {
  const { method, url = '' } = request
  if ((method !== 'GET' && method !== 'HEAD') || !isHealthPath(url)) return false
  if (url.startsWith('/healthz')) answer(response, 200, 'ok')
  else
    void isReady()
      .catch(() => 'the check itself failed')
      .then((problem) => answer(response, problem === undefined ? 200 : 503, problem ?? 'ready'))
  return true
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
  })
  response.end(`${text}\n`)
}

/** A database that takes longer to answer one question does not answer. */
const readyWithinMs = 2_000

/**
 * Ready while the database answers. Requests share one question at a time: anybody may ask, and the connections are those
 * that events are stored by.
 */
export function databaseReady(ask: () => PromiseLike<unknown>): ReadyCheck {
  const check = async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('the database does not answer'), readyWithinMs)
    })
    const asked = Promise.resolve(ask()).then(
      () => undefined,
      () => 'the database cannot be reached',
    )
    return Promise.race([asked, late]).finally(() => clearTimeout(timer))
  }
  let checking: Promise<string | undefined> | undefined
  return () => {
    checking ??= check().finally(() => {
      checking = undefined
    })
    return checking
  }
}
