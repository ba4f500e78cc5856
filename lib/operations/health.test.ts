import type { Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createFront, type Front } from '@/lib/web/front'
import { trustedProxies } from '@/lib/web/request-headers'
import { databaseReady } from './health'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
})

const listen = async (given: Partial<Front>): Promise<string> => {
  const nothing = () => undefined
  const server = createFront({
    ...{ baseUrl: 'https://oneway.lab.example', https: true, dev: false, icon: Buffer.from('') },
    isTrusted: trustedProxies(['127.0.0.1']),
    isReady: async () => undefined,
    ...{ webhook: nothing, page: nothing, refuseForeign: nothing },
    ...given,
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const answered = async (url: string): Promise<[number, string]> => {
  const response = await fetch(url)
  return [response.status, await response.text()]
}

test('a load balancer may ask under any host name; a process without its database runs and is not ready', async () => {
  const broken = databaseReady(() => Promise.reject(new Error('postgres://secret@away')))
  const url = await listen({ isReady: broken })
  expect(await answered(`${url}/healthz`)).toEqual([200, 'ok\n'])
  expect(await answered(`${url}/readyz`)).toEqual([503, 'the database cannot be reached\n'])
})

test('a process whose database answers is ready, and one asks with GET or HEAD', async () => {
  const url = await listen({ isReady: databaseReady(() => Promise.resolve()) })
  expect(await answered(`${url}/readyz`)).toEqual([200, 'ready\n'])
  expect((await fetch(`${url}/readyz`, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(`${url}/readyz`, { method: 'POST' })).status).toBe(403)
})

test('a database that never answers does not keep the question waiting', async () => {
  const never = databaseReady(() => new Promise(() => undefined))
  expect(await never()).toBe('the database does not answer')
})

test('however many ask at once, the database is asked one question, and another one afterwards', async () => {
  let questions = 0
  const isReady = databaseReady(async () => {
    questions += 1
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
  const answers = await Promise.all(Array.from({ length: 100 }, () => isReady()))
  expect(new Set(answers)).toEqual(new Set([undefined]))
  expect(questions).toBe(1)
  await isReady()
  expect(questions).toBe(2)
})

test('nothing of a failed check but its name is told', async () => {
  const url = await listen({ isReady: () => Promise.reject(new Error('secret')) })
  expect(await answered(`${url}/readyz`)).toEqual([503, 'the check itself failed\n'])
})
