'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { findTrial } from '@/lib/db/trials'
import type { Actor } from '@/lib/domain/actor'
import { paths } from '@/lib/paths'
import { askDevice, fullQuestions, statusQuestions } from '@/lib/services/ask-device'
import { cancelRelease } from '@/lib/services/cancel-release'
import { clearQueueAndWithdraw } from '@/lib/services/clear-queue'
import { voidTrial, withdrawTrial } from '@/lib/services/close-trial'
import { concludeTrial } from '@/lib/services/conclude-trial'
import { lookUpQueue } from '@/lib/services/look-up-queue'
import { observe } from '@/lib/services/observe'
import { armTrial, disarmTrial, registerTrial } from '@/lib/services/prepare-trial'
import { pushAgain } from '@/lib/services/push-again'
import { releaseSlot } from '@/lib/services/release-slot'
import { refused } from '@/lib/services/result'
import { withdrawCommand } from '@/lib/services/withdraw-command'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { refusedInput } from '../refused-input'
import * as schemas from './schema'

type OfTrial = z.ZodType<{ trialId: string }>
type Service<S extends OfTrial, R> = (actor: Actor, input: z.output<S>, now: Date) => Promise<R>

/** Who asks, what is asked, then the service, which decides; the page is read anew whatever it says. */
async function perform<S extends OfTrial, R>(schema: S, input: z.input<S>, service: Service<S, R>) {
  const actor = await requireActorForAction()
  const parsed = schema.safeParse(input)
  if (!parsed.success) return refusedInput(parsed.error)
  const result = await service(actor, parsed.data, new Date())
  revalidatePath(paths.trial(parsed.data.trialId))
  return result
}

type Of<S extends OfTrial> = z.input<S>

export async function registerAction(input: Of<typeof schemas.trialSchema>) {
  return perform(schemas.trialSchema, input, (...given) => registerTrial(db, ...given))
}

export async function armAction(input: Of<typeof schemas.armSchema>) {
  return perform(schemas.armSchema, input, (...given) => armTrial(db, ...given))
}

export async function disarmAction(input: Of<typeof schemas.trialSchema>) {
  return perform(schemas.trialSchema, input, (...given) => disarmTrial(db, ...given))
}

/** Only reserves: the server's own timer sends when the hold has ended, whether a page is open or not. */
export async function releaseAction(input: Of<typeof schemas.releaseSchema>) {
  return perform(schemas.releaseSchema, input, (...given) => releaseSlot(db, ...given))
}

export async function cancelReleaseAction(input: Of<typeof schemas.slotSchema>) {
  return perform(schemas.slotSchema, input, (...given) => cancelRelease(db, ...given))
}

export async function observeAction(input: Of<typeof schemas.observeSchema>) {
  return perform(schemas.observeSchema, input, (...given) => observe(db, ...given))
}

export async function concludeAction(input: Of<typeof schemas.concludeSchema>) {
  return perform(schemas.concludeSchema, input, (...given) => concludeTrial(db, ...given))
}

export async function withdrawAction(input: Of<typeof schemas.closeSchema>) {
  return perform(schemas.closeSchema, input, (...given) => withdrawTrial(db, ...given))
}

export async function voidAction(input: Of<typeof schemas.closeSchema>) {
  return perform(schemas.closeSchema, input, (...given) => voidTrial(db, ...given))
}

export async function withdrawCommandAction(input: Of<typeof schemas.withdrawCommandSchema>) {
  return perform(schemas.withdrawCommandSchema, input, (...given) => withdrawCommand(db, ...given))
}

export async function clearQueueAction(input: Of<typeof schemas.withdrawCommandSchema>) {
  return perform(schemas.withdrawCommandSchema, input, (actor, given) =>
    clearQueueAndWithdraw(db, mdmServersOf(db), actor, given, () => new Date()),
  )
}

export async function lookUpQueueAction(input: Of<typeof schemas.commandSchema>) {
  return perform(schemas.commandSchema, input, (actor, given) =>
    lookUpQueue(db, mdmServersOf(db), actor, given, () => new Date()),
  )
}

export async function pushAgainAction(input: Of<typeof schemas.commandSchema>) {
  return perform(schemas.commandSchema, input, (...given) =>
    pushAgain(db, mdmServersOf(db), ...given),
  )
}

/** Before the release everything a rule looks at; afterwards what a trial under way is judged by. */
export async function askAction(input: Of<typeof schemas.trialSchema>) {
  return perform(schemas.trialSchema, input, async (actor, { trialId }, now) => {
    const trial = await findTrial(db, trialId)
    if (!trial) return refused('there is no such trial', 'trialId')
    const questions = trial.state === 'observing' ? statusQuestions : fullQuestions
    return askDevice(db, actor, { deviceId: trial.deviceId, questions, trialId }, now)
  })
}
