import { createHash } from 'node:crypto'
import { readPlist, writePlist } from './plist/plist'
import { inPlaceOf, namesSecret, withoutNamedTexts, withoutSecrets } from './secrets'

type Json = Record<string, unknown>

/** Topics whose messages hold no secret by Apple's schema; every other one is treated as if it did. */
const harmless = new Set(['mdm.Connect', 'mdm.Authenticate', 'mdm.CheckOut'])

/**
 * A webhook body as it may be shown, with the length and SHA-256 of each secret in its place. Undefined if it holds
 * none, as most do. A body that holds a secret and cannot be parsed is left out entirely. Never throws.
 */
export function redactBody(body: Uint8Array): Uint8Array | undefined {
  const json = objectIn(body)
  const named = namesSecret(body)
  if (!json) return named ? stub(body, 'it is not JSON and names a secret') : undefined
  const suspect = named || !harmless.has(String(json.topic)) || hasSecretParam(json)
  if (!suspect) return undefined
  const shown = Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      key,
      isJson(value) ? withoutSecretsOf(value, json.topic) : value,
    ]),
  )
  const clean = withoutNamedTexts(shown)
  if (JSON.stringify(clean) === JSON.stringify(json)) {
    // It names a secret where none is known to be: in a key of a later OS, or outside the payload.
    return named && !harmless.has(String(json.topic))
      ? stub(body, 'it names a secret', json)
      : undefined
  }
  return bytesOf({ ...(isJson(clean) && clean), redacted: proofOf(body) })
}

/** A device's plist as it may be shown; undefined if it holds no secret. */
export function redactPayload(payload: Uint8Array): Uint8Array | undefined {
  const plist = readPlist(payload)
  if (!plist.ok) return namesSecret(payload) ? Buffer.from(inPlaceOf(payload)) : undefined
  const clean = withoutSecrets(plist.value)
  return clean.found ? writePlist(clean.value) : undefined
}

/** Whether check-ins of this topic hold a secret by Apple's schema, even if they cannot be parsed. */
const isSecretTopic = (topic: unknown) => /token|userauthenticate/i.test(String(topic))

function withoutSecretsOf(event: Json, topic: unknown): Json {
  const { raw_payload: raw, url_params: params } = event
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'base64') : undefined
  const unread = bytes && isSecretTopic(topic) && bytes.byteLength > 0 && !readPlist(bytes).ok
  const payload = unread ? Buffer.from(inPlaceOf(bytes)) : bytes && redactPayload(bytes)
  return {
    ...event,
    ...(payload && { raw_payload: Buffer.from(payload).toString('base64') }),
    ...(isJson(params) && {
      url_params: Object.fromEntries(
        Object.entries(params).map(([key, value]) => [
          key,
          isSecretParam(key, value) ? inPlaceOf(Buffer.from(textOf(value))) : value,
        ]),
      ),
    }),
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/**
 * Whether a query parameter of the device's MDM URL is treated as a secret, by its name or its length. MDM servers
 * put credentials of the device there.
 */
const isSecretParam = (key: string, value: unknown) =>
  /token|secret|key|auth|pass|sig|code/i.test(key) || textOf(value).length >= 16

const hasSecretParam = (json: Json) =>
  Object.values(json).some(
    (event) =>
      isJson(event) &&
      isJson(event.url_params) &&
      Object.entries(event.url_params).some(([key, value]) => isSecretParam(key, value)),
  )

const proofOf = (body: Uint8Array) => ({
  bytes: body.byteLength,
  sha256: createHash('sha256').update(body).digest('hex'),
})

const stub = (body: Uint8Array, reason: string, json: Json = {}) =>
  bytesOf({
    ...(typeof json.topic === 'string' && { topic: json.topic }),
    redacted: { ...proofOf(body), reason },
  })

const bytesOf = (json: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(json))

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function objectIn(body: Uint8Array): Json | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isJson(json) ? json : undefined
  } catch {
    return undefined
  }
}
