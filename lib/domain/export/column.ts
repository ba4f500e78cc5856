export type ExportColumn = {
  name: string
  /** `text` cells that begin with = + - @, a tab or a line end get an apostrophe in front. */
  type: 'text' | 'code' | 'integer' | 'number' | 'boolean' | 'time' | 'base64'
  /** Empty if the column has no unit. */
  unit: string
  meaning: string
  /** What an empty cell and `NA` mean in this column. */
  missing: string
}

const notKnown = 'Empty: unknown.'
export const notYet = 'Empty: the trial has not got that far.'
export const notAsked = 'Empty: unknown at release, or the trial was not released.'

type Rest = { unit?: string; missing?: string }
/** A line of the data dictionary. */
export const column = (
  name: string,
  type: ExportColumn['type'],
  meaning: string,
  { unit = '', missing = notKnown }: Rest = {},
): ExportColumn => ({ name, type, unit, meaning, missing })

export const environment = column(
  'environment',
  'code',
  'real, or SIMULATED for whatever a virtual device has touched. A file holds one of the two.',
  { missing: 'Never empty.' },
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
