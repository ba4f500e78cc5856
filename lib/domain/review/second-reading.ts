import type { Actor } from '../account/permissions'

/**
 * Where a protocol asks for a second reader, what the decided outcome of a concluded trial waits for: until then the trial has
 * no outcome, so that it is in no list, chart or number (docs/decisions/088-second-reader.md).
 */
export const outcomeWaits = ['secondReading', 'adjudication'] as const
export type OutcomeWait = (typeof outcomeWaits)[number]

export const outcomeWaitInfo: Record<OutcomeWait, { label: string; explanation: string }> = {
  secondReading: {
    label: 'Awaits second reading',
    explanation:
      'A person has decided the outcome. It is shown and counted once a second person, who does not know it, has read the record.',
  },
  adjudication: {
    label: 'Readers disagree',
    explanation:
      'Two people read the record and came to different outcomes. The trial has none until a lead decides between the two.',
  },
}

/** Why a reader was not blinded. */
export const unblindings = ['contributed', 'opened'] as const
export type Unblinding = (typeof unblindings)[number]

export const unblindingWords: Record<Unblinding, string> = {
  contributed: 'contributed to the trial',
  opened: 'had opened the outcome',
}

/** The state of a trial's second reading, and one person's part in it. */
export type ReaderStanding = {
  /** Whether its protocol asks for a second reader, and it did not end otherwise than by a conclusion. */
  asked: boolean
  awaits: OutcomeWait | null
  /** Whether the second reading is made. */
  read: boolean
  /** Whether this person decided an outcome of the trial. */
  decided: boolean
  /** Why this person is not blinded; null for somebody who is. */
  unblinding: Unblinding | null
}

/**
 * Whether what is proposed and decided is kept from a person: until the second reading from everybody who neither contributed
 * nor opened it. Contributors know it from the bench.
 */
export const isWithheld = (standing: ReaderStanding): boolean =>
  isUnread(standing) && standing.unblinding === null

/** Whether it is kept from what many people read, such as a report: until the second reading, whoever asks for it. */
export const isUnread = ({ asked, read }: ReaderStanding): boolean => asked && !read

/** Why somebody from whom it is withheld decides nothing about it. */
export const openFirst =
  'what is proposed and decided is withheld from you until the second reading: open it on the page of the trial first, which is recorded'

/** Why this person, whose role lets them read, cannot be the second reader now; undefined if they can. */
export function whyNotSecondReader(
  standing: ReaderStanding,
  role: Actor['role'],
): string | undefined {
  if (!standing.asked)
    return 'its protocol asks for no second reader, or it ended without an outcome'
  if (standing.read) return 'its second reading is made, and there is one for each trial'
  if (standing.awaits !== 'secondReading')
    return 'it is not concluded: the second reading follows the first decision'
  if (standing.decided) return 'you decided its outcome: another person reads it'
  return standing.unblinding !== null && role !== 'lead'
    ? unblindedNeedsLead(standing.unblinding)
    : undefined
}

/** Without blinding it is no reading by somebody who did not know: a lead answers for it, and kappa leaves it out. */
const unblindedNeedsLead = (unblinding: Unblinding): string =>
  `you are not blinded, as you ${unblinding === 'opened' ? 'opened the outcome' : unblindingWords[unblinding]}: only a lead reads it nevertheless, and the reading is marked`
