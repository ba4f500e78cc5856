import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@/lib/db/client'
import { virtualLabSlug } from '@/lib/demo/seed'
import { readFacts } from './facts'

/**
 * Stands between the stack and the virtual lab's MDM server until it is closed. A ScheduleOSUpdate for one
 * enrollment ID is heard to its end, never passed on and never answered; everything else passes.
 */
export async function cutSends(enrollmentId: string) {
  let cut = 0
  const target = new URL(readFacts().virtualLabUrl)
  const between = createServer((incoming, outgoing) => {
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
      const passed = request({ host: target.hostname, port: target.port, method, path, headers })
      passed.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      passed.on('error', () => outgoing.destroy())
      passed.end(body)
    })
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of that kind.
  const { port } = between.address() as AddressInfo
  const before = await pointServerAt(`http://127.0.0.1:${port}`)
  return {
    count: () => cut,
    close: async () => {
      await pointServerAt(before)
      between.close()
      between.closeAllConnections()
    },
  }
}

/** Gives where it pointed before. */
async function pointServerAt(url: string): Promise<string> {
  const { sql, end } = connect(readFacts().databaseUrl, { max: 1, asOwner: true })
  const [before] = await sql`select url from mdm_servers where slug = ${virtualLabSlug}`
  await sql`update mdm_servers set url = ${url} where slug = ${virtualLabSlug}`
  await end()
  if (!before) throw new Error('the lab has no virtual server')
  return String(before.url)
}
