import type { ValueType } from '../reading/typed-value'
import type { Citation } from '../rules/rule'
import type { DocumentedKey, Family, Life, Lives, Presence } from './documented-key'
import { type SchemaFile, schemaLine } from './sources'

type Rest = Partial<Pick<DocumentedKey, 'allowed' | 'disputes' | 'reported'>> & {
  /** Versions that differ from those of the command; `never` where the family has no such key. */
  on?: Partial<Record<Family, Partial<Life> | 'never'>>
}

type Row = [
  path: string,
  type: ValueType | 'any',
  presence: Presence,
  cite: number | Citation,
  rest?: Rest,
]

/** Writes a table of keys out; a cite that is a number is the line of `file` at 18.1. */
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
