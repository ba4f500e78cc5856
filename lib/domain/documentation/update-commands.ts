import type { Citation } from '../rules/rule'
import { changesOf27, removedCommands } from '../rules/sources'
import type { Lives } from './documented-key'
import { type SchemaFile, schemaLine, schemaOf26 } from './sources'

/**
 * The three update commands were introduced, deprecated and removed together: introduced by the
 * schema at 18.1, `deprecated: 26.0` by the one at 26, removed by the change log of 27.0.
 */
export const updateCommandLives: Lives = {
  iOS: { introduced: '9.0', deprecated: '26.0', removed: '27.0' },
  tvOS: { introduced: '12.0', deprecated: '26.0', removed: '27.0' },
}

export const updateCommandCites = (file: SchemaFile, name: string): readonly Citation[] => [
  schemaLine(file, '5-L31', `${name}: versions`),
  schemaOf26(file, `${name}: deprecated`),
  changesOf27,
  removedCommands,
]
