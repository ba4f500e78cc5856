import { z } from 'zod'
import type { CopySection } from '@/lib/db/queries/trials/trial-copy'

/** The sections of a copy with their descriptions, in the order in which they are written. */
const copySections = {
  trial:
    'the trial: its state, its registration as sealed, its starting state as frozen at the release, its outcome',
  device: 'the device, as described at the moment of this copy',
  server: 'the MDM server of the device; never its address, keys or secrets',
  protocol: 'the protocol',
  protocolVersion: 'the version of the protocol that the trial used, with its plan',
  protocolVersionEvents:
    'the life of that version: who reviewed it, or that it was in use before versions were reviewed, and who retired it',
  bookings: 'the booking that the trial was drafted from, if there was one',
  armAssignment:
    'the arm of the trial, and how it got it; of a random one the list, and its stratum, block and position there',
  armList: 'the list that the arm was drawn from: its method, and the SHA-256 of its seed',
  armSeed:
    'the seed of that list. It is there once the version of the protocol is retired: before, it would tell the arm of the next trial. docs/protocols.md of Oneway says how a list follows from its seed',
  readings:
    'readings of the device: for each field the last one before the draft, and all until the end',
  custodies:
    'who had the device, from when to when and where, until the end of the trial; ended_at is empty for who has it at the moment of this copy',
  handOvers:
    'offers of the device from one person to another, with their answers; who had it at the release is in starting_facts of the trial',
  customFields:
    'the lab’s own fields of devices of which this device ever had a value, as defined at the moment of this copy',
  deviceFieldValues:
    'values of those fields until the end of the trial; corrects_id names the value that a later one corrects, and both stay. What was frozen at the release is in starting_facts of the trial',
  verdicts: 'qualification verdicts as they were shown, each with its hash',
  commands: 'commands as they were written and sent, with the bytes of each in base64',
  commandEvents: 'the events of each command',
  declarationSteps:
    'each request about a declaration in the order it was made, with its answer; “leaving” is written before the set is attached, the point of no return',
  declarationRemovals:
    'a declaration that was taken back: when and why, when the server had detached it, and when the device was seen without it',
  replies:
    'webhook bodies as received, with the device’s own payload; bytes in base64, payload_read is the payload as Oneway reads it. In a body with secrets of the device, each is replaced by its length and SHA-256, and “redacted” names them; sha256 is always that of the body as received',
  redeliveries:
    'how often a command was answered again after its first answer, because the MDM server redelivered it',
  repeatedEvents:
    'webhook bodies that repeat a reply, by its raw_event_id, each with its time of arrival and SHA-256. The bodies stay in the lab',
  rereads: 'replies that were reprocessed, and their earlier result',
  declarationEvents:
    'what the device asked for and reported through declarative management in that time, each by its raw_event_id; claims is what a status report says of the items it names, and never evidence. at is by the MDM server’s clock',
  replyChecks: 'replies that were compared with Apple’s documentation',
  contradictions: 'contradictions between a reply and the documentation',
  contradictionStandings:
    'whether a contradiction still stands after an observation was corrected; the last entry counts, and without one it stands',
  errors: 'errors that the device reported',
  events: 'the record of the trial, in the order it was written',
  observations:
    'observations; corrects_id names the observation that a later one corrects, and both stay',
  attachments:
    'photos and recordings of what was seen: name as given, type by content, size and SHA-256 of the file. The files themselves are not in this copy: the trial’s page and a backup of the lab have them, and the SHA-256 shows that one is unaltered',
  attachmentWithdrawals:
    'attachments that were taken off the trial, with the reason; their rows and files stay',
  outcomeDecisions: 'the outcome that the program proposed, and the one that a person decided',
  secondReadings:
    'the outcome as a second person read it, where the protocol asks for one; decision_id names the decision it is compared with, and unblinded_by says why the reader was not blinded',
  outcomeOpenings: 'who opened the outcome before it was read a second time, and when',
  waivers: 'rules of the lab that were waived for this trial',
  proofs: 'how each signer proved their identity just before signing',
  signatures:
    'signatures; record is what was signed and record_sha256 its hash. holds is whether the record was still the signed one at the moment of this copy, and differences lists where it was not. after_reset is set for a signature made within 24 hours after an admin’s link reset the signer’s password: when, by whose link, and whether it removed the second factors',
  reviewEvents: 'the review: queries on a field, answers, closings, approval, lock and unlocking',
  otherLabs: 'the reports for other labs in which this trial left the lab, and its key there',
  gaps: 'periods in which nothing could be received from the MDM server',
  outsideUpdates: 'updates of the device outside of a trial in that time',
} as const satisfies Record<CopySection, string>

