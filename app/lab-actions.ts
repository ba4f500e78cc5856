'use server'

import { z } from 'zod'
import { requireActorForAction } from '@/lib/auth/actor'
import { findLabControl } from '@/lib/demo/control'
import { forbidden, type Refusal, refused } from '@/lib/services/result'
import { labActions } from '@/lib/virtual-lab/actions'
import type { LabAnswer, LabControl } from '@/lib/virtual-lab/control-client'

type Result = { status: 'done' } | Refusal

const deed = z.object({
  enrollmentId: z.string().min(1).max(128),
  action: z.enum(labActions),
  value: z.union([z.number(), z.string()]).optional(),
})

/** Plays the person at a virtual device. Nothing but the virtual lab can be reached by it. */
export async function actOnDeviceAction(input: z.input<typeof deed>): Promise<Result> {
  const parsed = deed.safeParse(input)
  if (!parsed.success) return refused(parsed.error.issues[0]?.message ?? 'this cannot be read')
  const { enrollmentId, action, value } = parsed.data
  return perform((lab) => lab.act(enrollmentId, action, value))
}

export async function setSpeedAction(speed: number): Promise<Result> {
  return perform((lab) => lab.setSpeed(speed))
}

async function perform(act: (lab: LabControl) => Promise<LabAnswer<unknown>>): Promise<Result> {
  const actor = await requireActorForAction()
  const no = forbidden(actor, 'controlVirtualLab')
  if (no) return no
  const lab = await findLabControl()
  if (!lab) return refused('there is no virtual lab here')
  const answer = await act(lab)
  if (answer.ok) return { status: 'done' }
  if (answer.status === undefined)
    return refused(`the virtual lab does not answer (${answer.because}); is it running?`)
  const { error, accepted } = answer.refusal
  return refused(accepted ? `${error}. Accepted: ${accepted}` : error)
}
