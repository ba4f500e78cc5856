import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@/lib/db/client'
import { virtualLabSlug } from '@/lib/demo/seed'
import { readFacts } from './facts'

/**
 * Proxy between the stack and the virtual lab's MDM server. A ScheduleOSUpdate for one enrollment ID is
 * read to its end, then the connection is cut: it is neither forwarded nor answered. All else is forwarded.
 */
export async function cutSends(enrollmentId: string) {
  let cut = 0
  const target = new URL(readFacts().virtualLabUrl)
  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      if (incoming.url?.includes(`/enqueue/${enrollmentId}`) && body.includes('ScheduleOSUpdate')) {
        cut += 1
        incoming.socket.destroy()
        return
      }
      const { method, url: path, headers } = incoming
      const forwarded = request({ host: target.hostname, port: target.port, method, path, headers })
      forwarded.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      forwarded.on('error', () => outgoing.destroy())
      forwarded.end(body)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  // A server listening on TCP has an AddressInfo.
  const { port } = proxy.address() as AddressInfo
  const before = await pointServerAt(`http://127.0.0.1:${port}`)
  return {
    count: () => cut,
    close: async () => {
      await pointServerAt(before)
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}

/** Sets the URL of the virtual MDM server and returns the previous one. */
async function pointServerAt(url: string): Promise<string> {
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const [before] = await sql`select url from mdm_servers where slug = ${virtualLabSlug}`
  await sql`update mdm_servers set url = ${url} where slug = ${virtualLabSlug}`
  await end()
  if (!before) throw new Error('the lab has no virtual server')
  return String(before.url)
}
