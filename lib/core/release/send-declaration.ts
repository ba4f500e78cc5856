import type { Db } from '@/lib/db/client'
import type { Command } from '@/lib/db/queries/trials/commands'
import {
  announceAttach,
  type DeclarationStepRow,
  recordDeclarationStep,
} from '@/lib/db/queries/trials/declaration-steps'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import {
  type AttachStep,
  attachStepsOf,
  type DeclarationStep,
  maxStepBody,
  type RemovalStep,
  removalStepsOf,
  stepWords,
} from '@/lib/domain/trial/declaration-step'
import {
  type DeclarationServer,
  declarationsOf,
  type Enforcement,
  type RequestAnswer,
  type StepAnswer,
} from '@/lib/mdm/declarations/declaration-server'
import type { SendResult } from '@/lib/mdm/server'
import { retryTransient, rootMessage } from '../shared/failure'
import { describeHoldings, type Holdings, holdingsProblem } from './server-holdings'
import { enforcementOf } from './stored-declaration'

/** What the steps of one declaration need. */
export type Declaring = {
  db: Db
  declarations: DeclarationServer
  command: Command
  enforcement: Enforcement
  /** Sets of the same trial, which are no strangers. */
  ownSets: readonly string[]
  clock: () => Date
  settlePausesMs?: readonly number[] | undefined
}

type Recording = Pick<Declaring, 'db' | 'command' | 'clock' | 'settlePausesMs'>

/**
 * Sends a claimed declaration: all steps but the last, which are quiet, a look at what they led to, then the set is attached, once. Until that
 * last request nothing can reach the device, so whatever fails before it is provably not sent. Its announcement is
 * committed before it leaves, and the database refuses a second one.
 */
export async function sendDeclaration(
  declaring: Omit<Declaring, 'enforcement'>,
): Promise<SendResult> {
  const read = enforcementOf(declaring.command)
  if (!read.ok) return notSent(read.reason)
  const whole = { ...declaring, enforcement: read.enforcement }
  for (const step of attachStepsOf(whole.enforcement).slice(0, -1)) {
    const answer = await makeStep(whole, step)
    if (!isSo(answer)) return notSent(`it could not ${stepWords[step]}: ${answer.reason}`, answer)
  }
  const early = await lookBefore(whole)
  if (early) return early
  const announcedAt = whole.clock()
  const unannounced =
    (await announce(whole, announcedAt)) ??
    (whole.clock().getTime() - announcedAt.getTime() > maxAnnouncedMs
      ? await renounce(whole, 'the request was not made: announcing it took too long')
      : undefined)
  if (unannounced !== undefined) return notSent(unannounced)
  return ofAttach(await makeStep(whole, 'attachSet'))
}

/** Makes one request and records its answer; only this process has it, so a passing failure of the database must not lose it. */
export async function makeStep(
  { db, declarations, command, enforcement, clock, settlePausesMs }: Omit<Declaring, 'ownSets'>,
  step: AttachStep | RemovalStep,
): Promise<StepAnswer> {
  const answer = await declarations.step(step, enforcement)
  await recordAnswer({ db, command, clock, settlePausesMs }, step, answer)
  return answer
}

/** Records how a request ended. */
export async function recordAnswer(
  { db, command, clock, settlePausesMs }: Recording,
  step: DeclarationStep,
  { outcome, reason, httpStatus, body }: RequestAnswer,
): Promise<void> {
  const row = stepRow(command, { ...{ step, outcome, at: clock(), reason, httpStatus, body } })
  await retryTransient(() => record(db, row), settlePausesMs)
}

export const isSo = ({ outcome }: Pick<StepAnswer, 'outcome'>): boolean =>
  outcome === 'done' || outcome === 'alreadySo'

type StepFacts = Pick<DeclarationStepRow, 'outcome' | 'at' | 'reason'> & {
  step: DeclarationStep
  httpStatus?: number | undefined
  body?: string | undefined
}

/** A step as a row; what an answer has beyond its bound is cut off. */
function stepRow(command: Command, { httpStatus, body, ...facts }: StepFacts) {
  const { commandUuid, signatureId } = command
  const read = enforcementOf(command)
  const set = read.ok ? read.enforcement : {}
  if (signatureId === null) throw new Error(`declaration ${commandUuid} was never released`)
  const place = [attachStepsOf(set), removalStepsOf(set)].map((steps) =>
    steps.map(String).indexOf(facts.step),
  )
  return {
    ...facts,
    commandUuid,
    releaseId: signatureId,
    ordinal: Math.max(...place) + 1,
    httpStatus: httpStatus ?? null,
    body: body?.slice(0, maxStepBody) ?? null,
  }
}

