import { type Actor, mayDo, type Permission } from './account/permissions'

/** What can wait for a person, the most urgent first. */
export const waitingKinds = [
  'sendingStops',
  'alarms',
  'unconfirmed',
  'servers',
  'deadlines',
  'counterSignatures',
  'turns',
  'losses',
  'gaps',
  'adjudications',
  'secondReadings',
  'queriesToAnswer',
  'queriesToClose',
  'reviews',
  'locks',
  'protocolReviews',
  'handOvers',
  'newErrors',
  'untagged',
] as const
export type WaitingKind = (typeof waitingKinds)[number]

/** How many of each kind wait in one environment, for one person where it depends on the person. */
export type WaitingCounts = Record<WaitingKind, number>

/** Reviews and locks are counted so far: a lab may have many thousands, and the lists count them all. */
export const maxWaiting = 500

type About = {
  /** Only who may do something about it is shown it. */
  needs: Permission
  one: string
  many: string
  /** What is to be done, in one line. */
  step: string
}

const about: Record<WaitingKind, About> = {
  sendingStops: {
    needs: 'clearAlarm',
    one: 'stop of all sending',
    many: 'stops of all sending',
    step: 'Nothing is sent until a lead ends it.',
  },
  alarms: {
    needs: 'clearAlarm',
    one: 'device with an open alarm',
    many: 'devices with an open alarm',
    step: 'Check each device; nothing is released on it until its alarms are cleared.',
  },
  unconfirmed: {
    needs: 'observe',
    one: 'command that may have been sent',
    many: 'commands that may have been sent',
    step: 'See what is known, and what would settle it.',
  },
  servers: {
    needs: 'manageServers',
    one: 'MDM server that does not work',
    many: 'MDM servers that do not work',
    step: 'It does not answer, sending to it is stopped, or its webhook was not listened to.',
  },
  deadlines: {
    needs: 'concludeTrial',
    one: 'trial past its deadline',
    many: 'trials past their deadline',
    step: 'Check the device once more, then conclude.',
  },
  counterSignatures: {
    needs: 'counterSign',
    one: 'release to counter-sign',
    many: 'releases to counter-sign',
    step: 'Two people release it: whoever counter-signs does not release.',
  },
  turns: {
    needs: 'bookTrial',
    one: 'device free that you wait for',
    many: 'devices free that you wait for',
    step: 'You are the first in its queue: book it, or draft its trial.',
  },
  losses: {
    needs: 'acknowledgeLoss',
    one: 'update outside a trial',
    many: 'updates outside a trial',
    step: 'See what was lost, then acknowledge it.',
  },
  gaps: {
    needs: 'observe',
    one: 'trial under way with an observation gap',
    many: 'trials under way with an observation gap',
    step: 'Replies may have been missed: query the device and log what you see.',
  },
  adjudications: {
    needs: 'overruleOutcome',
    one: 'outcome on which two readers disagree',
    many: 'outcomes on which two readers disagree',
    step: 'You are neither of them: decide, with a reason and a signature.',
  },
  secondReadings: {
    needs: 'secondRead',
    one: 'outcome to read as the second reader',
    many: 'outcomes to read as the second reader',
    step: 'You do not know it: read the record, and record the outcome that it shows.',
  },
  queriesToAnswer: {
    needs: 'answerQuery',
    one: 'query on a trial of yours to answer',
    many: 'queries on trials of yours to answer',
    step: 'A reviewer asks; no trial is approved over an open query.',
  },
  queriesToClose: {
    needs: 'reviewTrial',
    one: 'answered query to close',
    many: 'answered queries to close',
    step: 'Close each that is settled by its answer.',
  },
  reviews: {
    needs: 'approveTrial',
    one: 'trial to review and approve',
    many: 'trials to review and approve',
    step: 'You did not contribute to it, and no query is open.',
  },
  locks: {
    needs: 'lockTrial',
    one: 'approved trial to lock',
    many: 'approved trials to lock',
    step: 'A locked trial is final until a lead unlocks it.',
  },
  handOvers: {
    needs: 'handOverDevice',
    one: 'device that waits for your acceptance',
    many: 'devices that wait for your acceptance',
    step: 'Accept or refuse each: until then it counts as with whoever offered it.',
  },
  protocolReviews: {
    needs: 'reviewProtocol',
    one: 'protocol version to review',
    many: 'protocol versions to review',
    step: 'You did not write it, and no trial is registered with it before.',
  },
  newErrors: {
    needs: 'noteError',
    one: 'new error code',
    many: 'new error codes',
    step: 'It is in no table, and this lab has no note about it.',
  },
  untagged: {
    needs: 'editDevice',
    one: 'device without a lab tag',
    many: 'devices without a lab tag',
    step: 'Find it by its serial, put a tag on it and enter the tag.',
  },
}

export type WaitingItem = { kind: WaitingKind; count: number; title: string; step: string }

/** What waits for this person: only what is there and what they may do something about, the most urgent first. */
export function waitingFor(actor: Actor, counts: WaitingCounts): WaitingItem[] {
  return waitingKinds.flatMap((kind) => {
    const { needs, one, many, step } = about[kind]
    const count = counts[kind]
    if (count === 0 || !mayDo(actor, needs)) return []
    const isCapped = kind === 'reviews' || kind === 'locks'
    const number =
      isCapped && count > maxWaiting ? `More than ${maxWaiting}` : count.toLocaleString('en')
    return [{ kind, count, title: `${number} ${count === 1 ? one : many}`, step }]
  })
}

export const totalWaiting = (items: readonly WaitingItem[]): number =>
  items.reduce((sum, { count }) => sum + count, 0)
