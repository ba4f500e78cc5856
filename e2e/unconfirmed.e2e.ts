import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@/lib/db/client'
import { virtualLabSlug } from '@/lib/demo/seed'
import { queryDevice, release, sign } from './bench'
import { readFacts } from './facts'
import { expect, test } from './lab'
import { deliveriesTo, interventionsOn, shortenWaits, virtualDevice } from './quick-lab'

test('an unconfirmed command is listed, is never repeated, and a lead abandons it', async ({
  signedIn,
}) => {
  await shortenWaits()
  const { enrollmentId } = await virtualDevice('B-09')
  const sends = await cutSends(enrollmentId)
  try {
    const page = await signedIn('engineer')
    await queryDevice(page, 'B-09')
    await page.getByRole('link', { name: /^T-\d+$/ }).click()
    await page.getByLabel('Last four of the serial').fill('JCM5')
    await page.getByRole('button', { name: 'Arm', exact: true }).click()
    await release(page)
    const delivery = page.getByRole('region', { name: 'Delivery' })
    await expect(delivery.getByText('Unconfirmed')).toBeVisible()

    const lead = await signedIn('lead')
    await lead.goto('/trials?environment=simulated')
    await lead.getByRole('link', { name: 'What is known, and what would settle it' }).click()
    const send = lead.getByRole('region', { name: /^T-\d+$/ })
    await expect(send.getByText(/connection broke before the whole answer came/)).toBeVisible()
    await send.getByRole('button', { name: 'Abandon command…' }).click()
    await lead.getByLabel('Reason').fill('the bench was unplugged meanwhile')
    await sign(lead, 'Abandon command', 'lead')
    await expect(lead.getByText('Nothing is unconfirmed')).toBeVisible()
    expect(sends.count()).toBe(1)
    const [command = ''] = await interventionsOn('B-09')
    expect((await deliveriesTo('B-09'))[command]).toBeUndefined()
  } finally {
    await sends.close()
  }
})

/**
 * Proxy between the stack and the virtual lab's MDM server. A ScheduleOSUpdate for one enrollment ID is
 * read to its end, then the connection is cut: it is neither forwarded nor answered. All else is forwarded.
 */
async function cutSends(enrollmentId: string) {
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
