import type { Db } from '@/lib/db/client'
import { listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { insertReviewEvent, type ReviewEvent } from '@/lib/db/queries/trials/reviews'
import { findTrialReply } from '@/lib/db/queries/trials/trial-view'
import { findObservation, listTrialEvents, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { isOpenQuery } from '@/lib/domain/review/review'
import { fieldLabel, type ReviewField, readFieldPath } from '@/lib/domain/review/review-field'
import { isNote, isReason, noteLength, reasonLength } from '@/lib/domain/text/reason'
import { forbidden, type Refusal, refused } from '../shared/result'
import { notYourOwn, type Reviewing, sealed, withReview } from './review-trial'

export type AskQuery = { trialId: string; field: string; text: string }
export type OnQuery = { trialId: string; queryId: number; text: string }

type Recorded = { status: 'recorded'; id: number }

/** A reviewer opens a query on one field of the record. While it is open, nobody can approve. */
export async function askQuery(
  db: Db,
  actor: Actor,
  input: AskQuery,
  now: Date,
): Promise<Recorded | Refusal> {
  const no = forbidden(actor, 'reviewTrial') ?? minWords(input.text)
  if (no) return no
  const field = readFieldPath(input.field)
  if (!field) return refused('choose what the question is about', 'field')
  return withReview(db, actor, input.trialId, async (tx, reviewing) => {
    const wrong = sealed(reviewing) ?? notYourOwn(reviewing, actor)
    if (wrong) return wrong
    if (!(await hasField(tx, reviewing.trial, field))) return refused(missing(field), 'field')
    return record(
      tx,
      actor,
      { reviewing, kind: 'queried', field: input.field, text: input.text },
      now,
    )
  })
}

const missing = (field: ReviewField) =>
  `this trial has nothing under “${fieldLabel(field)}”: choose a field it has`

/** Answers a query. The answer does not close it. */
export async function answerQuery(
  db: Db,
  actor: Actor,
  input: OnQuery,
  now: Date,
): Promise<Recorded | Refusal> {
  const no = forbidden(actor, 'answerQuery') ?? minWords(input.text)
  if (no) return no
  return withReview(db, actor, input.trialId, async (tx, reviewing) => {
    const wrong = sealed(reviewing) ?? openQuery(reviewing, input.queryId)
    if (wrong) return wrong
    return record(tx, actor, { reviewing, kind: 'answered', ...onQuery(input) }, now)
  })
}

/** Closes a query that is settled for a reviewer, who may be another one than asked. Closing an unanswered query takes a reason. */
export async function closeQuery(
  db: Db,
  actor: Actor,
  input: OnQuery,
  now: Date,
): Promise<Recorded | Refusal> {
  const no = forbidden(actor, 'reviewTrial')
  if (no) return no
  return withReview(db, actor, input.trialId, async (tx, reviewing) => {
    const wrong =
      sealed(reviewing) ?? notYourOwn(reviewing, actor) ?? openQuery(reviewing, input.queryId)
    if (wrong) return wrong
    const query = reviewing.queries.find(({ id }) => id === input.queryId)
    if (query?.answers.length === 0 && !isReason(input.text))
      return refused(`it has no answer: say ${reasonLength} why it is closed anyway`, 'text')
    return record(tx, actor, { reviewing, kind: 'queryClosed', ...onQuery(input) }, now)
  })
}

const onQuery = ({ queryId, text }: OnQuery) => ({ queryId, text })

const minWords = (text: string): Refusal | undefined =>
  !isNote(text) ? refused(`write it down, ${noteLength}`, 'text') : undefined

function openQuery({ queries }: Reviewing, queryId: number): Refusal | undefined {
  const query = queries.find(({ id }) => id === queryId)
  if (!query) return refused('there is no such query in this trial', 'queryId')
  return isOpenQuery(query) ? undefined : refused('the query is closed: ask a new one', 'queryId')
}

type Entry = Pick<ReviewEvent, 'kind' | 'text'> & {
  reviewing: Reviewing
  field?: string
  queryId?: number
}

async function record(tx: Db, actor: Actor, entry: Entry, now: Date): Promise<Recorded> {
  const { reviewing, text, ...rest } = entry
  const reported = await insertReviewEvent(tx, {
    ...rest,
    trialId: reviewing.trial.id,
    text: text.trim(),
    at: now,
    byId: actor.id,
    byName: actor.name,
    byRole: actor.role,
  })
  return { status: 'recorded', id: reported.id }
}

/** Whether the trial's record has this field, so that no query is about something that does not exist. */
async function hasField(db: Db, trial: Trial, field: ReviewField): Promise<boolean> {
  switch (field.kind) {
    case 'startingState':
      return trial.startingState?.[field.reading] !== undefined
    case 'event':
      return (await listTrialEvents(db, trial.id)).some(({ id }) => id === field.id)
    case 'observation':
      return (await findObservation(db, field.id))?.trialId === trial.id
    case 'reply':
      return (await findTrialReply(db, trial.id, field.id)) !== undefined
    case 'command':
      return (await listCommandsOfTrial(db, trial.id)).some(
        ({ slotOrdinal }) => slotOrdinal === field.id,
      )
    case 'outcome':
    case 'outcomeReason':
      return trial.outcome !== null
    default:
      return true
  }
}
