import { createHmac } from 'node:crypto'
import { request } from 'node:http'

/** The key of every MDM server that lib/core/testing/device.ts makes. */
const hmacKey = 'lab-hmac-key'

/** Posts a body to a webhook as an MDM server does, once; undefined where no whole answer came. */
export function postSigned(
  port: number,
  slug: string,
  body: Uint8Array,
): Promise<number | undefined> {
  const signature = createHmac('sha256', hmacKey).update(body).digest('base64')
  return new Promise((resolve) => {
    const sent = request({
      port,
      path: `/api/webhook/${slug}`,
      method: 'POST',
      agent: false,
      headers: { 'x-hmac-signature': signature, 'content-length': body.byteLength },
    })
    sent.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
      response.on('error', () => resolve(undefined))
    })
    sent.on('error', () => resolve(undefined))
    sent.end(body)
  })
}
