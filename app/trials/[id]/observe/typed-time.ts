/** A version 4 UUID. A phone reaches the lab by plain http, where browsers have no crypto.randomUUID. */
export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** A Date as a datetime-local field shows it, to the second, in the reader's own zone. */
export function localText(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}

/** What such a field holds, in ISO 8601: the exact time where it was not changed, and empty where it is no time. */
export function timeTyped(text: string, before: Date): string {
  if (text === localText(before)) return before.toISOString()
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? '' : at.toISOString()
}
