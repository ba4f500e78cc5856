import type { PlistValue } from 'plist'
import { parse, parseBinary } from 'plist'

const realMark = Symbol('real')
type Real = { readonly [realMark]: number }

/** What a device puts on the wire. A JavaScript number is an integer; a real has to be said, as the two differ in a plist. */
export type WireValue = string | number | boolean | Uint8Array | Real | WireValue[] | WireDict
export type WireDict = { [key: string]: WireValue | undefined }

/** `<real>`, also for whole numbers: devices send `<real>1</real>` where JavaScript knows only 1. */
export const real = (value: number): Real => ({ [realMark]: value })

const isReal = (value: object): value is Real => realMark in value

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string) => text.replace(/[&<>]/g, (char) => escapes[char] ?? char)

const dataLines = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,68}/g) ?? []

const dictLines = (dict: WireDict): string[] =>
  Object.keys(dict)
    .sort()
    .flatMap((key) => {
      const value = dict[key]
      return value === undefined ? [] : [`<key>${escaped(key)}</key>`, ...linesOf(value)]
    })

const wrapped = (tag: string, lines: string[]) =>
  lines.length === 0
    ? [`<${tag}/>`]
    : [`<${tag}>`, ...lines.map((line) => `\t${line}`), `</${tag}>`]

function linesOf(value: WireValue): string[] {
  if (typeof value === 'string') return [`<string>${escaped(value)}</string>`]
  if (typeof value === 'number') return [`<integer>${value}</integer>`]
  if (typeof value === 'boolean') return [value ? '<true/>' : '<false/>']
  if (value instanceof Uint8Array) return ['<data>', ...dataLines(value), '</data>']
  if (Array.isArray(value)) return wrapped('array', value.flatMap(linesOf))
  if (isReal(value)) return [`<real>${value[realMark]}</real>`]
  return wrapped('dict', dictLines(value))
}

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`

/** A plist as a device writes it: sorted keys, tabs, integer and real kept apart. */
export function writePlist(dict: WireDict): string {
  return `${[head, ...wrapped('dict', dictLines(dict)), '</plist>'].join('\n')}\n`
}

export type PlistDict = { [key: string]: PlistValue }

/** A plain dictionary, and nothing else that a plist value may be. */
export function isDict(value: PlistValue | undefined): value is PlistDict {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  )
}

/**
 * Reads an XML or binary plist whose top is a dictionary. Throws on anything else: the `plist`
 * package would also take OpenStep text, and so a JSON body for a plist.
 */
export function readPlist(raw: Uint8Array): PlistDict {
  const text = Buffer.from(raw).toString('utf8')
  const binary = text.startsWith('bplist')
  if (!binary && !text.trimStart().startsWith('<')) throw new Error('not a plist')
  const value = binary ? parseBinary(raw) : parse(text)
  if (!isDict(value)) throw new Error('the plist is not a dictionary')
  return value
}
