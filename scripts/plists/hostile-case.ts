import type { PlistValue } from '@/lib/mdm/plist/value'

/**
 * A hand-made plist and the result expected of our reader: unreadable, with a matching reason, or exactly this
 * value, with oddities at exactly these key paths.
 */
export type HostileCase = {
  name: string
  bytes: Uint8Array
  verdict: { unreadable: RegExp } | { value: PlistValue; oddities: string[] }
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

/** A complete XML plist in Apple's form with one value. */
export const document = (inside: string): Uint8Array =>
  utf8(`${head}<plist version="1.0">${inside}</plist>\n`)

export const refused = (
  rule: string,
  name: string,
  bytes: Uint8Array,
  unreadable: RegExp,
): HostileCase => ({ name: `${rule}: ${name}`, bytes, verdict: { unreadable } })

export const given = (
  rule: string,
  name: string,
  bytes: Uint8Array,
  value: PlistValue,
  oddities: string[] = [],
): HostileCase => ({ name: `${rule}: ${name}`, bytes, verdict: { value, oddities } })

export const text = (value: string): PlistValue => ({ type: 'string', value })
export const whole = (value: number): PlistValue => ({ type: 'integer', value })
export const real = (value: number | undefined): PlistValue => ({ type: 'real', value })
export const truth = (value: boolean): PlistValue => ({ type: 'boolean', value })
export const date = (value: string): PlistValue => ({ type: 'date', value: new Date(value) })
export const data = (...bytes: number[]): PlistValue => ({
  type: 'data',
  value: Uint8Array.from(bytes),
})
export const list = (...items: PlistValue[]): PlistValue => ({ type: 'array', items })
export const dict = (...entries: [string, PlistValue][]): PlistValue => ({
  type: 'dict',
  entries: new Map(entries),
})
