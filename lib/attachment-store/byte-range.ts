/** The bytes from `start` to `end`, both of them too. */
export type ByteRange = { start: number; end: number }

/**
 * What a Range header asks for of a file: one range, as players of recordings ask. Undefined where the whole file is
 * the answer, as to several ranges and to what is no range (RFC 9110 §14.2).
 */
export function readRange(header: string | null, bytes: number): ByteRange | 'outside' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  const last = bytes - 1
  if (from === '') {
    const start = Math.max(0, bytes - Number(to))
    return Number(to) === 0 ? 'outside' : { start, end: last }
  }
  const [start, end] = [Number(from), to === '' ? last : Math.min(Number(to), last)]
  if (to !== '' && Number(to) < start) return undefined
  return start > last ? 'outside' : { start, end }
}