/**
 * A row with any further columns, so that a column added later does not make copies unreadable. Values are not
 * validated: altered evidence must be copied unchanged and not refused.
 */
const row = z.looseObject({})
const text = z.string()
const [bytes, sha256, uuid] = [text, text, text]
const by = { by_id: text, by_name: text }

const record = z.strictObject({
  trial: z.array(z.looseObject({ id: uuid, number: z.int(), state: text })).length(1),
  device: z.array(z.looseObject({ id: uuid, name: text })).length(1),
  server: z.array(z.looseObject({ id: uuid, kind: text })).max(1),
  protocol: z.array(row).length(1),
  protocolVersion: z.array(z.looseObject({ version: z.int(), plan: row })).length(1),
  // Absent in older copies.
  protocolVersionEvents: z.array(z.looseObject({ kind: text, ...by })).default([]),
  // Absent in older copies.
  bookings: z.array(z.looseObject({ starts_at: text, ends_at: text })).default([]),
  // Absent in older copies, and in protocols without arms.
  armAssignment: z
    .array(z.looseObject({ arm: text, method: text, ...by }))
    .max(1)
    .default([]),
  armList: z
    .array(z.looseObject({ method: text, seed_sha256: sha256 }))
    .max(1)
    .default([]),
  armSeed: z
    .array(z.looseObject({ seed: text }))
    .max(1)
    .default([]),
  readings: z.array(z.looseObject({ field: text, source: text, answered_at: text })),
  // Absent in older copies.
  custodies: z
    .array(z.looseObject({ holder_id: text, holder_name: text, since: text }))
    .default([]),
  handOvers: z.array(z.looseObject({ to_id: text, offered_by_id: text })).default([]),
  customFields: z.array(z.looseObject({ id: uuid, name: text, type: text })).default([]),
  deviceFieldValues: z
    .array(z.looseObject({ field_id: uuid, value: text.nullable(), at: text, ...by }))
    .default([]),
  verdicts: z.array(z.looseObject({ overall: text, hash: text })),
  commands: z.array(
    z.looseObject({ command_uuid: uuid, plist_base64: bytes, plist_sha256: sha256 }),
  ),
  commandEvents: z.array(z.looseObject({ kind: text, at: text })),
  declarationSteps: z.array(z.looseObject({ step: text, outcome: text, at: text })),
  declarationRemovals: z.array(z.looseObject({ requested_at: text, reason: text })),
  replies: z.array(
    z.looseObject({
      body_base64: bytes,
      sha256,
      payload_base64: bytes.nullable(),
      payload_read: text.nullable(),
    }),
  ),
  // Absent in older copies.
  redeliveries: z.array(z.looseObject({ times: z.int() })).default([]),
  repeatedEvents: z.array(z.looseObject({ raw_event_id: z.int(), sha256 })).default([]),
  rereads: z.array(row),
  // Absent in older copies.
  declarationEvents: z.array(z.looseObject({ kind: text, at: text })).default([]),
  replyChecks: z.array(row),
  contradictions: z.array(row),
  contradictionStandings: z.array(row),
  errors: z.array(row),
  events: z.array(z.looseObject({ kind: text, at: text, ...by })),
  observations: z.array(z.looseObject({ kind: text, text, observed_at: text, ...by })),
  // Absent in older copies.
  attachments: z.array(z.looseObject({ type: text, bytes: z.int(), sha256, ...by })).default([]),
  attachmentWithdrawals: z.array(z.looseObject({ reason: text, ...by })).default([]),
  outcomeDecisions: z.array(z.looseObject({ decided: text, ...by })),
  // Absent in older copies.
  secondReadings: z.array(z.looseObject({ outcome: text, reason: text, ...by })).default([]),
  outcomeOpenings: z.array(z.looseObject({ at: text, ...by })).default([]),
  waivers: z.array(z.looseObject({ rule_id: text, reason: text, ...by })),
  proofs: z.array(row),
  signatures: z.array(
    z.looseObject({
      ...{ act: text, meaning: text, ...by, at: text, record: text, record_sha256: sha256 },
      ...{ holds: z.boolean(), differences: z.array(text) },
      // Absent in older copies.
      after_reset: z
        .strictObject({ reset_at: text, reset_by: text, second_factors_removed: z.boolean() })
        .nullish(),
    }),
  ),
  reviewEvents: z.array(z.looseObject({ kind: text, ...by })),
  // Absent in older copies.
  otherLabs: z.array(z.looseObject({ trial_key: text })).default([]),
  gaps: z.array(row),
  outsideUpdates: z.array(row),
} satisfies Record<CopySection, z.ZodType>)

