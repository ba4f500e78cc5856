/** Changes of a record that were made together. `at` is the first millisecond at which all of them show. */
export type RecordChange = { at: Date; by: string; tables: string[] }

/** The audit entries of one commit are microseconds apart; two actions of a person never are. */
const togetherMs = 250

/** Groups the entries that one person made at the same moment. @param entries the newest first */
export function groupChanges(
  entries: readonly { at: Date; by: string; table: string }[],
): RecordChange[] {
  const groups: RecordChange[] = []
  let oldest: Date | undefined
  for (const { at, by, table } of entries) {
    const last = groups.at(-1)
    const together =
      last?.by === by && oldest !== undefined && oldest.getTime() - at.getTime() <= togetherMs
    if (!last || !together) groups.push({ at, by, tables: [table] })
    else if (!last.tables.includes(table)) last.tables.push(table)
    oldest = at
  }
  return groups
}

/** The change before the one that is shown at an instant, and the next one. @param changes the newest first */
export function changesAround(
  changes: readonly RecordChange[],
  at: Date,
): { before: Date | undefined; after: Date | undefined } {
  const shown = changes.findIndex((change) => change.at.getTime() <= at.getTime())
  const newer = shown === -1 ? changes.length - 1 : shown - 1
  return {
    before: shown === -1 ? undefined : changes[shown + 1]?.at,
    after: changes[newer]?.at,
  }
}

const words: Readonly<Record<string, string>> = {
  trials: 'the trial',
  devices: 'the device',
  trial_events: 'a step',
  observations: 'an observation',
  attachments: 'an attachment',
  attachment_withdrawals: 'an attachment withdrawn',
  outcome_decisions: 'the outcome',
  second_readings: 'the second reading',
  outcome_openings: 'a look at the outcome',
  verdicts: 'a verdict',
  commands: 'a command',
  command_events: 'a delivery',
  declaration_steps: 'a step of a declaration',
  declaration_removals: 'a declaration taken back',
  readings: 'readings',
  raw_events: 'a reply',
  reply_checks: 'a check of a reply',
  contradictions: 'a contradiction',
  error_sightings: 'an error code',
  declaration_events: 'declarative management',
  signatures: 'a signature',
  waivers: 'a waiver',
  review_events: 'the review',
  lab_report_trials: 'left for other labs',
  outside_updates: 'an update outside a trial',
  device_field_values: 'custom fields',
  ended_reservations: 'a reservation that has ended',
  custodies: 'who has it',
  hand_overs: 'a hand-over',
  device_import_rows: 'an import',
}

/** "the trial, a step, a signature". */
export const changeWords = ({ tables }: RecordChange): string =>
  tables
    .toReversed()
    .map((table) => words[table] ?? table.replaceAll('_', ' '))
    .join(', ')
