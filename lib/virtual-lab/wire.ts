import { type PlistValue, parse, parseBinary } from 'plist'

const realMark = Symbol('real')
type Real = { readonly [realMark]: number }

/** A value that a device sends. A JavaScript number is written as an integer; use `real` for a real. */
export type WireValue = string | number | boolean | Uint8Array | Real | WireValue[] | WireDict
export type WireDict = { [key: string]: WireValue | undefined }

/** Writes `<real>` for whole numbers too: devices send `<real>1</real>`, which JavaScript cannot distinguish from 1. */
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

/** Whether a plist value is a dictionary. */
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
 * Reads an XML or binary plist whose root is a dictionary. Throws on anything else: the `plist` package also accepts
 * OpenStep text, and so a JSON body.
 */
export function readPlist(raw: Uint8Array): PlistDict {
  const text = Buffer.from(raw).toString('utf8')
  const binary = text.startsWith('bplist')
  if (!binary && !text.trimStart().startsWith('<')) throw new Error('not a plist')
  const value = binary ? parseBinary(raw) : parse(text)
  if (!isDict(value)) throw new Error('the plist is not a dictionary')
  return value
}

/** A command as a server enqueues it. */
export const commandPlist = (commandUuid: string, requestType: string, rest: WireDict = {}) =>
  writePlist({ CommandUUID: commandUuid, Command: { RequestType: requestType, ...rest } })

/** A command as it was enqueued; `raw` is its plist. */
export type EnqueuedCommand = { commandUuid: string; requestType: string; raw: string }

/** One command in one device's queue. */
export type QueuedCommand = EnqueuedCommand & { notNow: boolean }