/** Everything in its place, nothing of a stranger, and not attached yet; otherwise how the command ends. */
async function lookBefore(declaring: Declaring): Promise<SendResult | undefined> {
  const { declarations, enforcement, ownSets } = declaring
  const holds = await declarations.read(enforcement)
  const problem = holdingsProblem(holds, ownSets) ?? (holds.ok ? incomplete(holds) : undefined)
  await recordReading(declaring, 'checkBefore', holds, problem)
  if (holds.ok && holds.attached)
    return {
      outcome: 'unconfirmed',
      reason: 'the set was attached before the request to attach it left',
    }
  if (problem === undefined) return undefined
  return notSent(problem, holds.ok ? undefined : holds)
}

/** Nothing warns at the server where the activation is missing: the device would be offered what it never applies. */
function incomplete(holds: Extract<Holdings, { ok: true }>) {
  const isStored = declarationsOf(holds).every(({ is }) => is === 'same')
  if (isStored && declarationsOf(holds.inSet).every(Boolean)) return undefined
  return 'the server does not hold all declarations in their set as they were stored there'
}

/** Records what a reading showed. */
export async function recordReading(
  { db, command, clock, settlePausesMs }: Recording,
  step: 'checkBefore' | 'readBack',
  holds: Holdings,
  note?: string | undefined,
): Promise<void> {
  const outcome = !holds.ok ? 'unknown' : holds.attached ? 'attached' : 'notAttached'
  const reason = [describeHoldings(holds), note].filter((one) => one !== undefined).join('. ')
  const row = stepRow(command, { step, outcome, at: clock(), reason })
  await retryTransient(() => record(db, row), settlePausesMs)
}

const leaving = { step: 'attachSet', outcome: 'leaving' } as const

const record = (db: Db, row: ReturnType<typeof stepRow>): Promise<void> =>
  transact(db, systemActor, (tx) => recordDeclarationStep(tx, row))

/** Until when the request may arrive is counted from its announcement (`mayStillArriveMs`), so it leaves right after it. */
const maxAnnouncedMs = 60_000

/** @returns undefined once the announcement is committed; otherwise why nothing may leave */
async function announce(declaring: Declaring, at: Date): Promise<string | undefined> {
  const { db, command } = declaring
  try {
    const reason = 'from here on nothing can be taken back unseen'
    const row = { ...stepRow(command, { ...leaving, at, reason }), ...leaving }
    await transact(db, systemActor, (tx) => announceAttach(tx, row))
    return undefined
  } catch (error) {
    const reason = `the request was not made: its announcement could not be written (${rootMessage(error)})`
    return renounce(declaring, reason)
  }
}

/** Answers an announcement whose request is not made; where none was written after all, the database refuses this. */
async function renounce({ db, command, clock }: Declaring, reason: string): Promise<string> {
  const row = stepRow(command, { step: 'attachSet', outcome: 'refused', at: clock(), reason })
  await record(db, row).catch(() => undefined)
  return reason
}

const notSent = (
  reason: string,
  answer: Pick<StepAnswer, 'httpStatus' | 'body' | 'noAnswer'> = {},
): SendResult => ({
  outcome: 'notSent',
  reason: `nothing was attached to the device: ${reason}`,
  ...answerOf(answer),
})

const answerOf = ({
  httpStatus,
  body,
  noAnswer,
}: Pick<StepAnswer, 'httpStatus' | 'body' | 'noAnswer'>) => ({
  ...(httpStatus !== undefined && { httpStatus }),
  ...(body !== undefined && { body: body.slice(0, maxStepBody) }),
  ...(noAnswer && { noAnswer }),
})

/**
 * How attaching the set ended. The server says what it has stored and never whether it told the device: 204 whatever becomes of the
 * notification, 500 though the set is stored.
 */
function ofAttach(answer: StepAnswer): SendResult {
  const rest = answerOf(answer)
  switch (answer.outcome) {
    case 'done':
      return {
        outcome: 'queued',
        reason:
          'the server has attached the set. Stored is not sent: only what the device fetches or reports shows that it has it',
        ...rest,
      }
    case 'alreadySo':
      return {
        outcome: 'queued',
        reason:
          'the set was attached already. The server tells nobody in that case, so the device is notified separately',
        ...rest,
      }
    case 'refused':
      return {
        outcome: answer.noAnswer || answer.httpStatus === 401 ? 'notSent' : 'refused',
        reason: `the set was not attached: ${answer.reason}`,
        ...rest,
      }
    case 'unsure':
      return {
        outcome: 'unconfirmed',
        reason: `the set may be attached: ${answer.reason}. What the server holds is read back; nothing is sent again`,
        ...rest,
      }
  }
}
