import { createHmac } from 'node:crypto'
import { request } from 'node:http'

/** The key of every MDM server of lib/core/testing/device.ts. */
const hmacKey = 'lab-hmac-key'

/** Posts a signed body to a webhook once. Returns the status, or undefined without a complete answer. */
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
