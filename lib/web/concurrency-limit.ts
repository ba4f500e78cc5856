/** What of a request and a response it takes to know whose turn it is. */
type Visit = {
  request: { method?: string | undefined; url?: string | undefined }
  response: {
    once(event: 'finish' | 'close', listener: () => void): unknown
    readonly destroyed: boolean
  }
}

/** Whether a page is drawn for it. Event streams stay open, exports run long, static files cost nothing. */
const isDrawn = ({ method, url = '/' }: Visit['request']) =>
  (method === 'GET' || method === 'HEAD') && !url.startsWith('/api/') && !url.startsWith('/_next/')

/**
 * Draws so many pages at once and lets the others wait, first come, first served. They are all drawn on
 * the thread that keeps the webhook's bodies: twenty at once let it have its turn after seconds, and drawn
 * two by two they take no longer together. A page that takes longer than `longestMs` no longer
 * counts: what it waits for is not the thread. Whoever has gone away meanwhile is not drawn for.
 */
export function createTurns({ atOnce, longestMs }: { atOnce: number; longestMs: number }) {
  const waiting: { visit: Visit; draw: () => void }[] = []
  let drawing = 0

  const begin = ({ response }: Visit, draw: () => void) => {
    drawing += 1
    let isOver = false
    const over = () => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      drawing -= 1
      letIn()
    }
    const timer = setTimeout(over, longestMs)
    timer.unref()
    response.once('finish', over)
    response.once('close', over)
    try {
      draw()
    } catch (error) {
      over()
      throw error
    }
  }

  const letIn = () => {
    while (drawing < atOnce) {
      const next = waiting.shift()
      if (!next) return
      if (!next.visit.response.destroyed) begin(next.visit, next.draw)
    }
  }

  return function inTurn(visit: Visit, draw: () => void): void {
    if (!isDrawn(visit.request)) draw()
    else if (drawing < atOnce) begin(visit, draw)
    else waiting.push({ visit, draw })
  }
}
