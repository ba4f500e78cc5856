import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { stampAddress } from './stamp-address'

async function stamped(claim: string | string[], proxies: number): Promise<unknown> {
  const server = createServer((incoming, response) => {
    stampAddress(incoming, proxies)
    response.end(JSON.stringify(incoming.headers['x-forwarded-for']))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // listen has just been answered with an address of its own.
  const { port } = server.address() as AddressInfo
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { 'x-forwarded-for': claim }
    const asked = request({ port, host: '127.0.0.1', headers }, (answer) => {
      answer.setEncoding('utf8').on('data', resolve)
    })
    asked.on('error', reject).end()
  })
  server.close()
  return JSON.parse(text)
}

test('what a client says of its own address counts for nothing', async () => {
  expect(await stamped('10.9.9.9', 0)).toBe('127.0.0.1')
})

test('behind one proxy its word counts, and not what the client put before it', async () => {
  expect(await stamped('10.9.9.9, 192.0.2.1', 1)).toBe('192.0.2.1')
  expect(await stamped(['10.9.9.9', '192.0.2.1'], 1)).toBe('192.0.2.1')
})

test('behind two proxies the word of the outer one counts', async () => {
  expect(await stamped('10.9.9.9, 192.0.2.1, 10.0.0.2', 2)).toBe('192.0.2.1')
})
