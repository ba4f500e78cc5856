export const exportKinds = ['trials', 'observations', 'replies'] as const
export type ExportKind = (typeof exportKinds)[number]

export type ExportColumn = {
  name: string
  /** `text` cells beginning with = + - @, a tab or a line end carry an apostrophe in front. */
  type: 'text' | 'code' | 'integer' | 'number' | 'boolean' | 'time' | 'base64'
  /** Empty where there is none. */
  unit: string
  meaning: string
  /** What an empty cell and `NA` mean in this column. */
  missing: string
}

const notKnown = 'Empty: not known.'
const notYet = 'Empty: it has not come to that.'
const laterVersion = 'Always empty: this version of Oneway does not record it yet.'
const notAsked = 'Empty: not known when the trial was released, or not released.'

type Rest = { unit?: string; missing?: string }
/** A line of the dictionary; what an empty cell means is told in each. */
export const column = (
  name: string,
  type: ExportColumn['type'],
  meaning: string,
  { unit = '', missing = notKnown }: Rest = {},
): ExportColumn => ({ name, type, unit, meaning, missing })

const later = (name: string, meaning: string) =>
  column(name, 'text', meaning, { missing: laterVersion })

const world = column(
  'world',
  'code',
  'real, or SIMULATED for whatever a virtual device has touched. A file holds one of the two.',
  { missing: 'Never empty.' },
)
const trailHead = column(
  'trail_head',
  'text',
  'Number and hash of the newest entry of the audit trail when the file was made, with a space between; the same in each row. `npm run audit:verify -- --seq <number> --head <hash>` says whether it still stands.',
  { missing: 'Never empty.' },
)
const trialId = column('trial_id', 'text', 'The trial as it is called at the bench, T-12.', {
  missing: 'Never empty.',
})

const trialColumns: readonly ExportColumn[] = [
  trialId,
  column('lab_tag', 'text', "The tag on the device's back."),
  column('platform', 'code', 'iOS, iPadOS or tvOS.', { missing: 'Never empty.' }),
  column('model_identifier', 'text', 'ProductName as the device reports it, e.g. iPad4,1.'),
  column('serial_last4', 'text', 'The last four characters of the serial.'),
  column('mechanism', 'code', 'The MDM command of the trial.', { missing: 'Never empty.' }),
  column('protocol', 'text', 'Title of the protocol in the version the trial is pinned to.', {
    missing: 'Never empty.',
  }),
  column('protocol_version', 'integer', 'The version the trial is pinned to.', {
    missing: 'Never empty.',
  }),
  column('registered_at', 'time', 'When the expectation was sealed.', { missing: notYet }),
  column('registration_hash', 'code', 'SHA-256 of the sealed registration, in hex.', {
    missing: notYet,
  }),
  column('start_os', 'text', 'OS version at release.', { missing: notAsked }),
  column('start_build', 'text', 'OS build at release.', { missing: notAsked }),
  column(
    'target_os',
    'text',
    'Version the first command names, or the one the device offered under its ProductKey.',
  ),
  column(
    'target_build',
    'text',
    'Build in the ProductKey of the first command, or the one the device offered as its target.',
  ),
  column('supervised', 'boolean', 'Supervised at release.', { missing: notAsked }),
  column('dep', 'boolean', 'Enrolled by ADE (DEP) at release.', { missing: notAsked }),
  column('passcode', 'code', 'set or notSet at release.', {
    missing: `NA: Apple TV has no passcode. ${notAsked}`,
  }),
  column('battery_fraction', 'number', 'Battery at release.', {
    unit: 'fraction 0–1',
    missing: `NA: Apple TV has no battery. ${notAsked}`,
  }),
  column('external_power', 'boolean', 'On external power at release.', { missing: notAsked }),
  column(
    'free_bytes',
    'integer',
    'Free disk at release by the smaller reading: a device means GB or GiB, and 10⁹ bytes are counted.',
    { unit: 'bytes', missing: notAsked },
  ),
  column('network', 'code', 'wifi, cellular, wired or none at release.', { missing: notAsked }),
  column('readings_typed', 'integer', 'How many readings of the starting state a person typed.', {
    unit: 'readings',
    missing: notYet,
  }),
  column('readings_oldest_s', 'integer', 'Age of the oldest reading of the starting state.', {
    unit: 'seconds before release',
    missing: notYet,
  }),
  column('rule_set_version', 'text', 'Rule set of the verdict the release stood on.', {
    missing: notYet,
  }),
  column('qualified_at', 'time', 'When that verdict was made.', { missing: notYet }),
  column(
    'waivers',
    'text',
    "Rules of the lab that a lead set aside for this trial: rule, by whom and the reason, each apart by '; '.",
    { missing: 'Empty: none was waived.' },
  ),
  column(
    'released_at',
    'time',
    'When an engineer released the first command; its hold came after.',
    {
      missing: notYet,
    },
  ),
  column(
    'slots_sent',
    'integer',
    'Commands of the trial that left, or may have left, for the MDM server.',
    { unit: 'commands', missing: 'Never empty; 0 where none left.' },
  ),
  column(
    'command_uuids',
    'text',
    'Their CommandUUIDs in the order of the slots, with spaces between.',
    {
      missing: 'Empty: none left.',
    },
  ),
  column(
    'first_reply_at',
    'time',
    'When the device first answered a command of the trial, NotNow included, by the clock of the MDM server.',
    { missing: 'Empty: no answer yet.' },
  ),
  column(
    'reply_status',
    'text',
    'What the device answered to the last command it answered: its final status, NotNow where there is none.',
    { missing: 'Empty: no answer.' },
  ),
  column('error_domain', 'text', 'Domain of the first item of the ErrorChain of that answer.', {
    missing: 'Empty: no error in that answer.',
  }),
  column('error_code', 'integer', 'Code of that item.', {
    missing: 'Empty: no error in that answer.',
  }),
  column(
    'prompt_shown',
    'boolean',
    'true where somebody saw the prompt, false where the outcome is that it never came.',
  ),
  column('end_os', 'text', 'The other OS version that was first seen on the device.', {
    missing: 'Empty: none was seen.',
  }),
  column('end_build', 'text', 'Its build.', { missing: 'Empty: none was seen.' }),
  column(
    'time_to_install_s',
    'integer',
    'From sending the first command to the first sighting of another build; the install itself was earlier.',
    { unit: 'seconds', missing: 'NA: nothing was sent. Empty: no other build was seen.' },
  ),
  column('censored', 'boolean', 'true where the trial ended and no other build was seen.', {
    missing: 'NA: nothing was sent. Empty: the trial is still under way.',
  }),
  column('outcome', 'code', 'The outcome a person decided; the codes stand in the manual.', {
    missing: 'NA: withdrawn, void or lost without one. Empty: not concluded.',
  }),
  column('outcome_by', 'text', 'Who decided it, the last time.', {
    missing: 'Empty: not concluded.',
  }),
  column('overruled', 'boolean', 'Whether that person overruled what the program proposed.', {
    missing: 'Empty: not concluded.',
  }),
  column(
    'contradictions',
    'text',
    "What replies of the trial have that is not as Apple documents it: request type, key path, kind and what was seen, each once, with '; ' between. none: compared, and nothing found.",
    { missing: 'Empty: no reply of the trial could be compared.' },
  ),
  later('radar_ids', 'Reports to Apple.'),
  later('deviations', 'Deviations from the protocol.'),
  column(
    'naive',
    'boolean',
    'true: the first trial of this device at this build. This version admits no other, so it is never false.',
    { missing: 'Empty: nothing was sent.' },
  ),
  column('reviewed_by', 'text', 'Who approved the trial after its review.', {
    missing: 'Empty: no approval is in force, also where one was taken back by unlocking.',
  }),
  column('locked_at', 'time', 'When it was locked after the approval.', {
    missing: 'Empty: it is not locked, or not any more.',
  }),
  column(
    'event_head_hash',
    'code',
    'Hash of the newest entry of the audit trail about this trial, in hex. It vouches for all entries before it.',
    { missing: 'Empty: the trial is older than the audit trail.' },
  ),
  column(
    'signatures',
    'text',
    "Who signed what: act, name, role, time, by password or passkey, meaning and the SHA-256 of the record, each apart by '; '.",
    { missing: 'Empty: nothing was signed.' },
  ),
  column(
    'broken_signatures',
    'integer',
    'How many of them no longer stand for the record as it is, by the last check.',
    { missing: 'NA: nothing was signed. Empty: not all of them are checked yet.' },
  ),
  column('signatures_checked_at', 'time', 'When they were checked last, the one longest ago.', {
    missing: 'NA: nothing was signed. Empty: not all of them are checked yet.',
  }),
  world,
  trailHead,
]

