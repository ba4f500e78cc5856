import { createServer } from 'node:http'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { LabMetrics } from '@/lib/db/queries/lab-metrics'
import { answerHealth, isHealthPath, type ReadyCheck } from './health'
import { addLabGauges } from './lab-gauges'

type Options = {
  /** Undefined: nothing is measured for anybody. */
  port: number | undefined
  host: string
  isReady: ReadyCheck
  /** The numbers of the lab, in a process that shows them. */
  readLab?: () => Promise<LabMetrics>
  report(error: unknown): void
}

export type Metrics = {
  /** Counts one request that has ended. */
  request(target: string | undefined, ended: { ms: number; status: number }): void
  /** Counts one request to an MDM server that sent a command. */
  send(ms: number, outcome: string): void
  close(): void
}

/** From the time in which an event should be answered to that in which a person gives up. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Answers Prometheus at a port of its own, and the two questions of a load balancer, which a worker answers nowhere
 * else. No name of a device, person or trial is in it.
 */
export function openMetrics({ port, host, isReady, readLab, report }: Options): Metrics {
  if (port === undefined)
    return { request: () => undefined, send: () => undefined, close: () => undefined }
  const registry = new Registry()
  const requests = new Histogram({
    name: 'oneway_http_request_seconds',
    help: 'Time from the head of a request to the end of its response',
    labelNames: ['kind', 'status'],
    buckets,
    registers: [registry],
  })
  const sends = new Histogram({
    name: 'oneway_send_seconds',
    help: 'Time of the request that sends a command to its MDM server, by what became of it',
    labelNames: ['outcome'],
    buckets,
    registers: [registry],
  })
  collectDefaultMetrics({ register: registry })
  if (readLab) addLabGauges(registry, readLab)
  const server = createServer((asked, response) => {
    if (answerHealth(asked, response, isReady)) return
    if (asked.url !== '/metrics') return void response.writeHead(404).end('see /metrics\n')
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      (error: unknown) => {
        report(error)
        response.writeHead(500).end()
      },
    )
  })
  // A monitoring that cannot listen must not keep events from being received.
  server.on('error', report)
  server.listen({ port, host })
  server.unref()
  return {
    request: (target, { ms, status }) =>
      requests.observe(
        { kind: kindOfRequest(target), status: `${Math.floor(status / 100)}xx` },
        ms / 1000,
      ),
    send: (ms, outcome) => sends.observe({ outcome }, ms / 1000),
    close: () => void server.close().closeAllConnections(),
  }
}

/** What kind of request a path is; a live page's stream is apart, as it lasts for minutes. */
function kindOfRequest(target = '/'): 'event' | 'page' | 'api' | 'live' | 'file' | 'health' {
  if (target.startsWith('/api/webhook/')) return 'event'
  if (/^\/api\/events(?:\?|$)/.test(target)) return 'live'
  if (target.startsWith('/api/')) return 'api'
  if (isHealthPath(target)) return 'health'
  return /^\/_next\/|\.(?:js|svg|ico)(?:\?|$)/.test(target) ? 'file' : 'page'
}
