import { createServer, type Server } from 'node:http'
import { Writable } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { createLog } from '@/lib/log'
import { withRequestId } from '@/lib/request-id'
import { trustedProxies } from './request-headers'
import { createRequestLog, nameRequest } from './request-log'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
})

/** A server whose answers are logged; each of its requests also logs a line of its own, later. */
const listen = async (proxies: string[], status = 200) => {
  vi.stubEnv('LOG_LEVEL', 'debug')
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const log = createLog('web', stream)
  const watch = createRequestLog(log)
  const server = createServer((request, response) => {
    const id = nameRequest(request, response, trustedProxies(proxies))
    withRequestId(id, () => {
      watch(request, response)
      setImmediate(() => {
        log.info('work')
        response.writeHead(status).end()
      })
    })
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { lines, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }
}

const ask = async (url: string, id?: string) => {
  const response = await fetch(url, id === undefined ? {} : { headers: { 'x-request-id': id } })
  return response.headers.get('x-request-id')
}

test('every line that a request logs has the id of its response, and two requests have two', async () => {
  const { lines, url } = await listen([])
  const ids = [await ask(`${url}/devices?q=1`), await ask(`${url}/trials`)]
  await expect.poll(() => lines).toHaveLength(4)
  expect(new Set(ids).size).toBe(2)
  expect(lines.map(({ requestId }) => requestId)).toEqual([ids[0], ids[0], ids[1], ids[1]])
  expect(lines[1]).toMatchObject({ path: '/devices', method: 'GET', status: 200, closed: false })
})

test('the id of a trusted proxy is kept; one of anybody else, or of another form, is not', async () => {
  const trusting = await listen(['127.0.0.1'])
  expect(await ask(trusting.url, 'proxy-0001')).toBe('proxy-0001')
  expect(await ask(trusting.url, 'a b')).toMatch(/^[0-9a-f-]{36}$/)
  const alone = await listen([])
  expect(await ask(alone.url, 'proxy-0001')).toMatch(/^[0-9a-f-]{36}$/)
})

test('a failed request is an error; the secret of a shared report is in no line', async () => {
  const { lines, url } = await listen([], 500)
  await ask(`${url}/shared/token-of-a-report?as=json`)
  await expect.poll(() => lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ level: 50, path: '/shared/…', status: 500 })
})