const entry = z.strictObject({
  ...{ seq: text, at: text, byId: text, byName: text, byRole: text, login: text, kind: text },
  ...{ tableName: text.nullable(), rowId: text.nullable(), deviceId: text.nullable() },
  ...{ trialId: text.nullable(), old: text.nullable(), new: text.nullable() },
  ...{ reason: text.nullable(), previous: sha256, hash: sha256 },
})

/** The complete copy of one trial. */
export const trialCopySchema = z.strictObject({
  format: z.literal('oneway-trial-copy'),
  version: z.literal(1),
  name: text,
  /** Null for a real trial. */
  mark: text.nullable(),
  readMe: text,
  copiedAt: z.iso.datetime(),
  copiedBy: z.strictObject({ name: text, role: text }),
  /** The newest entry of the whole trail at the moment of the copy. */
  head: z.strictObject({ seq: z.int(), hash: text }),
  counts: z.record(text, z.int()),
  record,
  trail: z.array(entry),
})

export type TrialCopy = z.output<typeof trialCopySchema>

export const copyReadMe = [
  'This is the complete copy of one trial of Oneway, read at one moment: what the lab planned, sent, received, observed, decided and signed, and every entry of the audit trail about it. The same copy exists as JSON and as text.',
  'Rows and columns are named as in the database and in the trail. Times are in UTC by the clock of the lab’s server. Bytes are in base64, with their SHA-256.',
  'The sections of the record:',
  ...Object.entries(copySections).map(([name, words]) => `${name}: ${words}.`),
  'trail: the entries of the audit trail about this trial, as text, exactly as they were hashed. An entry that inserted many rows may contain rows of other trials, because its hash covers all of them. docs/record.md of Oneway says how a hash is computed.',
  'head: number and hash of the newest entry of the whole trail when this copy was made. Kept outside of the lab, it proves later that nothing before it was altered: npm run audit:verify -- --seq <seq> --head <hash>. The download of this copy is an entry of its own, after the head.',
  'Not included: the files of attachments; keys and secrets of servers and people; the pages as they were shown; records of other trials on this device.',
].join('\n')

/** The copy as plain text: headings, and one line for each value. */
export function trialCopyText(copy: TrialCopy): string {
  const { name, mark, readMe, copiedAt, copiedBy, head, counts, record, trail } = copy
  const sections = Object.entries(copySections).map(([section, words]) => {
    // The keys of copySections are those of the record; the type of entries has lost it.
    const rows = record[section as keyof typeof copySections]
    return [heading(`${section} (${rows.length})`), `${words}.`, ...rows.flatMap(rowLines)]
  })
  return [
    `Complete copy of trial ${name}`,
    ...(mark ? [mark] : []),
    `format: ${copy.format}, version ${copy.version}`,
    `copied at: ${copiedAt}`,
    `copied by: ${oneLine(copiedBy.name)} (${copiedBy.role})`,
    `head of the audit trail: entry ${head.seq}, ${head.hash}`,
    heading('Read me'),
    readMe,
    heading('How many'),
    ...factLines('', counts),
    ...sections.flat(),
    heading(`trail (${trail.length})`),
    ...trail.flatMap(rowLines),
    '',
    `End of the copy of ${name}${mark ? `. ${mark}` : ''}.`,
    '',
  ].join('\n')
}

const heading = (words: string) => `\n${words}\n${'='.repeat(words.length)}`

const rowLines = (row: object, index: number): string[] => [
  '',
  `-- ${index + 1} --`,
  ...factLines('', row),
]

/** Each leaf of a value on a line of its own, after its path. */
function factLines(path: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${leaf(value)}`]
  const entries = Object.entries(value)
  if (entries.length === 0) return [`${path}: (none)`]
  return entries.flatMap(([key, held]) =>
    factLines(path === '' ? oneLine(key) : `${path}.${oneLine(key)}`, held),
  )
}

const leaf = (value: unknown): string =>
  value === null ? '(not set)' : typeof value === 'string' ? oneLine(value) : String(value)

const shortEscapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Writes line ends and other invisible characters by their code point, so that typed text can neither begin a line of
 * its own nor reverse the order of one.
 */
const oneLine = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (unseen) => shortEscapes[unseen] ?? `\\u{${unseen.codePointAt(0)?.toString(16)}}`,
  )
