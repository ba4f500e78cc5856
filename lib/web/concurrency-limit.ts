/** What the limit needs to know of a request and its response. */
type Visit = {
  request: { method?: string | undefined; url?: string | undefined }
  response: {
    once(event: 'finish' | 'close', listener: () => void): unknown
    readonly destroyed: boolean
  }
}

/** Whether a page is rendered for it. Event streams stay open, exports run long, static files cost nothing. */
const isRendered = ({ method, url = '/' }: Visit['request']) =>
  (method === 'GET' || method === 'HEAD') && !url.startsWith('/api/') && !url.startsWith('/_next/')

/**
 * Renders up to `maxRendering` pages at the same time and lets the others wait, first come, first served. All are
 * rendered on one thread: with twenty at a time each waits for all others, and two at a time take no longer in all. A
 * page that takes longer than `maxMs` no longer counts, because it is not the thread that it waits for. Nothing is
 * rendered for a visitor who has disconnected.
 */
export function createConcurrencyLimit({
  maxRendering,
  maxMs,
}: {
  maxRendering: number
  maxMs: number
}) {
  const waiting: { visit: Visit; render: () => void }[] = []
  let rendering = 0

  const begin = ({ response }: Visit, render: () => void) => {
    rendering += 1
    let hasEnded = false
    const ended = () => {
      if (hasEnded) return
      hasEnded = true
      clearTimeout(timer)
      rendering -= 1
      startNext()
    }
    const timer = setTimeout(ended, maxMs)
    timer.unref()
    response.once('finish', ended)
    response.once('close', ended)
    try {
      render()
    } catch (error) {
      ended()
      throw error
    }
  }

  const startNext = () => {
    while (rendering < maxRendering) {
      const next = waiting.shift()
      if (!next) return
      if (!next.visit.response.destroyed) begin(next.visit, next.render)
    }
  }

  return function withinLimit(visit: Visit, render: () => void): void {
    if (!isRendered(visit.request)) render()
    else if (rendering < maxRendering) begin(visit, render)
    else waiting.push({ visit, render })
  }
}
