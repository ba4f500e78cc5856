'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { type Assertion, askForProof, proveIdentity } from '@/lib/auth/prove-identity'
import { withdrawAttachment } from '@/lib/core/record/attach'
import { decideClaim } from '@/lib/core/record/claims'
import { observe } from '@/lib/core/record/observe'
import { recordDeviation } from '@/lib/core/record/record-deviation'
import { openOutcome, recordSecondReading } from '@/lib/core/record/second-reading'
import { tickStep } from '@/lib/core/record/tick-step'
import { cancelRelease } from '@/lib/core/release/cancel-release'
import { counterSign } from '@/lib/core/release/counter-sign'
import { pauseQueries } from '@/lib/core/release/pause-queries'
import { pushAgain } from '@/lib/core/release/push'
import { fullQuery, queryDevice, statusQuery } from '@/lib/core/release/query-device'
import { releaseThroughServer } from '@/lib/core/release/release-slot'
import { lookAtHoldings } from '@/lib/core/release/server-holdings'
import { clearQueueAndWithdraw, lookUpQueue } from '@/lib/core/release/server-queue'
import { waiveRule } from '@/lib/core/release/waive-rule'
import { withdrawCommand } from '@/lib/core/release/withdraw-command'
import { withdrawDeclaration } from '@/lib/core/release/withdraw-declaration'
import { refused } from '@/lib/core/shared/result'
import { voidTrial, withdrawTrial } from '@/lib/core/trials/close-trial'
import { concludeTrial, reopenTrial } from '@/lib/core/trials/conclude-trial'
import { armTrial, disarmTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import type { Db } from '@/lib/db/client'
import { findTrial } from '@/lib/db/queries/trials/trials'
import type { Actor, Permission } from '@/lib/domain/account/permissions'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { paths } from '@/lib/paths'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import * as schemas from './schema'

type OfTrial = z.ZodType<{ trialId: string }>
type Service<S extends OfTrial, R> = (
  db: Db,
  actor: Actor,
  input: z.output<S>,
  now: Date,
) => Promise<R>

/** The guard, the parsed input, then the service, which decides; the page is refreshed in any case. */
async function perform<S extends OfTrial, R>(
  permission: Permission,
  schema: S,
  input: z.input<S>,
  service: Service<S, R>,
) {
  return authorizeAction(permission, schema, input, async ({ actor, db }, given) => {
    const result = await service(db, actor, given, new Date())
    revalidatePath(paths.trial(given.trialId))
    return result
  })
}

type Signed = z.ZodType<{ trialId: string; proof?: Assertion | undefined }>
type Proven<S extends Signed> = Omit<z.output<S>, 'proof'> & { proofId: string | undefined }

/**
 * The same for a signed action: the password is checked first, and the proof goes to the service,
 * which signs and acts in one transaction. If it is wrong, nothing is done.
 */
async function performSigned<S extends Signed, R>(
  permission: Permission,
  act: SignatureAct,
  schema: S,
  input: z.input<S>,
  service: (db: Db, actor: Actor, input: Proven<S>, now: Date) => Promise<R>,
) {
  return perform(permission, schema, input, async (db, actor, { proof, ...given }, now) => {
    const wanted = { act, subjectId: given.trialId }
    const proved = proof && (await proveIdentity(db, actor, wanted, proof, now))
    if (proved?.status === 'refused') return proved
    // What is left of the parsed input after its proof was taken out.
    const proven = { ...given, proofId: proved?.proofId } as Proven<S>
    return service(db, actor, proven, new Date())
  })
}

type Of<S extends OfTrial> = z.input<S>

export async function registerAction(input: Of<typeof schemas.trialSchema>) {
  return perform('registerTrial', schemas.trialSchema, input, registerTrial)
}

export async function armAction(input: Of<typeof schemas.armSchema>) {
  return perform('armTrial', schemas.armSchema, input, armTrial)
}

export async function disarmAction(input: Of<typeof schemas.trialSchema>) {
  return perform('armTrial', schemas.trialSchema, input, disarmTrial)
}

/** Pauses the trial's own queries while a person is about to release; the page is not refreshed for it. */
export async function holdQuestionsAction(input: Of<typeof schemas.slotSchema>) {
  return authorizeAction('releaseTrial', schemas.slotSchema, input, ({ actor, db }, slot) =>
    pauseQueries(db, actor, slot, new Date()),
  )
}

/** Only reserves: the server's own timer sends when the hold has ended, whether a page is open or not. */
export async function releaseAction(input: Of<typeof schemas.releaseSchema>) {
  return performSigned(
    'releaseTrial',
    'release',
    schemas.releaseSchema,
    input,
    (db, actor, given) =>
      releaseThroughServer(db, mdmServersOf(db), actor, given, () => new Date()),
  )
}

export async function counterSignAction(input: Of<typeof schemas.releaseSchema>) {
  return performSigned('counterSign', 'counterSign', schemas.releaseSchema, input, counterSign)
}

export async function waiveAction(input: Of<typeof schemas.waiveSchema>) {
  return performSigned('waiveRule', 'waive', schemas.waiveSchema, input, waiveRule)
}

export async function cancelReleaseAction(input: Of<typeof schemas.slotSchema>) {
  return perform('cancelRelease', schemas.slotSchema, input, cancelRelease)
}

export async function observeAction(input: Of<typeof schemas.observeSchema>) {
  return perform('observe', schemas.observeSchema, input, observe)
}

export async function tickStepAction(input: Of<typeof schemas.tickStepSchema>) {
  return perform('observe', schemas.tickStepSchema, input, tickStep)
}

export async function recordDeviationAction(input: Of<typeof schemas.recordDeviationSchema>) {
  return perform('observe', schemas.recordDeviationSchema, input, recordDeviation)
}

export async function withdrawAttachmentAction(input: Of<typeof schemas.withdrawAttachmentSchema>) {
  return perform('observe', schemas.withdrawAttachmentSchema, input, withdrawAttachment)
}

export async function concludeAction(input: Of<typeof schemas.concludeSchema>) {
  return performSigned('concludeTrial', 'overrule', schemas.concludeSchema, input, concludeTrial)
}

export async function decideClaimAction(input: Of<typeof schemas.decideClaimSchema>) {
  return perform('decideClaim', schemas.decideClaimSchema, input, decideClaim)
}

export async function reopenAction(input: Of<typeof schemas.closeSchema>) {
  return perform('concludeTrial', schemas.closeSchema, input, reopenTrial)
}

export async function withdrawAction(input: Of<typeof schemas.closeSchema>) {
  return perform('withdrawTrial', schemas.closeSchema, input, withdrawTrial)
}

export async function voidAction(input: Of<typeof schemas.voidSchema>) {
  return performSigned('voidTrial', 'voidTrial', schemas.voidSchema, input, voidTrial)
}

/** Whoever may query a device may abandon a query; the service requires more for an intervention. */
export async function withdrawCommandAction(input: Of<typeof schemas.withdrawCommandSchema>) {
  return performSigned(
    'askDevice',
    'withdrawCommand',
    schemas.withdrawCommandSchema,
    input,
    withdrawCommand,
  )
}

export async function clearQueueAction(input: Of<typeof schemas.withdrawCommandSchema>) {
  return performSigned(
    'withdrawCommand',
    'withdrawCommand',
    schemas.withdrawCommandSchema,
    input,
    (db, actor, given) =>
      clearQueueAndWithdraw(db, mdmServersOf(db), actor, given, () => new Date()),
  )
}

/** Takes a declaration back; the worker carries it out. */
export async function withdrawDeclarationAction(input: Of<typeof schemas.withdrawCommandSchema>) {
  return performSigned(
    'withdrawCommand',
    'withdrawCommand',
    schemas.withdrawCommandSchema,
    input,
    withdrawDeclaration,
  )
}

/** Before a release; it changes nothing, so the page is not refreshed for it. */
export async function lookAtHoldingsAction(input: Of<typeof schemas.trialSchema>) {
  return authorizeAction('askDevice', schemas.trialSchema, input, ({ actor, db }, given) =>
    lookAtHoldings(db, mdmServersOf(db), actor, given, () => new Date()),
  )
}

export async function lookUpQueueAction(input: Of<typeof schemas.commandSchema>) {
  return perform('askDevice', schemas.commandSchema, input, (db, actor, given) =>
    lookUpQueue(db, mdmServersOf(db), actor, given, () => new Date()),
  )
}

export async function pushAgainAction(input: Of<typeof schemas.commandSchema>) {
  return perform('askDevice', schemas.commandSchema, input, (db, ...given) =>
    pushAgain(db, mdmServersOf(db), ...given),
  )
}

/** Before the release everything a rule looks at; afterwards what a trial under way is judged by. */
export async function askAction(input: Of<typeof schemas.trialSchema>) {
  return perform('askDevice', schemas.trialSchema, input, async (db, actor, { trialId }, now) => {
    const trial = await findTrial(db, trialId)
    if (!trial) return refused('there is no such trial', 'trialId')
    const questions = trial.state === 'observing' ? statusQuery : fullQuery
    return queryDevice(db, actor, { deviceId: trial.deviceId, questions, trialId }, now)
  })
}

/** Only starts the proof: the action itself decides whether this person may do it. */
export async function askForProofAction(input: z.input<typeof schemas.askProofSchema>) {
  return authorizeAction(
    'look',
    schemas.askProofSchema,
    input,
    async ({ actor, db }, { trialId, act }) =>
      askForProof(db, actor, { act, subjectId: trialId }, new Date()),
  )
}

/** The page is refreshed, and shows what was withheld until now. */
export async function openOutcomeAction(input: Of<typeof schemas.trialSchema>) {
  return perform('openOutcome', schemas.trialSchema, input, openOutcome)
}

export async function secondReadingAction(input: Of<typeof schemas.secondReadingSchema>) {
  return perform('secondRead', schemas.secondReadingSchema, input, recordSecondReading)
}
