import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Metrics, openMetrics } from './metrics'

const lab = {
  ...{ unreadEvents: 3, oldestUnreadSeconds: 12.5, overdueCommands: 1, oldestOverdueSeconds: 4 },
  ...{ waitingNotices: 0, openGaps: 2, endedGaps: 7, stoppedServers: 0 },
  openCommands: { sending: 1, unconfirmed: 2 },
  secondsSinceHeartbeat: null,
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

let port: number
let metrics: Metrics
let readings: number
let isAway: boolean
beforeEach(async () => {
  readings = 0
  isAway = false
  port = await freePort()
  metrics = openMetrics({
    ...{ port, host: '127.0.0.1' },
    isReady: async () => (isAway ? 'away' : undefined),
    readLab: async () => {
      readings += 1
      if (isAway) throw new Error('postgres://secret@away')
      return lab
    },
    report: (error) => {
      throw error
    },
  })
})
afterEach(() => metrics.close())

const read = async (path = '/metrics') => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return { status: response.status, lines: (await response.text()).split('\n') }
}

test('the numbers of the lab are those of now, from one reading for all of them', async () => {
  const { lines } = await read()
  expect(lines).toEqual(
    expect.arrayContaining([
      'oneway_database_up 1',
      'oneway_events_unread 3',
      'oneway_events_unread_oldest_seconds 12.5',
      'oneway_commands_open{state="unconfirmed"} 2',
      'oneway_commands_open{state="reserved"} 0',
      'oneway_observation_gaps_open 2',
    ]),
  )
  expect(readings).toBe(1)
  // Nothing has ever sent a heartbeat.
  expect(lines.filter((line) => line.startsWith('oneway_listener_heartbeat'))).toEqual([])
})

test('while the database is away its numbers are absent, not old', async () => {
  await read()
  isAway = true
  const { status, lines } = await read()
  expect(status).toBe(200)
  expect(lines).toContain('oneway_database_up 0')
  expect(lines.filter((line) => /^oneway_(events|commands|observation)/.test(line))).toEqual([])
  expect((await read('/readyz')).status).toBe(503)
  expect((await read('/healthz')).status).toBe(200)
  isAway = false
  expect((await read()).lines).toContain('oneway_events_unread 3')
})

test.each([
  ['/api/webhook/lab?token=secret', 'event'],
  ['/api/v1/devices', 'api'],
  ['/api/events?trial=1', 'live'],
  ['/trials/secret-id', 'page'],
  ['/_next/static/a.js', 'file'],
  ['/readyz', 'health'],
])('a request to %s is counted as %s, without its path', async (target, kind) => {
  metrics.request(target, { ms: 40, status: 200 })
  const { lines } = await read()
  expect(lines).toContain(
    `oneway_http_request_seconds_bucket{le="0.05",kind="${kind}",status="2xx"} 1`,
  )
  expect(lines.join()).not.toContain('secret')
})

test('a send is counted by what became of it', async () => {
  metrics.send(700, 'queued')
  metrics.send(31_000, 'unconfirmed')
  const { lines } = await read()
  expect(lines).toEqual(
    expect.arrayContaining([
      'oneway_send_seconds_bucket{le="1",outcome="queued"} 1',
      'oneway_send_seconds_bucket{le="30",outcome="unconfirmed"} 0',
      'oneway_send_seconds_count{outcome="unconfirmed"} 1',
    ]),
  )
})

test('without a port nothing listens and requests are not counted', () => {
  const none = openMetrics({
    ...{ port: undefined, host: '127.0.0.1', report: () => undefined },
    isReady: async () => undefined,
  })
  expect(none.request('/', { ms: 1, status: 200 })).toBeUndefined()
  none.close()
})
