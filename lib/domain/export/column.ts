export type ExportColumn = {
  name: string
  /** `text` cells that begin with = + - @, a tab or a line end, or with apostrophes before one, get an apostrophe in front. */
  type: 'text' | 'code' | 'integer' | 'number' | 'boolean' | 'time' | 'base64'
  /** Empty if the column has no unit. */
  unit: string
  meaning: string
  /** What an empty cell and `NA` mean in this column. */
  missing: string
  /** The codes that a value can be, each with its meaning; undefined where a value is not one of a list. */
  codes?: Codes
}

type Codes = Readonly<Record<string, string>>

const notKnown = 'Empty: unknown.'
export const notYet = 'Empty: the trial has not got that far.'
export const notAsked = 'Empty: unknown at release, or the trial was not released.'

type Rest = { unit?: string; missing?: string; codes?: Codes }
/** A line of the data dictionary. */
export const column = (
  name: string,
  type: ExportColumn['type'],
  meaning: string,
  { unit = '', missing = notKnown, codes }: Rest = {},
): ExportColumn => ({ name, type, unit, meaning, missing, ...(codes && { codes }) })

/** The codes of a list, with their meanings from a table that has one for each. */
export const codesOf = <Code extends string>(
  list: readonly Code[],
  meaning: (code: Code) => string,
): Codes => Object.fromEntries(list.map((code) => [code, meaning(code)]))

/** `wrongVersionInstalled` in words, for codes that say what they mean. */
export const spelledOut = (code: string): string =>
  code.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

export const environment = column(
  'environment',
  'code',
  'real, or SIMULATED for whatever a virtual device has touched. A file holds one of the two.',
  {
    missing: 'Never empty.',
    codes: { real: 'a real device', SIMULATED: 'a virtual device: no evidence about real ones' },
  },
)
export const trailHead = column(
  'trail_head',
  'text',
  'Number and hash of the newest entry of the audit trail when the file was made, separated by a space; the same in each row. `npm run audit:verify -- --seq <number> --head <hash>` says whether it still stands.',
  { missing: 'Never empty.' },
)
export const trialId = column('trial_id', 'text', 'The trial number, such as T-12.', {
  missing: 'Never empty.',
})
