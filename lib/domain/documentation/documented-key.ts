import type { Family } from '../device/device'
import type { Citation } from '../rules/rule'
import type { ValueType } from './plist-value'
import { type SchemaFile, schemaLine } from './sources'

/** The versions in which a command or key was introduced, deprecated and removed. */
export type Life = { introduced: string; deprecated?: string; removed?: string }
/** A family without an entry does not have it, by the documentation. */
export type Lives = Partial<Record<Family, Life>>

/**
 * `required`: in every acknowledged reply. `whenAsked`: only where the request names it, and even
 * then a device leaves out what it cannot answer or has no right to.
 */
type Presence = 'required' | 'optional' | 'whenAsked'

/** The documented values. `only` adds words that are documented for one family. */
export type Allowed =
  | { words: readonly string[]; only?: Partial<Record<Family, readonly string[]>> }
  | { integers: readonly number[] }
  /** An inclusive range of reals, and single values outside of it. */
  | { min: number; max: number; also?: readonly number[] }

/** A contradiction between Apple's own texts about a value. */
export type Dispute = {
  /** When it applies: the key is present, is missing, has this type or this word. */
  when: 'present' | 'missing' | { type: ValueType } | { word: string }
  families?: readonly Family[]
  /** Only in OS versions below this one. */
  below?: string
  reason: string
  cites: readonly Citation[]
}

export type DocumentedKey = {
  /** `UpdateResults[].Status`: the key of every dict in an array. */
  path: string
  type: ValueType | 'any'
  presence: Presence
  lives: Lives
  allowed?: Allowed
  disputes: readonly Dispute[]
  /** Published reports of devices that did otherwise. */
  reported: readonly Citation[]
  cites: readonly Citation[]
}

/** The documented reply to one request type. */
export type DocumentedReply = {
  lives: Lives
  cites: readonly Citation[]
  keys: readonly DocumentedKey[]
  /** The array that is documented to be empty if there is nothing to report. */
  emptyList?: { path: string; cites: readonly Citation[]; reported: readonly Citation[] }
}

type Rest = Partial<Pick<DocumentedKey, 'allowed' | 'disputes' | 'reported'>> & {
  /** Versions that differ from those of the command; `never` if the family has no such key. */
  on?: Partial<Record<Family, Partial<Life> | 'never'>>
}

type Row = [
  path: string,
  type: ValueType | 'any',
  presence: Presence,
  cite: number | Citation,
  rest?: Rest,
]

/** Expands a table of keys; a cite that is a number is a line of `file` at 18.1. */
export function writeKeys(
  file: SchemaFile,
  lives: Lives,
  rows: readonly Row[],
): readonly DocumentedKey[] {
  return rows.map(([path, type, presence, cite, rest = {}]) => ({
    path,
    type,
    presence,
    lives: livesOf(lives, rest.on),
    disputes: rest.disputes ?? [],
    reported: rest.reported ?? [],
    cites: [typeof cite === 'number' ? schemaLine(file, cite, path) : cite],
    ...(rest.allowed && { allowed: rest.allowed }),
  }))
}

const livesOf = (command: Lives, on: Rest['on'] = {}): Lives => ({
  ...lifeOn('iOS', command, on),
  ...lifeOn('tvOS', command, on),
})

const lifeOn = (family: Family, command: Lives, on: NonNullable<Rest['on']>): Lives => {
  const [life, change] = [command[family], on[family]]
  if (!life || change === 'never') return {}
  return { [family]: { ...life, ...change } }
}
