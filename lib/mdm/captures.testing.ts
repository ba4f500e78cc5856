import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/** For tests only: the captures of `testdata`, as bytes. */
const folder = new URL('./testdata/', import.meta.url)

const load = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

const headers = z.array(z.tuple([z.string(), z.string()]))
const webhook = z.union([
  z.object({ request: z.object({ headers, body: z.string() }) }),
  z.object({ headers, body: z.string() }).transform((request) => ({ request })),
])
const api = z.object({
  request: z.object({ method: z.string(), path: z.string(), body: z.string().nullable() }),
  response: z.object({
    status: z.number().nullable(),
    body: z.string(),
    error: z.string().nullable(),
  }),
})

export const listCaptures = (group: 'api' | 'webhook') =>
  readdirSync(folder).filter((name) => name.startsWith(`${group}-`))

export const webhookCapture = (name: string) => {
  const { request } = webhook.parse(load(name))
  return { headers: new Headers(request.headers), body: Buffer.from(request.body) }
}

export const apiCapture = (name: string) => api.parse(load(name))

const withPayload = z
  .record(z.string(), z.unknown())
  .transform((event) =>
    z.object({ raw_payload: z.string() }).parse(event.acknowledge_event ?? event.checkin_event),
  )

/** The device's own plist inside a webhook capture. */
export const payloadCapture = (name: string): Uint8Array => {
  const event = withPayload.parse(JSON.parse(webhookCapture(name).body.toString()))
  return Buffer.from(event.raw_payload, 'base64')
}