const observationColumns: readonly ExportColumn[] = [
  trialId,
  column('observation_id', 'integer', 'Number of the entry.', { missing: 'Never empty.' }),
  column('observed_at', 'time', "When it was seen, by the observer's word."),
  column('recorded_at', 'time', "When it was written down, by the server's clock."),
  column('kind', 'code', 'What was seen.', { missing: 'Never empty.' }),
  column('text', 'text', 'The words with it.', { missing: 'Empty: none were written.' }),
  column('os_version', 'text', 'The version read off the screen.', {
    missing: 'Empty: none was read.',
  }),
  column('os_build', 'text', 'The build read off the screen.', {
    missing: 'Empty: none was read.',
  }),
  column('observed_by', 'text', 'Who wrote the entry.', { missing: 'Never empty.' }),
  column('corrects_observation_id', 'integer', 'The entry this one corrects.', {
    missing: 'Empty: it corrects none.',
  }),
  column('correction_reason', 'text', 'Why.', { missing: 'Empty: it corrects none.' }),
  column(
    'corrected_by_observation_id',
    'integer',
    'The entry that corrects this one; leave such rows out to count what stands.',
    { missing: 'Empty: it stands.' },
  ),
  world,
  trailHead,
]

const replyColumns: readonly ExportColumn[] = [
  trialId,
  column('event_id', 'integer', 'Number of the webhook body that brought it.', {
    missing: 'Never empty.',
  }),
  column('lab_tag', 'text', "The tag on the device's back."),
  column('enrollment_id', 'text', "The MDM server's string for the device."),
  column('command_uuid', 'text', 'The command it answers.'),
  column('request_type', 'code', 'What that command asked.'),
  column('slot', 'integer', 'The command slot of the protocol.', {
    missing: 'Empty: a probe, which fills no slot.',
  }),
  column('status', 'text', 'Status as the device sent it.'),
  column('created_at', 'time', "By the MDM server's clock."),
  column('received_at', 'time', "By Oneway's clock."),
  column('read_state', 'code', 'read, duplicate or unreadable.', { missing: 'Never empty.' }),
  column('because', 'text', 'Why it could not be read.', { missing: 'Empty: nothing to say.' }),
  column('payload_sha256', 'code', 'SHA-256 of the reply, in hex.'),
  column('payload_base64', 'base64', 'The reply byte for byte, an XML or binary property list.'),
  world,
  trailHead,
]

/**
 * The columns of each export in their order. The views of drizzle/0005 and later have the same, but for
 * those of the audit trail, which lib/db/exports.ts adds.
 */
export const exportColumns: Record<ExportKind, readonly ExportColumn[]> = {
  trials: trialColumns,
  observations: observationColumns,
  replies: replyColumns,
}
