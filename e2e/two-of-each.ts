import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Connection, connect } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { createLabControl, type LabControl } from '@/lib/virtual-lab/control-client'
import { readSecrets } from '@/scripts/secrets'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { startStack } from './own-stack'

const url = (port: string | number) => `http://127.0.0.1:${port}`

/** Names the web server, 0 or 1, that the balancer hands a browser's requests to. */
export const sideCookie = 'side'

/** What stands before web servers on several machines: hands each request to the one that its cookie names. */
async function startBalancer(port: number, webs: readonly string[]) {
  const server = createServer((request, response) => {
    const side = /\bside=(\d)/.exec(request.headers.cookie ?? '')?.[1] ?? '0'
    const { method = 'GET', headers } = request
    const passed = httpRequest(new URL(request.url ?? '/', webs[Number(side)]), { method, headers })
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

/** On the database of a lab, a second web server, listener and worker, which share its keys, and one machine, so the witness too. */
async function startApart(folder: string, shared: Record<string, string>) {
  const { authSecret, secretKey = '' } = readSecrets(folder)
  const env = { ...shared, BETTER_AUTH_SECRET: authSecret, ONEWAY_SECRET_KEY: secretKey }
  const [metrics, web, listener] = [
    String(await findFreePort()),
    String(await findFreePort()),
    String(await findFreePort()),
  ]
  const stops = await Promise.all([
    startStack({ ...env, PORT: web }, ['--only', 'web']),
    startStack({ ...env, PORT: listener }, ['--only', 'listener']),
    startStack({ ...env, ONEWAY_METRICS_PORT: metrics }, ['--only', 'worker']),
  ])
  return {
    ...{ web: url(web), listener: url(listener), metrics: url(metrics) },
    stop: () => Promise.all(stops.map((stop) => stop())),
  }
}

export type TwoOfEach = Connection & {
  /** The lab's own address, of the balancer. */
  baseUrl: string
  webs: readonly [string, string]
  listeners: readonly [string, string]
  /** Of the second worker. */
  metrics: string
  hmacKey: string
  virtualLab: LabControl
  loginOf(role: string): { email: string; password: string }
  stop(): Promise<void>
}

/** Starts a whole demo lab and, on its database, a second web server, listener and worker, each apart. */
export async function startTwoOfEach(): Promise<TwoOfEach> {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-several-'))
  const [front, port] = [await findFreePort(), await findFreePort()]
  const baseUrl = url(front)
  const place = { ONEWAY_DATA: folder, ONEWAY_BASE_URL: baseUrl }
  const stop = await startStack({ ...place, PORT: String(port), ONEWAY_DEMO: '1' })
  const { url: databaseUrl } = await startEmbedded({ dataDir: folder })
  const apart = await startApart(folder, {
    ...{ ...place, DATABASE_URL: databaseUrl, ONEWAY_DEMO: '0' },
  })
  const webs = [url(port), apart.web] as const
  const closeBalancer = await startBalancer(front, webs)
  const connection = connect(databaseUrl, { max: 2, asOwner: true })
  const { virtualLabHmacKey, virtualLabApiKey, virtualLabPort = 0 } = readSecrets(folder)
  const text = readFileSync(path.join(folder, 'sign-in.txt'), 'utf8')
  return {
    ...connection,
    ...{ baseUrl, webs, metrics: apart.metrics, listeners: [url(port), apart.listener] as const },
    hmacKey: virtualLabHmacKey,
    virtualLab: createLabControl(url(virtualLabPort), virtualLabApiKey),
    loginOf(role) {
      const [, email = '', password = ''] =
        new RegExp(`^${role}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(text) ?? []
      return { email, password }
    },
    async stop() {
      await connection.end()
      closeBalancer()
      await apart.stop()
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
