'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { type Assertion, proveIdentity } from '@/lib/auth/prove-identity'
import { correctOutcome } from '@/lib/core/record/correct-outcome'
import { answerQuery, askQuery, closeQuery } from '@/lib/core/record/query-trial'
import { approveTrial, lockTrial, unlockTrial } from '@/lib/core/record/seal-trial'
import type { Db } from '@/lib/db/client'
import type { Actor, Permission } from '@/lib/domain/account/permissions'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { paths } from '@/lib/paths'
import * as schemas from '../schema'

type OfTrial = z.ZodType<{ trialId: string }>
type Service<I, R> = (db: Db, actor: Actor, input: I, now: Date) => Promise<R>

/** The guard, the parsed input, then the service, which decides; the page is refreshed in any case. */
async function perform<S extends OfTrial, R>(
  permission: Permission,
  schema: S,
  input: z.input<S>,
  service: Service<z.output<S>, R>,
) {
  return authorizeAction(permission, schema, input, async ({ actor, db }, given) => {
    const result = await service(db, actor, given, new Date())
    revalidatePath(paths.trial(given.trialId))
    return result
  })
}

type Signed = z.ZodType<{ trialId: string; proof: Assertion }>
type Proven<S extends Signed> = Omit<z.output<S>, 'proof'> & { proofId: string }

/** The same for a signed action: the identity is proved first, and only then does the service act. */
async function performSigned<S extends Signed, R>(
  { permission, act, schema }: { permission: Permission; act: SignatureAct; schema: S },
  input: z.input<S>,
  service: Service<Proven<S>, R>,
) {
  return perform(permission, schema, input, async (db, actor, { proof, ...given }, now) => {
    const wanted = { act, subjectId: given.trialId }
    const proved = await proveIdentity(db, actor, wanted, proof, now)
    if (proved.status === 'refused') return proved
    // What is left of the parsed input after its proof was taken out.
    const proven = { ...given, proofId: proved.proofId } as unknown as Proven<S>
    return service(db, actor, proven, new Date())
  })
}

export async function askQueryAction(input: z.input<typeof schemas.askSchema>) {
  return perform('reviewTrial', schemas.askSchema, input, askQuery)
}

export async function answerQueryAction(input: z.input<typeof schemas.onQuerySchema>) {
  return perform('answerQuery', schemas.onQuerySchema, input, answerQuery)
}

export async function closeQueryAction(input: z.input<typeof schemas.onQuerySchema>) {
  return perform('reviewTrial', schemas.onQuerySchema, input, closeQuery)
}

export async function approveAction(input: z.input<typeof schemas.sealSchema>) {
  const what = { permission: 'approveTrial', act: 'approve', schema: schemas.sealSchema } as const
  return performSigned(what, input, approveTrial)
}

export async function lockAction(input: z.input<typeof schemas.sealSchema>) {
  const what = { permission: 'lockTrial', act: 'lock', schema: schemas.sealSchema } as const
  return performSigned(what, input, lockTrial)
}

export async function unlockAction(input: z.input<typeof schemas.unlockSchema>) {
  const what = { permission: 'unlockTrial', act: 'unlock', schema: schemas.unlockSchema } as const
  return performSigned(what, input, unlockTrial)
}

export async function correctOutcomeAction(input: z.input<typeof schemas.correctOutcomeSchema>) {
  const schema = schemas.correctOutcomeSchema
  const what = { permission: 'overruleOutcome', act: 'overrule', schema } as const
  return performSigned(what, input, correctOutcome)
}
