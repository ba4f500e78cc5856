import type { ReviewEventKind } from '../review/review'
import type { TrialEventKind } from '../trial/trial'

/**
 * What a notice can be about: events that the record has, each written by the database in the transaction of its event
 * (lib/db/sql/guards/queue_notices.sql). What only follows from the clock or from today's settings, such as a deadline
 * that is near or a release that waits for a counter-signature, is on the home page and is no topic.
 */
export const topics = [
  'trial.concluded',
  'trial.review_due',
  'trial.query_raised',
  'trial.query_answered',
  'trial.deadline_passed',
  'trial.observation_gap',
  'trial.lost',
  'command.unconfirmed',
  'device.updated_outside_a_trial',
  'device.alarm_raised',
  'error.first_reported',
  'server.stopped',
  'sending.stopped',
] as const
export type Topic = (typeof topics)[number]

/** The topic of a test notice, which only an admin sends; nobody chooses it. */
export const testTopic = 'oneway.test'
export type NoticeTopic = Topic | typeof testTopic

type About = {
  label: string
  /** When a notice is sent, in one sentence. */
  when: string
  /** What `data` has beside `environment` and `link`. */
  fields: readonly NoticeField[]
  /** The page that the link opens. */
  page: 'trial' | 'device' | 'servers' | 'contradictions' | 'notices'
}

export const noticeFields = [
  'trialId',
  'trialNumber',
  'deviceId',
  'outcome',
  'alarm',
  'commandUuid',
  'errorDomain',
  'errorCode',
  'serverId',
] as const
type NoticeField = (typeof noticeFields)[number]

const ofTrial = { fields: ['trialId', 'trialNumber', 'deviceId'], page: 'trial' } as const

/** A device is named by Oneway's own ID alone: its serial, tag and enrollment ID are on the page behind the link. */
export const noticeTopics: Readonly<Record<NoticeTopic, About>> = {
  'trial.concluded': {
    ...{ label: 'Trial concluded', when: 'A person has concluded a trial.', page: 'trial' },
    fields: ['trialId', 'trialNumber', 'deviceId', 'outcome'],
  },
  'trial.review_due': {
    ...{ label: 'Trial to review', ...ofTrial },
    when: 'A trial that consumed a baseline has ended, or was unlocked: somebody else reviews it.',
  },
  'trial.query_raised': {
    ...{ label: 'Query raised', ...ofTrial },
    when: 'A reviewer asks about a field of a trial.',
  },
  'trial.query_answered': {
    ...{ label: 'Query answered', ...ofTrial },
    when: 'A query of a review has an answer and can be closed.',
  },
  'trial.deadline_passed': {
    ...{ label: 'Deadline passed', ...ofTrial },
    when: 'The deadline of a trial under observation has passed.',
  },
  'trial.observation_gap': {
    ...{ label: 'Observation gap', ...ofTrial },
    when: 'Replies of a device in a trial may have been missed.',
  },
  'trial.lost': {
    ...{ label: 'Trial lost', ...ofTrial },
    when: 'The OS of the device changed before anything was sent: the trial has lost its baseline.',
  },
  'command.unconfirmed': {
    label: 'Command unconfirmed',
    when: 'An update command may have been sent, and no answer proves it.',
    ...{ fields: ['trialId', 'deviceId', 'commandUuid'], page: 'trial' },
  },
  'device.updated_outside_a_trial': {
    label: 'Updated outside a trial',
    when: 'The OS of a device changed, and no trial had sent a command.',
    ...{ fields: ['deviceId'], page: 'device' },
  },
  'device.alarm_raised': {
    label: 'Device alarm',
    when: 'An alarm blocks a device: another identity, an update command from another source, a repeated delivery, a database that went back.',
    ...{ fields: ['deviceId', 'alarm'], page: 'device' },
  },
  'error.first_reported': {
    label: 'New error code',
    when: 'A device has reported an error code that no device of this environment had reported.',
    ...{ fields: ['deviceId', 'errorDomain', 'errorCode'], page: 'contradictions' },
  },
  'server.stopped': {
    label: 'MDM server stopped',
    when: 'Sending through one MDM server is stopped until an admin resumes it.',
    ...{ fields: ['serverId'], page: 'servers' },
  },
  'sending.stopped': {
    label: 'All sending stopped',
    when: 'The database differs from what the witness remembers: nothing is sent until a lead ends the stop.',
    ...{ fields: [], page: 'servers' },
  },
  'oneway.test': {
    label: 'Test',
    when: 'An admin asked for a test.',
    ...{ fields: [], page: 'notices' },
  },
}

/** The topic of an event of a trial, for lib/db/sql; an event that is missing has none. */
export const trialEventTopics: Partial<Record<TrialEventKind, Topic>> = {
  concluded: 'trial.concluded',
  deadlinePassed: 'trial.deadline_passed',
  observationGap: 'trial.observation_gap',
  lost: 'trial.lost',
}

/** The events with which a trial that consumed a baseline comes to its review. */
export const reviewDueEvents = [
  'concluded',
  'withdrawn',
  'voided',
] as const satisfies readonly TrialEventKind[]

export const reviewEventTopics: Partial<Record<ReviewEventKind, Topic>> = {
  queried: 'trial.query_raised',
  answered: 'trial.query_answered',
  unlocked: 'trial.review_due',
}

/** An event as the outbox stores it. It never changes, so that every try of a delivery sends the same bytes. */
export type StoredNotice = {
  id: string
  topic: NoticeTopic
  simulated: boolean
  about: Readonly<Record<string, unknown>>
  at: Date
}

/**
 * The body of a webhook: `type`, `timestamp` and `data` as Standard Webhooks recommends.
 * https://github.com/standard-webhooks/standard-webhooks/blob/03f5f8c/spec/standard-webhooks.md#payload-structure
 * @param link the address of the page about it
 */
export function noticeBody({ topic, simulated, about, at }: StoredNotice, link: string) {
  const known = noticeTopics[topic].fields.flatMap((field) => {
    const value = about[field]
    return value === undefined || value === null ? [] : [[field, value] as const]
  })
  const environment = simulated ? 'simulated' : 'real'
  return {
    type: topic,
    timestamp: at.toISOString(),
    data: { environment, ...Object.fromEntries(known), link },
  }
}
